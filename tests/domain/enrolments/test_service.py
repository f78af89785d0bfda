"""Joining a programme: who may, with what profile, who sees it, and what is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.auth.actor import Role
from tests.outcomes import at_once, refused
from tests.world import World, found_world

PROFILE: dict[str, Any] = {
    "capacity": 3,
    "minutes_per_month": 90,
    "offers": ["AI", "Short video"],
    "seeks": ["Leadership"],
    "out_of_scope": ["Tax"],
    "interests": ["Chess"],
    "languages": ["fr"],
    "zone": "Asia/Tokyo",
}


async def invite(world: World, programme_id: str, part: str = "coordinator", **fields: Any) -> dict[str, Any]:
    """Invite the mentor to a programme."""
    given = dict[str, Any](person_id=world.people["mentor"], role="mentor")
    return await world.do(part, "invite_enrolment", programme_id=programme_id, **(given | fields))


async def apply(world: World, programme_id: str, part: str = "mentor", **fields: Any) -> dict[str, Any]:
    """Apply to a programme."""
    return await world.do(part, "apply_for_enrolment", programme_id=programme_id, **({"role": "mentor"} | fields))


async def test_what_is_not_given_comes_from_the_person(world: World) -> None:
    person_id = await world.newcomer("polyglot", languages=["de", "en"], zone="Europe/Vienna")
    programme_id = await world.programme(status="enrolling")

    for enrolment in (
        await invite(world, programme_id, person_id=person_id),
        await apply(world, programme_id, "polyglot", role="mentee"),
    ):
        assert (enrolment["languages"], enrolment["zone"]) == (["de", "en"], "Europe/Vienna")
        assert (enrolment["capacity"], enrolment["live_pairings"], enrolment["minutes_per_month"]) == (1, 0, 120)
        assert enrolment["offers"] == enrolment["seeks"] == enrolment["out_of_scope"] == enrolment["interests"] == []


async def test_what_is_given_is_kept(world: World) -> None:
    programme_id = await world.programme(status="enrolling")

    invited, applied = (
        await invite(world, programme_id, **PROFILE),
        await apply(world, programme_id, "mentee", **PROFILE),
    )

    for enrolment in (invited, applied):
        assert {name: enrolment[name] for name in PROFILE} == PROFILE
    assert (invited["status"], applied["status"]) == ("invited", "applied")
    assert (invited["person_id"], applied["person_id"]) == (world.people["mentor"], world.people["mentee"])


async def test_an_empty_list_of_languages_is_a_list(world: World) -> None:
    person_id = await world.person(languages=["de"])

    assert (await invite(world, await world.programme(status="enrolling"), person_id=person_id, languages=[]))[
        "languages"
    ] == []


@pytest.mark.parametrize(("join", "told", "by"), [(invite, "invited", "coordinator"), (apply, "applied", "mentor")])
async def test_who_joins_is_told_without_a_name_or_a_profile(world: World, join: Any, told: str, by: str) -> None:
    programme_id = await world.programme(status="enrolling")

    enrolment = await join(world, programme_id, **PROFILE)

    (event,) = await world.told(enrolment["id"])
    assert (event.type, event.visibility, event.changed) == (f"enrolment.{told}", "programme", [])
    assert event.actor == world.people[by]
    assert event.data == {
        "enrolment_id": enrolment["id"],
        "programme_id": programme_id,
        "person_id": world.people["mentor"],
        "cohort_id": None,
        "role": "mentor",
        "status": told,
    }


@pytest.mark.parametrize(
    ("status", "late", "takes"),
    [
        ("draft", True, False),
        ("enrolling", False, True),
        ("matching", False, False),
        ("matching", True, True),
        ("active", False, False),
        ("active", True, True),
    ],
)
async def test_people_join_while_the_programme_takes_them_in(
    world: World, status: str, *, late: bool, takes: bool
) -> None:
    programme_id = await world.programme(status=status, allows_late_intake=late)

    if takes:
        assert await invite(world, programme_id)
        assert await apply(world, programme_id, "mentee")
    else:
        with refused("programme_not_enrolling"):
            await invite(world, programme_id)
        with refused("unknown_reference" if status == "draft" else "programme_not_enrolling"):
            await apply(world, programme_id, "mentee")


async def test_people_join_while_they_work_here(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    await world.do("admin", "deactivate_person", world.people["mentor"])

    with refused("person_inactive"):
        await invite(world, programme_id)
    with refused("person_inactive"):
        await apply(world, programme_id)


async def test_each_side_of_a_programme_is_joined_once(world: World) -> None:
    programme_id, other = await world.programme(status="enrolling"), await world.programme(status="enrolling")

    joined, refusals = await at_once(*(join(world, programme_id) for join in (invite, apply) * 3))

    assert (len(joined), refusals) == (1, ["already_enrolled"] * 5)
    assert await invite(world, programme_id, role="mentee")
    assert await invite(world, other)


async def test_programme_and_person_must_be_known(world: World) -> None:
    other = await found_world("Other")
    programme_id = await world.programme(status="enrolling")

    with refused("unknown_reference", "/person_id"):
        await invite(world, programme_id, person_id=other.people["mentor"])
    for join in (invite, apply):
        with refused("unknown_reference", "/programme_id"):
            await join(world, await other.programme(status="enrolling"))


async def test_only_those_who_run_a_programme_invite_to_it(world: World) -> None:
    await world.newcomer("other", Role.COORDINATOR)
    programme_id = await world.programme(status="enrolling")

    for part, code in (("other", "not_allowed"), ("mentor", "forbidden")):
        with refused(code):
            await invite(world, programme_id, part)
    assert await invite(world, programme_id, "service")


async def test_only_people_apply(world: World) -> None:
    programme_id = await world.programme(status="enrolling")

    with refused("forbidden"):
        await apply(world, programme_id, "service")
    assert (await apply(world, programme_id, "coordinator"))["person_id"] == world.people["coordinator"]


async def test_an_enrolment_is_seen_by_its_person_and_those_who_run_the_programme(world: World) -> None:
    await world.newcomer("other", Role.COORDINATOR)
    enrolment = await invite(world, await world.programme(status="enrolling"))

    assert await world.seen_by(enrolment["id"]) == {"admin", "service", "coordinator", "mentor"}


async def test_partners_see_each_others_enrolments(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")

    for side in ("mentor", "mentee"):
        seen_by = await world.seen_by(pairing[f"{side}_enrolment_id"])
        assert seen_by == {"admin", "service", "coordinator", "mentor", "mentee"}


async def test_a_profile_is_changed_by_its_person_and_those_who_run_the_programme(world: World) -> None:
    enrolment = await invite(world, await world.programme(status="enrolling"))

    mine = await world.do("mentor", "update_enrolment", enrolment["id"], **PROFILE)
    theirs = await world.do("coordinator", "update_enrolment", enrolment["id"], offers=[])

    assert {name: mine[name] for name in PROFILE} == PROFILE
    assert (theirs["offers"], theirs["seeks"], theirs["version"]) == ([], PROFILE["seeks"], 3)
    assert len(await world.told(enrolment["id"])) == 1


async def test_a_partner_sees_a_profile_but_does_not_change_it(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")

    for intent in ("update_enrolment", "pause_enrolment", "withdraw_enrolment"):
        with refused("not_allowed"):
            await world.do("mentee", intent, pairing["mentor_enrolment_id"])


async def test_the_capacity_does_not_fall_below_the_pairings_that_live(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True)
    mentor = await world.enrolment(programme_id, world.people["mentor"], "mentor", capacity=3)
    for number in range(2):
        mentee = await world.enrolment(programme_id, await world.person(rank=7), "mentee")
        await world.do("coordinator", "create_pairing", mentor_enrolment_id=mentor, mentee_enrolment_id=mentee)
        assert (await world.see("mentor", mentor) or {})["live_pairings"] == number + 1

    with refused("enrolment_has_pairings", "/capacity"):
        await world.do("mentor", "update_enrolment", mentor, capacity=1)
    assert (await world.do("mentor", "update_enrolment", mentor, capacity=2))["capacity"] == 2


@pytest.mark.parametrize(
    "wish", [{"capacity": 0}, {"capacity": 11}, {"offers": ["AI", "AI"]}, {"status": "ready"}, {"zone": None}]
)
async def test_what_no_profile_says(world: World, wish: dict[str, Any]) -> None:
    enrolment = await invite(world, await world.programme(status="enrolling"))

    with pytest.raises(ValidationError):
        await world.do("mentor", "update_enrolment", enrolment["id"], **wish)
