"""When a pair could meet next, as each of the two is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.acting.inquiry import ask
from app.domain.planning.suggesting import INQUIRIES, MOST_SLOTS
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.world import World

(INQUIRY,) = INQUIRIES


async def slots(world: World, pairing: dict[str, Any], part: str = "mentor") -> dict[str, Any]:
    found = await ask(world.actors[part], INQUIRY, pairing["id"], None)
    return found.model_dump(mode="json")


async def available(world: World, pairing: dict[str, Any], side: str, zone: str, *windows: str) -> None:
    """Give somebody hours, such as `monday 09:00 12:00`."""
    names = ("weekday", "starts", "ends")
    given = [dict(zip(names, window.split(), strict=True)) for window in windows]
    await world.do(side, "update_enrolment", pairing[f"{side}_enrolment_id"], zone=zone, availability=given)


async def test_the_first_session_is_offered_in_the_hours_of_both(world: World) -> None:
    pairing = await world.pairing()
    await available(world, pairing, "mentor", "Europe/Paris", "tuesday 14:00 18:00", "thursday 16:00 17:00")
    await available(world, pairing, "mentee", "America/New_York", "tuesday 09:00 12:00", "thursday 10:00 12:00")

    found = await slots(world, pairing)

    assert (found["reason"], found["duration_minutes"]) == (None, 60)
    assert (found["mentor_hours_given"], found["mentee_hours_given"]) == (True, True)
    first = found["slots"][0]
    assert first == {
        "starts_at": "2026-03-03T14:00:00Z",
        "ends_at": "2026-03-03T15:00:00Z",
        "mentor_local": "2026-03-03T15:00:00+01:00",
        "mentee_local": "2026-03-03T09:00:00-05:00",
        "days_since_last": None,
        "is_in_cadence": True,
    }
    # New York changes its clocks three weeks before Paris: on Thursdays they meet in between only.
    assert {slot["mentor_local"][11:] for slot in found["slots"]} <= {
        "15:00:00+01:00",
        "14:00:00+01:00",
        "16:00:00+01:00",
    }
    assert await slots(world, pairing, "mentee") == found


async def test_the_next_is_offered_around_the_cadence_and_not_where_one_is_taken(
    world: World, clock: TestClock
) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"], days=2)
    last = clock.time + timedelta(days=2)
    await world.newcomer("other mentee", rank=7)
    elsewhere = await world.pairing(mentee="other mentee")
    aim = last + timedelta(days=pairing["cadence_target_days"])
    taken = aim.replace(hour=8, minute=0)
    await world.session(elsewhere["id"], starts_at=taken, duration_minutes=480)

    found = await slots(world, pairing)

    starts = [datetime.fromisoformat(slot["starts_at"]) for slot in found["slots"]]
    assert len(starts) == MOST_SLOTS
    assert taken.date() not in {at.date() for at in starts}
    assert all(at >= last + timedelta(days=pairing["cadence_min_days"], hours=-1) for at in starts)
    assert [slot["days_since_last"] for slot in found["slots"]] == [(at - last).days for at in starts]
    assert (found["mentor_hours_given"], found["mentee_hours_given"]) == (False, False)
    for at in starts:
        with_session = await world.session(pairing["id"], starts_at=at)
        await world.do("mentor", "cancel_session", with_session["id"])


async def test_what_is_later_than_the_cadence_asks_for_is_said_so(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"], days=-20)

    clock.advance(days=30)

    found = await slots(world, pairing)
    assert {slot["is_in_cadence"] for slot in found["slots"]} == {False}
    assert found["slots"][0]["days_since_last"] == 50


async def test_where_there_is_none_it_is_said_why(world: World, clock: TestClock) -> None:
    pairing = await world.pairing(ends_on=date(2026, 3, 20))
    await available(world, pairing, "mentor", "Europe/Paris", "monday 09:00 10:00")
    await available(world, pairing, "mentee", "Europe/Paris", "friday 09:00 10:00")

    async def reason() -> str:
        found = await slots(world, pairing)
        assert found["slots"] == []
        return str(found["reason"])

    assert await reason() == "no_common_hours"
    await available(world, pairing, "mentee", "Europe/Paris", "monday 09:00 10:00")
    for part, day in (("other mentee", 9), ("third mentee", 16)):
        await world.newcomer(part, rank=7)
        elsewhere = await world.pairing(mentee=part)
        await world.session(elsewhere["id"], starts_at=datetime(2026, 3, day, 8, tzinfo=UTC))
    assert await reason() == "all_taken"
    clock.advance(days=25)
    assert await reason() == "no_time_left"
    await world.do("mentor", "pause_pairing", pairing["id"])
    assert await reason() == "pairing_not_active"


@pytest.mark.parametrize("part", ["coordinator", "admin"])
async def test_the_office_does_not_learn_when_the_two_are_taken(world: World, part: str) -> None:
    pairing = await world.pairing()

    with refused("not_allowed"):
        await slots(world, pairing, part)
