"""When a circle meets: who says so, who reads what about, and that calendars are told."""

from datetime import timedelta

import pytest

from app import clock as time
from tests.circles import circle, meeting
from tests.conftest import TestClock
from tests.outcomes import invalid, refused
from tests.world import World


@pytest.fixture
async def thursdays(world: World) -> str:
    """A circle with the mentor in it."""
    programme = await world.programme(allows_late_intake=True)
    own = await world.enrolment(programme, world.people["mentor"], "mentor", status="approved")
    return str((await circle(world, programme, own))["id"])


async def test_members_schedule_and_only_they_read_what_it_is_about(world: World, thursdays: str) -> None:
    made = await meeting(world, thursdays, agenda="What was hard?", url="https://meet.example.com/3")

    assert (made["status"], made["agenda"]) == ("scheduled", "What was hard?")
    seen = await world.see("coordinator", made["id"])
    assert seen is not None
    assert (seen["starts_at"], seen["agenda"], seen["url"]) == (made["starts_at"], None, None)
    assert await world.seen_by(made["id"]) == {"mentor", "coordinator", "admin", "service"}
    (event,) = await world.told(made["id"])
    assert (event.type, event.data["calendar_sequence"]) == ("circle_meeting.scheduled", 0)
    assert "hard" not in str(event.data)
    with invalid("unknown_reference", "/circle_id"):
        await meeting(world, thursdays, "mentee")


async def test_it_is_moved_changed_and_held(world: World, thursdays: str, clock: TestClock) -> None:
    made = await meeting(world, thursdays, duration_minutes=90)
    await world.do("mentor", "update_circle_meeting", made["id"], agenda="Next steps")
    with refused("circle_meeting_not_begun"):
        await world.do("mentor", "hold_circle_meeting", made["id"])
    later = clock.time + timedelta(days=8)

    moved = await world.do("mentor", "reschedule_circle_meeting", made["id"], starts_at=later)
    again = await world.do("coordinator", "reschedule_circle_meeting", made["id"], starts_at=later, duration_minutes=30)
    clock.advance(days=9)
    held = await world.do("mentor", "hold_circle_meeting", made["id"])

    assert moved["ends_at"] == (later + timedelta(minutes=90)).isoformat()
    assert again["ends_at"] == (later + timedelta(minutes=30)).isoformat()
    assert (held["status"], held["calendar_sequence"], held["agenda"]) == ("held", 2, "Next steps")
    assert [event.type.partition(".")[2] for event in await world.told(made["id"])] == [
        "scheduled",
        "rescheduled",
        "rescheduled",
        "held",
    ]


async def test_it_is_called_off_once(world: World, thursdays: str) -> None:
    made = await meeting(world, thursdays)

    gone = await world.do("mentor", "cancel_circle_meeting", made["id"])

    assert (gone["status"], gone["calendar_sequence"]) == ("cancelled", 1)
    with refused("circle_meeting_state_conflict"):
        await world.do("mentor", "cancel_circle_meeting", made["id"])


async def test_it_lies_ahead(world: World, thursdays: str) -> None:
    with invalid("meeting_in_past", "/starts_at"):
        await meeting(world, thursdays, days=-1)
    made = await meeting(world, thursdays)
    with invalid("meeting_in_past", "/starts_at"):
        await world.do("mentor", "reschedule_circle_meeting", made["id"], starts_at=time.now())
