"""Moving a session, changing what it is about, calling it off."""

from datetime import timedelta
from typing import Any

import pytest

from app import db as database
from app.domain.sessions import scheduling
from app.domain.sessions.models import CancelReason
from tests.conftest import TestClock
from tests.outcomes import invalid, refused
from tests.world import World


async def later(
    world: World, session: dict[str, Any], clock: TestClock, *, days: float, **fields: Any
) -> dict[str, Any]:
    """Move a session to so many days from now."""
    starts_at = clock.time + timedelta(days=days)
    return await world.do("mentor", "reschedule_session", session["id"], starts_at=starts_at, **fields)


async def test_a_moved_session_keeps_its_length(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"], duration_minutes=45)

    moved = await later(world, session, clock, days=9)

    assert (moved["starts_at"], moved["ends_at"]) == ("2026-03-11T12:00:00+00:00", "2026-03-11T12:45:00+00:00")
    assert (moved["reschedule_count"], moved["calendar_sequence"], moved["number"]) == (1, 1, 1)
    assert moved["calendar_uid"] == session["calendar_uid"]


async def test_a_moved_session_can_be_given_another_length(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"])

    moved = await later(world, session, clock, days=9, duration_minutes=30)

    assert moved["ends_at"] == "2026-03-11T12:30:00+00:00"


async def test_a_moved_session_is_told_with_its_new_times(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"])

    await later(world, session, clock, days=9)

    event = (await world.told(session["id"]))[-1]
    assert (event.type, event.changed) == ("session.rescheduled", ["ends_at", "starts_at"])
    assert event.data["starts_at"] == "2026-03-11T12:00:00Z"
    assert event.data["calendar_sequence"] == 1


async def test_a_session_may_move_a_little_as_it_is_no_other_session(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"], days=7)

    assert await later(world, session, clock, days=7.02)


async def test_a_moved_session_keeps_its_distance_from_the_others(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=7)
    await world.session(pairing["id"], days=30)

    with refused("session_too_soon", "/starts_at"):
        await later(world, session, clock, days=20)


async def test_a_session_moves_within_the_dates_of_its_pair(world: World, clock: TestClock) -> None:
    pairing = await world.pairing(ends_on=clock.time.date() + timedelta(days=20))
    session = await world.session(pairing["id"])

    with invalid("session_dates", "/starts_at"):
        await later(world, session, clock, days=21)


async def test_a_session_does_not_move_onto_another_one_of_a_member(world: World, clock: TestClock) -> None:
    one, other = await world.pairing(), await world.pairing()
    await world.session(one["id"], days=7)
    session = await world.session(other["id"], days=9)

    with refused("session_overlap"):
        await later(world, session, clock, days=7.01)


async def test_a_session_that_moved_leaves_its_place_to_others(world: World, clock: TestClock) -> None:
    one, other = await world.pairing(), await world.pairing()
    session = await world.session(one["id"], days=7)
    await later(world, session, clock, days=9)

    assert await world.session(other["id"], days=7)


async def test_a_session_that_took_place_does_not_move(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"], days=-1)
    await world.do("mentor", "complete_session", session["id"])

    with refused("session_state_conflict"):
        await later(world, session, clock, days=9)


@pytest.mark.parametrize("move", ["reschedule_session", "cancel_session"])
async def test_an_outsider_finds_no_session_to_move(world: World, clock: TestClock, move: str) -> None:
    session = await world.session((await world.pairing())["id"])
    await world.key_for(await world.person(), "outsider")
    fields: dict[str, Any] = {"starts_at": clock.time} if move == "reschedule_session" else {}

    with refused("not_found"):
        await world.do("outsider", move, session["id"], **fields)
    with refused("not_found"):
        await world.do("mentor", move, "ses_00000000000000000000000000", **fields)
    with refused("not_allowed"):
        await world.do("coordinator", move, session["id"], **fields)


async def test_what_a_session_is_about_can_change_while_it_is_ahead(world: World) -> None:
    session = await world.session((await world.pairing())["id"], topic="Old")

    changed = await world.do("mentee", "update_session", session["id"], mode="hybrid", topic=None)

    assert (changed["mode"], changed["topic"]) == ("hybrid", None)
    assert len(await world.told(session["id"])) == 1


async def test_what_a_session_was_about_stays(world: World) -> None:
    session = await world.session((await world.pairing())["id"])
    await world.do("mentor", "cancel_session", session["id"])

    with refused("session_not_scheduled"):
        await world.do("mentor", "update_session", session["id"], topic="New")


async def test_a_cancelled_session_is_told_without_who_and_why(world: World) -> None:
    session = await world.session((await world.pairing())["id"], days=2)

    await world.do("mentee", "cancel_session", session["id"], reason="priority")

    event = (await world.told(session["id"]))[1]
    assert (event.type, event.visibility, event.changed) == ("session.cancelled", "programme", ["status"])
    assert event.actor is None
    assert event.data["hours_of_notice"] == 48.0
    assert (event.data["status"], event.data["calendar_sequence"]) == ("cancelled", 1)
    assert world.people["mentee"] not in (event.data | {"mentee_id": None}).values()
    assert "priority" not in event.data.values()


async def test_coordinators_are_told_who_cancelled_and_why(world: World) -> None:
    session = await world.session((await world.pairing())["id"])

    await world.do("mentee", "cancel_session", session["id"], reason="priority")

    event = (await world.told(session["id"]))[2]
    assert (event.type, event.visibility) == ("session.cancellation_explained", "coordinator")
    assert event.data["cancelled_by"] == world.people["mentee"]
    assert (event.data["reason"], event.data["cancellations_in_a_row"]) == ("priority", 1)


async def test_partners_do_not_see_who_cancelled_and_why(world: World) -> None:
    session = await world.session((await world.pairing())["id"])

    cancelled = await world.do("mentee", "cancel_session", session["id"], reason="priority")

    assert (cancelled["status"], cancelled["cancelled_by"], cancelled["cancel_reason"]) == ("cancelled", None, None)


async def test_what_a_calendar_cancels_nobody_is_named_for(world: World) -> None:
    session = await world.session((await world.pairing())["id"])

    cancelled = await world.do("service", "cancel_session", session["id"], reason="schedule")

    assert (cancelled["cancelled_by"], cancelled["cancel_reason"]) == (None, "schedule")
    assert [event.type for event in await world.told(session["id"])] == ["session.scheduled", "session.cancelled"]


async def test_a_session_is_cancelled_once(world: World) -> None:
    session = await world.session((await world.pairing())["id"])
    await world.do("mentee", "cancel_session", session["id"])

    with refused("session_state_conflict"):
        await world.do("mentee", "cancel_session", session["id"])


async def test_cancellations_in_a_row_are_those_of_one_side_without_a_break(world: World) -> None:
    pairing = await world.pairing()
    counts = []
    for days, part in ((-30, "mentee"), (-15, "mentor"), (2, "mentee"), (17, "mentee"), (32, "mentee")):
        session = await world.session(pairing["id"], days=days)
        await world.do(part, "cancel_session", session["id"])
        counts.append((await world.told(session["id"]))[-1].data["cancellations_in_a_row"])

    assert counts == [1, 1, 1, 2, 3]


async def test_a_session_that_took_place_ends_the_row_of_cancellations(world: World) -> None:
    pairing = await world.pairing()
    for days, move in ((-30, "cancel_session"), (-15, "complete_session"), (2, "cancel_session")):
        session = await world.session(pairing["id"], days=days)
        await world.do("mentee", move, session["id"])

    assert (await world.told(session["id"]))[-1].data["cancellations_in_a_row"] == 1


async def test_all_that_a_pair_has_ahead_is_called_off_together(world: World, clock: TestClock) -> None:
    pairing, other = await world.pairing(), await world.pairing()
    passed = await world.session(pairing["id"], days=-1)
    ahead = [await world.session(pairing["id"], days=days) for days in (14, 28)]
    elsewhere = await world.session(other["id"], days=7)

    async with database.current().writing(world.organisation_id) as db:
        count = await scheduling.cancel_ahead(db, pairing["id"], CancelReason.PAIRING_PAUSED)

    assert count == 2
    for session in ahead:
        _, cancelled = await world.told(session["id"])
        assert (cancelled.type, cancelled.actor) == ("session.cancelled", None)
        assert cancelled.data["calendar_sequence"] == 1
    for session in (passed, elsewhere):
        assert len(await world.told(session["id"])) == 1
    assert await world.session(other["id"], days=28)
