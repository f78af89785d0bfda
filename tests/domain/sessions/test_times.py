"""At what times a pair may meet: the pairing's dates, the cadence, and what else its members have to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import TestClock
from tests.outcomes import invalid, refused
from tests.world import World


@pytest.mark.parametrize(("minutes", "code"), [(0, None), (-1, "session_dates")])
async def test_a_session_lies_after_the_first_moment_of_the_pairing(
    world: World, clock: TestClock, minutes: int, code: str | None
) -> None:
    first_day = clock.time.date() - timedelta(days=2)
    pairing = await world.pairing(starts_on=first_day)
    begin = datetime(2026, 2, 28, tzinfo=UTC) + timedelta(minutes=minutes)

    await _scheduled_or_refused(world, pairing, begin, code)


@pytest.mark.parametrize(("minutes", "code"), [(-1, None), (0, "session_dates")])
async def test_a_session_lies_before_the_last_moment_of_the_pairing(
    world: World, clock: TestClock, minutes: int, code: str | None
) -> None:
    last_day = clock.time.date() + timedelta(days=10)
    pairing = await world.pairing(ends_on=last_day)
    end = datetime(2026, 3, 13, tzinfo=UTC) + timedelta(minutes=minutes)

    await _scheduled_or_refused(world, pairing, end, code)


async def _scheduled_or_refused(world: World, pairing: dict[str, Any], starts_at: datetime, code: str | None) -> None:
    if code is None:
        assert await world.session(pairing["id"], starts_at=starts_at, zone="UTC")
        return
    with invalid(code, "/starts_at"):
        await world.session(pairing["id"], starts_at=starts_at, zone="UTC")


async def test_the_days_of_a_pairing_are_days_of_the_zone_that_the_pair_chose(world: World, clock: TestClock) -> None:
    today = clock.time.date()
    pairing = await world.pairing(starts_on=today)
    # Early morning of the first day in Auckland is still the day before in London.
    morning = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)

    with invalid("session_dates", "/starts_at"):
        await world.session(pairing["id"], starts_at=morning, zone="Europe/London")
    assert await world.session(pairing["id"], starts_at=morning, zone="Pacific/Auckland")


async def test_a_meeting_is_recorded_up_to_a_month_late(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    a_month = timedelta(days=31)

    with invalid("session_too_old", "/starts_at"):
        await world.session(pairing["id"], starts_at=clock.time - a_month - timedelta(seconds=1))
    assert await world.session(pairing["id"], starts_at=clock.time - a_month)


@pytest.mark.parametrize("direction", [1, -1])
async def test_two_sessions_are_as_many_days_apart_as_the_cadence_says(world: World, direction: int) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"], days=20)

    with refused("session_too_soon", "/starts_at"):
        await world.session(pairing["id"], days=20 + direction * 13.95)
    assert await world.session(pairing["id"], days=20 + direction * 14)


async def test_an_hour_less_lets_a_pair_keep_its_hour_across_summer_time(world: World) -> None:
    pairing = await world.pairing()
    nine = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)
    await world.session(pairing["id"], starts_at=nine, zone="Europe/Paris")

    nine_in_summer = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)
    with refused("session_too_soon"):
        await world.session(pairing["id"], starts_at=nine_in_summer - timedelta(seconds=1))
    assert await world.session(pairing["id"], starts_at=nine_in_summer)


async def test_the_cadence_of_the_pairing_goes_before_that_of_its_programme(world: World) -> None:
    pairing = await world.pairing()
    await world.do("coordinator", "update_pairing", pairing["id"], cadence_min_days=1)
    await world.session(pairing["id"], days=5)

    assert await world.session(pairing["id"], days=6)


async def test_a_session_that_was_called_off_leaves_its_place_free(world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"])
    await world.do("mentor", "cancel_session", session["id"])

    assert (await world.session(pairing["id"]))["number"] == 2


async def test_a_session_to_which_nobody_came_leaves_its_place_free(world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=-1)
    await world.do("mentor", "record_no_show", session["id"])

    assert await world.session(pairing["id"], days=1)


async def test_a_session_that_took_place_keeps_its_distance(world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=-1)
    await world.do("mentor", "complete_session", session["id"])

    with refused("session_too_soon"):
        await world.session(pairing["id"], days=12)


async def test_nobody_has_two_sessions_at_once_in_two_programmes(world: World) -> None:
    one, other = await world.pairing(), await world.pairing()
    await world.session(one["id"])

    with refused("session_overlap"):
        await world.session(other["id"])


async def test_nobody_mentors_here_while_they_learn_there(world: World) -> None:
    pairing = await world.pairing()
    await world.do("admin", "update_person", world.people["mentor"], rank_level=4)
    await world.key_for(await world.person(rank=1), "junior")
    other = await world.pairing(mentor="junior", mentee="mentor")
    await world.session(pairing["id"])

    with refused("session_overlap"):
        await world.session(other["id"], by="junior")


async def test_sessions_may_touch(world: World, clock: TestClock) -> None:
    one, other = await world.pairing(), await world.pairing()
    await world.session(one["id"], starts_at=clock.time, duration_minutes=60)

    assert await world.session(other["id"], starts_at=clock.time + timedelta(hours=1))


async def test_a_cancelled_session_keeps_nobody_busy(world: World) -> None:
    one, other = await world.pairing(), await world.pairing()
    session = await world.session(one["id"])
    await world.do("mentee", "cancel_session", session["id"])

    assert await world.session(other["id"])


async def test_pairs_without_a_common_member_meet_at_the_same_time(world: World) -> None:
    await world.key_for(await world.person(rank=2), "ann")
    await world.key_for(await world.person(rank=7), "bob")
    one, other = await world.pairing(), await world.pairing(mentor="ann", mentee="bob")
    await world.session(one["id"])

    assert await world.session(other["id"], by="ann")
