"""Making pairs, and changing their dates and cadence."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.auth.actor import Role
from app.domain.pairings.models import AlreadyPaired
from app.domain.pairings.rules import NotPairable
from app.domain.pairings.service import ProgrammeNotPairing
from app.errors import Conflict, Forbidden, Invalid
from app.reading.rows import UnknownReference
from tests.conftest import TestClock
from tests.domain.pairings.candidates import enrolled, pair, person_of
from tests.world import World


async def ready_pair(world: World, **programme: Any) -> tuple[str, str]:
    """A mentor's and a mentee's enrolment, in a running programme of their own."""
    programme_id = await world.programme(status="active", allows_late_intake=True, **programme)
    return await enrolled(world, programme_id, "mentor"), await enrolled(world, programme_id, "mentee")


async def test_a_new_pairing_takes_its_rules_from_the_programme(world: World, clock: TestClock) -> None:
    cadence = {"cadence_min_days": 7, "cadence_target_days": 10, "cadence_max_days": 12}
    mentor, mentee = await ready_pair(world, **cadence)

    pairing = await pair(world, mentor, mentee)

    assert {name: pairing[name] for name in cadence} == cadence
    assert pairing["starts_on"] == clock.time.date().isoformat()
    assert pairing["ends_on"] == (clock.time.date() + timedelta(days=182 - 60)).isoformat()
    assert (pairing["health"], pairing["rank_gap"], pairing["grace_until"]) == ("on_track", 5, None)
    assert pairing["average_focus"] is None


async def test_a_pairing_begins_with_its_programme_when_that_lies_ahead(world: World, clock: TestClock) -> None:
    starts_on = clock.time.date() + timedelta(days=10)
    mentor, mentee = await ready_pair(world, starts_on=starts_on)

    assert (await pair(world, mentor, mentee))["starts_on"] == starts_on.isoformat()


async def test_a_new_pairing_is_told_and_has_an_agreement_to_sign(world: World) -> None:
    mentor, mentee = await ready_pair(world)

    pairing = await pair(world, mentor, mentee)

    (event,) = await world.told(pairing["id"])
    assert (event.type, event.visibility, event.changed) == ("pairing.created", "programme", [])
    assert event.actor == world.people["coordinator"]
    assert event.data == {
        "pairing_id": pairing["id"],
        "programme_id": pairing["programme_id"],
        "mentor_id": pairing["mentor_id"],
        "mentee_id": pairing["mentee_id"],
        "status": "pending_agreement",
        "rank_gap": 5,
        "starts_on": pairing["starts_on"],
        "ends_on": pairing["ends_on"],
    }


async def test_a_pairing_takes_a_seat_of_both_enrolments(world: World) -> None:
    mentor, mentee = await ready_pair(world)

    await pair(world, mentor, mentee)

    for enrolment_id in (mentor, mentee):
        seen = await world.do("coordinator", "update_enrolment", enrolment_id)
        assert (seen["status"], seen["live_pairings"]) == ("matched", 1)


async def test_a_refused_pairing_takes_no_seat(world: World) -> None:
    mentor, mentee = await ready_pair(world)
    await world.do("admin", "update_person", await person_of(world, mentor), rank_level=9)

    with pytest.raises(NotPairable):
        await pair(world, mentor, mentee)

    seen = await world.do("coordinator", "update_enrolment", mentee)
    assert (seen["status"], seen["live_pairings"]) == ("ready", 0)


async def test_a_programme_that_makes_no_pairs_refuses_one(world: World) -> None:
    mentor, mentee = await ready_pair(world)
    programme_id = (await world.do("coordinator", "update_enrolment", mentor))["programme_id"]
    await world.do("coordinator", "pause_programme", programme_id)

    with pytest.raises(ProgrammeNotPairing) as refused:
        await pair(world, mentor, mentee)
    assert refused.value.code == "programme_not_matching"


async def test_a_live_pairing_does_not_repeat(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True)
    mentor = await enrolled(world, programme_id, "mentor", capacity=2)
    mentee = await enrolled(world, programme_id, "mentee", capacity=2)
    await pair(world, mentor, mentee)

    with pytest.raises(AlreadyPaired) as refused:
        await pair(world, mentor, mentee)
    assert refused.value.code == "already_paired"


async def test_nobody_is_mentor_and_mentee_of_the_same_person(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True)
    mentor = await enrolled(world, programme_id, "mentor", capacity=2)
    mentee = await enrolled(world, programme_id, "mentee", capacity=2)
    await pair(world, mentor, mentee)
    junior, senior = await person_of(world, mentor), await person_of(world, mentee)
    await world.do("admin", "update_person", junior, rank_level=9)
    senior_as_mentor = await world.enrolment(programme_id, senior, "mentor")
    junior_as_mentee = await world.enrolment(programme_id, junior, "mentee")

    with pytest.raises(AlreadyPaired):
        await pair(world, senior_as_mentor, junior_as_mentee)


async def test_two_people_can_be_paired_in_two_programmes(world: World) -> None:
    one, other = await world.pairing(), await world.pairing()

    assert one["mentor_id"] == other["mentor_id"]
    assert one["programme_id"] != other["programme_id"]


async def test_a_pair_that_ended_can_be_made_again(world: World) -> None:
    mentor, mentee = await ready_pair(world)
    first = await pair(world, mentor, mentee)
    await world.do("coordinator", "end_pairing_early", first["id"])

    assert (await pair(world, mentor, mentee))["status"] == "pending_agreement"


@pytest.mark.parametrize(
    ("starts", "ends", "pointer"),
    [(-61, 100, "/starts_on"), (0, 123, "/ends_on"), (10, 9, "/ends_on"), (130, 140, "/starts_on")],
)
async def test_a_pairing_lies_inside_its_programmes_dates(
    world: World, clock: TestClock, starts: int, ends: int, pointer: str
) -> None:
    mentor, mentee = await ready_pair(world)
    today = clock.time.date()
    dates = {"starts_on": today + timedelta(days=starts), "ends_on": today + timedelta(days=ends)}

    with pytest.raises(Invalid) as refused:
        await pair(world, mentor, mentee, **dates)
    assert [(fault.code, fault.pointer) for fault in refused.value.faults] == [("pairing_dates", pointer)]


async def test_a_pairing_may_last_as_long_as_its_programme(world: World, clock: TestClock) -> None:
    mentor, mentee = await ready_pair(world)
    starts_on = clock.time.date() - timedelta(days=60)

    pairing = await pair(world, mentor, mentee, starts_on=starts_on, ends_on=starts_on + timedelta(days=182))

    assert pairing["starts_on"] == starts_on.isoformat()


async def test_an_enrolment_that_does_not_exist_is_named(world: World) -> None:
    mentor, _ = await ready_pair(world)

    with pytest.raises(UnknownReference) as refused:
        await pair(world, mentor, "enr_00000000000000000000000000")
    assert refused.value.faults[0].pointer == "/mentee_enrolment_id"


async def test_participants_make_no_pairs(world: World) -> None:
    mentor, mentee = await ready_pair(world)

    with pytest.raises(Forbidden):
        await world.do("mentor", "create_pairing", mentor_enrolment_id=mentor, mentee_enrolment_id=mentee)


async def test_a_coordinator_of_another_programme_makes_no_pairs_here(world: World) -> None:
    mentor, mentee = await ready_pair(world)
    await world.key_for(await world.person(), "other coordinator", Role.COORDINATOR)

    with pytest.raises(UnknownReference):
        await world.do("other coordinator", "create_pairing", mentor_enrolment_id=mentor, mentee_enrolment_id=mentee)


async def test_dates_and_cadence_of_a_pairing_can_change(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    cadence = {"cadence_min_days": 5, "cadence_target_days": 6, "cadence_max_days": 7}
    ends_on = clock.time.date() + timedelta(days=30)
    changes: dict[str, Any] = {"ends_on": ends_on, "grace_until": None, **cadence}

    changed = await world.do("coordinator", "update_pairing", pairing["id"], **changes)

    assert {name: changed[name] for name in cadence} == cadence
    assert changed["ends_on"] == ends_on.isoformat()
    assert changed["version"] == pairing["version"] + 1


async def test_the_cadence_of_a_pairing_rises(world: World) -> None:
    pairing = await world.pairing()

    with pytest.raises(Invalid) as refused:
        await world.do("coordinator", "update_pairing", pairing["id"], cadence_min_days=30)
    assert [(fault.code, fault.pointer) for fault in refused.value.faults] == [("cadence", "/cadence_target_days")]


async def test_a_pairing_cannot_outlive_its_programme(world: World) -> None:
    pairing = await world.pairing()

    with pytest.raises(Invalid) as refused:
        await world.do("coordinator", "update_pairing", pairing["id"], ends_on=date(2027, 1, 1))
    assert refused.value.faults[0].code == "pairing_dates"


async def test_a_pairing_with_a_session_after_its_new_end_is_not_cut_short(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"], days=20)

    with pytest.raises(Conflict) as refused:
        await world.do("coordinator", "update_pairing", pairing["id"], ends_on=clock.time.date() + timedelta(days=19))
    assert refused.value.code == "pairing_has_sessions"

    shorter = clock.time.date() + timedelta(days=20)
    assert await world.do("coordinator", "update_pairing", pairing["id"], ends_on=shorter)


async def test_a_pairing_began_before_its_first_session(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=-20)
    first = clock.time.date() - timedelta(days=20)

    with pytest.raises(Conflict) as refused:
        await world.do("coordinator", "update_pairing", pairing["id"], starts_on=first + timedelta(days=1))
    assert [fault.pointer for fault in refused.value.faults] == ["/starts_on"]

    for starts_on in (first, first - timedelta(days=30)):
        changed = await world.do("coordinator", "update_pairing", pairing["id"], starts_on=starts_on)
        assert changed["starts_on"] == starts_on.isoformat()
    await world.do("mentor", "cancel_session", session["id"])
    await world.do("coordinator", "update_pairing", pairing["id"], starts_on=clock.time.date())
