"""Naming a colleague who should take part: what comes of it, and that nobody learns of the directory by it."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.nominations import service
from app.workers import sweep
from tests.conftest import TestClock
from tests.domain.privacy.subject import work
from tests.outcomes import at_once, invalid, refused
from tests.world import World

HIDDEN = ("nominee_id", "enrolment_id", "decline_reason")


@pytest.fixture
async def programme(world: World) -> str:
    """A programme that takes people in."""
    return await world.programme(status="enrolling")


async def nominate(world: World, programme: str, part: str = "mentee", **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"role": "mentor", "work_email": "Ada@Example.com", "reason": "Asks well."}
    return await world.do(part, "nominate_person", programme_id=programme, **(given | fields))


async def told(world: World, nomination: dict[str, Any]) -> list[str]:
    return [event.type.partition(".")[2] for event in await world.told(nomination["id"])]


async def test_who_is_named_is_invited_when_it_is_taken_up(world: World, programme: str) -> None:
    ada = await world.person(work_email="ada@example.com")
    made = await nominate(world, programme)

    taken = await world.do("coordinator", "take_up_nomination", made["id"])

    assert (taken["status"], taken["nominee_id"]) == ("taken_up", ada)
    enrolment = await world.see("coordinator", taken["enrolment_id"])
    assert enrolment is not None
    assert (enrolment["person_id"], enrolment["role"], enrolment["status"]) == (ada, "mentor", "invited")
    assert enrolment["origin"] == "nomination"
    assert await told(world, made) == ["made", "taken_up"]


@pytest.mark.parametrize("is_known", [True, False])
async def test_who_names_somebody_does_not_learn_whether_they_exist(
    world: World, programme: str, *, is_known: bool
) -> None:
    if is_known:
        await world.person(work_email="ada@example.com")

    made = await nominate(world, programme)

    assert {made[name] for name in HIDDEN} == {None}
    seen = await world.see("mentee", made["id"])
    assert seen is not None
    assert {seen[name] for name in HIDDEN} == {None}
    assert (seen["work_email"], seen["reason"], seen["status"]) == ("Ada@Example.com", "Asks well.", "made")
    by_office = await world.see("coordinator", made["id"])
    assert by_office is not None
    assert (by_office["nominee_id"] is not None) is is_known
    assert by_office["work_email"] == "Ada@Example.com"
    assert await world.seen_by(made["id"]) == {"admin", "coordinator", "service", "mentee"}


async def test_an_address_that_nobody_had_takes_a_person(world: World, programme: str) -> None:
    made = await nominate(world, programme)
    with refused("nominee_unknown"):
        await world.do("coordinator", "take_up_nomination", made["id"])
    ada = await world.person()
    with refused("unknown_reference", "/person_id"):
        await world.do("coordinator", "take_up_nomination", made["id"], person_id="per_0" + "9" * 25)

    taken = await world.do("coordinator", "take_up_nomination", made["id"], person_id=ada)

    assert (taken["status"], taken["nominee_id"]) == ("taken_up", ada)


async def test_several_words_for_one_person_are_taken_up_together(world: World, programme: str) -> None:
    await world.person(work_email="ada@example.com")
    first, second = await nominate(world, programme), await nominate(world, programme, "mentor")
    other_side = await nominate(world, programme, role="mentee")

    taken = await world.do("coordinator", "take_up_nomination", first["id"])

    also = await world.see("coordinator", second["id"])
    assert also is not None
    assert (also["status"], also["enrolment_id"]) == ("taken_up", taken["enrolment_id"])
    assert await told(world, second) == ["made", "taken_up"]
    assert (await world.see("coordinator", other_side["id"]) or {})["status"] == "made"


async def test_of_two_who_take_it_up_at_once_one_invites(world: World, programme: str) -> None:
    await world.person(work_email="ada@example.com")
    made = await nominate(world, programme)

    answers, refusals = await at_once(
        world.do("coordinator", "take_up_nomination", made["id"]), world.do("admin", "take_up_nomination", made["id"])
    )

    assert (len(answers), refusals) == (1, ["nomination_state_conflict"])


async def test_who_is_in_the_programme_already_is_not_invited_again(world: World, programme: str) -> None:
    ada = await world.person(work_email="ada@example.com")
    await world.enrolment(programme, ada, "mentor", status="invited")
    made = await nominate(world, programme)

    with refused("already_enrolled"):
        await world.do("coordinator", "take_up_nomination", made["id"])

    declined = await world.do("coordinator", "decline_nomination", made["id"], reason="already_in")
    assert (declined["status"], declined["decline_reason"]) == ("declined", "already_in")
    seen = await world.see("mentee", made["id"])
    assert seen is not None
    assert (seen["status"], seen["decline_reason"]) == ("declined", None)


async def test_the_rules_of_the_programme_hold_for_who_is_named(world: World) -> None:
    senior_only = [{"role": "mentor", "min_rank": 5}]
    programme = await world.programme(status="enrolling", eligibility=senior_only)
    await world.person(work_email="ada@example.com", rank=2)
    made = await nominate(world, programme)

    with refused("not_eligible"):
        await world.do("coordinator", "take_up_nomination", made["id"])

    assert (await world.see("coordinator", made["id"]) or {})["status"] == "made"


async def test_nobody_names_themselves(world: World, programme: str) -> None:
    await world.newcomer("ada", work_email="ada@example.com")

    with invalid("own_address", "/work_email"):
        await nominate(world, programme, "ada")


async def test_a_programme_that_takes_nobody_in_takes_no_names(world: World) -> None:
    with refused("programme_not_enrolling"):
        await nominate(world, await world.programme(status="active"))


async def test_a_draft_is_known_to_nobody(world: World) -> None:
    with refused("unknown_reference", "/programme_id"):
        await nominate(world, await world.programme(status="draft"))


async def test_only_so_many_wait_at_once(world: World, programme: str) -> None:
    made = [await nominate(world, programme, work_email=f"a{n}@example.com") for n in range(service.MOST_OPEN)]
    with refused("too_many_nominations"):
        await nominate(world, programme)
    assert await nominate(world, programme, "mentor")

    await world.do("mentee", "withdraw_nomination", made[0]["id"])

    assert await nominate(world, programme)
    assert await told(world, made[0]) == ["made", "withdrawn"]


async def test_a_name_is_taken_back_by_who_gave_it_alone(world: World, programme: str) -> None:
    made = await nominate(world, programme)

    for part, code in (("coordinator", "not_allowed"), ("mentor", "not_found")):
        with refused(code):
            await world.do(part, "withdraw_nomination", made["id"])


async def test_it_is_reminded_of_half_way_and_over_in_time(world: World, programme: str, clock: TestClock) -> None:
    made = await nominate(world, programme)
    clock.advance(days=15)
    for _ in range(2):
        await sweep.sweep_one(world.organisation_id)
    assert await told(world, made) == ["made", "reminded"]

    clock.set(clock.time + timedelta(days=15))
    for _ in range(2):
        await sweep.sweep_one(world.organisation_id)

    assert await told(world, made) == ["made", "reminded", "expired"]
    with refused("nomination_state_conflict"):
        await world.do("coordinator", "take_up_nomination", made["id"])


@pytest.mark.parametrize("whose", ["nominee", "nominator"])
async def test_of_who_is_erased_no_word_stays(world: World, programme: str, whose: str) -> None:
    ada = await world.newcomer("ada", work_email="ada@example.com")
    made = await nominate(world, programme)
    person_id = {"nominee": ada, "nominator": world.people["mentee"]}[whose]
    erasure = await world.do("ada" if whose == "nominee" else "mentee", "request_erasure", person_id=person_id)

    await world.do("admin", "approve_erasure", erasure["id"])
    await work()

    seen = await world.see("coordinator", made["id"])
    assert seen is not None
    assert (seen["work_email"], seen["reason"]) == (None, None)
