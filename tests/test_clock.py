"""The only clock, and the days that it shows around the world."""

from datetime import UTC, date, datetime

import pytest

from app import clock
from tests.conftest import NOON, TestClock


def test_everyone_reads_the_clock_that_was_set(clock: TestClock) -> None:
    clock.advance(hours=1)

    assert _now() == NOON.replace(hour=13)


def test_the_wall_clock_is_aware_and_in_utc() -> None:
    clock.use(None)

    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 28), ("Pacific/Auckland", 29), ("America/Los_Angeles", 28), ("Pacific/Kiritimati", 29)],
)
def test_a_day_belongs_to_a_zone(zone: str, day: int) -> None:
    assert clock.local_day(datetime(2026, 3, 28, 13, 0, tzinfo=UTC), zone) == date(2026, 3, day)


def test_a_day_follows_summer_time() -> None:
    before_midnight = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)

    assert clock.local_day(before_midnight, "Europe/Lisbon") == date(2026, 7, 1)
    assert clock.local_day(before_midnight, "Europe/Paris") == date(2026, 7, 1)
    assert clock.local_day(before_midnight.replace(hour=22), "Europe/Paris") == date(2026, 7, 2)


def _now() -> datetime:
    return clock.now()
