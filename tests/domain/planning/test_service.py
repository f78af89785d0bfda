"""Sessions that repeat: all of them or none, each by the rules of a session, and called off together."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from app.domain.sessions.resource import SESSIONS
from app.errors import DomainError
from app.workers.reactions import react
from tests.conftest import TestClock
from tests.outcomes import at_once, invalid, refused
from tests.reading.shapes import listed, page_of
from tests.world import World

# The clock of all tests stands at the second of March, 2026: clocks go forward in Paris on the 29th.
STARTS_ON = date(2026, 3, 12)


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def schedule(world: World, pairing: dict[str, Any], by: str = "mentor", **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"pairing_id": pairing["id"], "starts_on": STARTS_ON, "local_time": "09:00", "count": 3}
    return await world.do(by, "schedule_recurring_session", **(given | fields))


async def of_series(world: World, series_id: str) -> list[dict[str, Any]]:
    """Its sessions, in their order."""
    names = ("id", "series_id", "number", "status", "starts_at", "zone", "topic", "calendar_uid")
    found = await listed(world.actors["mentor"], page_of(SESSIONS, *names))
    return sorted((one for one in found if one["series_id"] == series_id), key=lambda one: one["starts_at"])


async def test_its_sessions_begin_at_the_same_local_time_across_the_change_of_clocks(
    world: World, pairing: dict[str, Any]
) -> None:
    made = await schedule(world, pairing, topic="Prompts")

    assert (made["status"], made["count"], made["ends_on"], made["zone"]) == ("active", 3, "2026-04-09", "Europe/Paris")
    held = await of_series(world, made["id"])
    assert [one["starts_at"] for one in held] == [
        "2026-03-12T08:00:00+00:00",
        "2026-03-26T08:00:00+00:00",
        "2026-04-09T07:00:00+00:00",
    ]
    assert [one["number"] for one in held] == [1, 2, 3]
    assert {one["topic"] for one in held} == {"Prompts"}
    assert len({one["calendar_uid"] for one in held}) == 3
    (event,) = await world.told(made["id"])
    assert (event.type, event.data["count"]) == ("recurring_session.scheduled", 3)
    assert [event.type for one in held for event in await world.told(one["id"])] == ["session.scheduled"] * 3
    assert {event.data["series_id"] for one in held for event in await world.told(one["id"])} == {made["id"]}


async def test_it_may_go_on_until_a_day_and_in_another_zone(world: World, pairing: dict[str, Any]) -> None:
    made = await schedule(
        world, pairing, count=None, until=date(2026, 4, 8), zone="America/New_York", duration_minutes=30
    )

    assert (made["count"], made["ends_on"], made["duration_minutes"]) == (2, "2026-03-26", 30)
    starts = [datetime.fromisoformat(one["starts_at"]) for one in await of_series(world, made["id"])]
    assert {at.astimezone(ZoneInfo("America/New_York")).hour for at in starts} == {9}


async def test_an_hour_that_does_not_exist_is_refused_with_its_day(world: World, pairing: dict[str, Any]) -> None:
    with invalid("nonexistent_hour", "/local_time") as caught:
        await schedule(world, pairing, starts_on=date(2026, 3, 15), local_time="02:30")
    assert caught.value.faults[0].detail == "does not exist on 2026-03-29"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"count": 3, "until": date(2026, 5, 1)}, "count_or_until"),
        ({"count": None}, "count_or_until"),
        ({"local_time": "24:00"}, "string_pattern_mismatch"),
        ({"zone": "Europe/Atlantis"}, "value_error"),
        ({"duration_minutes": 24 * 60}, "less_than_equal"),
        ({"count": 1}, "greater_than_equal"),
        ({"every_weeks": 0}, "greater_than_equal"),
    ],
)
async def test_what_makes_no_series_is_refused(
    world: World, pairing: dict[str, Any], fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        await schedule(world, pairing, **fields)

    assert [error["type"] for error in caught.value.errors()] == [code]


async def test_it_has_two_sessions_at_least_begins_ahead_and_keeps_the_cadence(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    with invalid("series_length", "/until"):
        await schedule(world, pairing, count=None, until=STARTS_ON)
    with invalid("series_length", "/until"):
        await schedule(world, pairing, count=None, until=STARTS_ON + timedelta(weeks=200))
    with invalid("series_in_past", "/starts_on"):
        await schedule(world, pairing, starts_on=clock.time.date() - timedelta(days=1))
    with refused("session_too_soon", "/every_weeks"):
        await schedule(world, pairing, every_weeks=1)


async def test_what_cannot_be_is_named_by_its_day_and_nothing_of_it_is_scheduled(
    world: World, pairing: dict[str, Any]
) -> None:
    elsewhere = await world.pairing(mentee=await other_mentee(world))
    await world.session(elsewhere["id"], starts_at=datetime.fromisoformat("2026-03-12T08:30:00Z"))
    await world.session(pairing["id"], starts_at=datetime.fromisoformat("2026-03-24T08:00:00Z"))

    with pytest.raises(DomainError) as caught:
        await schedule(world, pairing, count=15)

    assert caught.value.code == "series_not_possible"
    found = [(fault.code, fault.detail.split()[3]) for fault in caught.value.faults]
    assert found[:2] == [("session_too_soon", "2026-03-12"), ("session_too_soon", "2026-03-26")]
    assert {code for code, _ in found[2:]} == {"session_dates"}
    assert [
        one for one in await listed(world.actors["mentor"], page_of(SESSIONS, "series_id")) if one["series_id"]
    ] == []


async def test_an_hour_that_one_of_the_two_gave_to_somebody_else_is_named(
    world: World, pairing: dict[str, Any]
) -> None:
    elsewhere = await world.pairing(mentee=await other_mentee(world))
    await world.session(elsewhere["id"], starts_at=datetime.fromisoformat("2026-03-26T08:59:00Z"))

    with pytest.raises(DomainError) as caught:
        await schedule(world, pairing)

    assert [(fault.code, fault.detail.split()[3]) for fault in caught.value.faults] == [
        ("session_overlap", "2026-03-26")
    ]


async def other_mentee(world: World) -> str:
    """Another senior, for the same junior."""
    await world.newcomer("other mentee", rank=7)
    return "other mentee"


async def test_calling_it_off_leaves_what_was_held(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    made = await schedule(world, pairing)
    first, second, third = await of_series(world, made["id"])
    moved = datetime.fromisoformat(second["starts_at"]) - timedelta(minutes=30)
    await world.do("mentee", "reschedule_session", second["id"], starts_at=moved)
    single = await world.session(pairing["id"], days=60)
    clock.advance(days=12)
    await world.do("mentor", "complete_session", first["id"])

    ended = await world.do("mentee", "cancel_recurring_session", made["id"], reason="schedule")

    assert ended["status"] == "cancelled"
    assert [one["status"] for one in await of_series(world, made["id"])] == ["completed", "cancelled", "cancelled"]
    assert (await world.see("mentor", single["id"]) or {})["status"] == "scheduled"
    assert [event.type for event in await world.told(made["id"])][1:] == ["recurring_session.cancelled"]
    assert (await world.told(made["id"]))[1].actor is None
    assert "session.cancelled" in [event.type for event in await world.told(third["id"])]
    with refused("recurring_session_state_conflict"):
        await world.do("mentee", "cancel_recurring_session", made["id"])


async def test_a_pair_that_rests_has_none_and_what_is_single_goes_with_it(
    world: World, pairing: dict[str, Any]
) -> None:
    made = await schedule(world, pairing)
    await world.do("mentor", "pause_pairing", pairing["id"])
    with refused("pairing_not_active"):
        await schedule(world, pairing, starts_on=date(2026, 5, 4))

    for _ in range(2):
        await react(world.organisation_id, "pairing.paused", pairing["id"])

    assert (await world.see("mentor", made["id"]) or {})["status"] == "cancelled"
    assert {one["status"] for one in await of_series(world, made["id"])} == {"cancelled"}


async def test_of_two_series_at_once_one_is_scheduled(world: World, pairing: dict[str, Any]) -> None:
    made, refusals = await at_once(schedule(world, pairing), schedule(world, pairing, by="mentee"))

    assert (len(made), refusals) == (1, ["series_not_possible"])
