"""When something that repeats takes place, over the year's changes of the clock, in any zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.planning.occurrences import NonexistentHour, count_until, days, instants
from app.text import ZONES

some_days = some.dates(date(2000, 1, 1), date(2037, 12, 31))
some_times = some.times().map(lambda at: at.replace(second=0, microsecond=0))
some_zones = some.sampled_from(sorted(ZONES))


@given(some_days, some_times, some_zones, some.integers(1, 12), some.integers(2, 52))
def test_the_clocks_show_the_same_each_time(first: date, at: time, zone: str, every_weeks: int, count: int) -> None:
    on = list(days(first, every_weeks, count))
    local = ZoneInfo(zone)
    try:
        found = instants(on, at, zone)
    except NonexistentHour as error:
        for day in error.days:
            # Neither reading of it comes back from UTC as what was asked for.
            for fold in (0, 1):
                there = datetime.combine(day, at.replace(fold=fold), local).astimezone(UTC).astimezone(local)
                assert (there.date(), there.time()) != (day, at)
        return

    assert [instant.astimezone(local).replace(tzinfo=None) for instant in found] == [
        datetime.combine(day, at) for day in on
    ]
    assert {instant.tzinfo for instant in found} == {UTC}
    for earlier, later in pairwise(found):
        moved = earlier.astimezone(local).utcoffset(), later.astimezone(local).utcoffset()
        assert moved[0] is not None
        assert moved[1] is not None
        assert later - earlier == timedelta(weeks=every_weeks) + moved[0] - moved[1]


@given(some_days, some.integers(1, 12), some.integers(0, 400))
def test_as_many_as_fit_before_the_last_day(first: date, every_weeks: int, wait: int) -> None:
    until = first + timedelta(days=wait)

    count = count_until(first, every_weeks, until)

    *_, last, beyond = days(first, every_weeks, count + 1)
    assert last <= until < beyond


def test_nine_stays_nine_when_summer_begins() -> None:
    on = [date(2026, 3, 26), date(2026, 4, 2)]

    assert instants(on, time(9), "Europe/Paris") == [
        datetime(2026, 3, 26, 8, tzinfo=UTC),
        datetime(2026, 4, 2, 7, tzinfo=UTC),
    ]


def test_an_hour_that_clocks_pass_over_is_named_by_its_day() -> None:
    on = [date(2026, 3, 22), date(2026, 3, 29), date(2026, 4, 5)]

    with pytest.raises(NonexistentHour) as caught:
        instants(on, time(2, 30), "Europe/Paris")

    assert caught.value.days == [date(2026, 3, 29)]


def test_an_hour_that_comes_twice_is_meant_the_first_time() -> None:
    assert instants([date(2026, 10, 25)], time(2, 30), "Europe/Paris") == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_whole_day_that_was_left_out_is_no_day() -> None:
    with pytest.raises(NonexistentHour):
        instants([date(2011, 12, 30)], time(9), "Pacific/Apia")


def test_nothing_fits_before_the_first_day() -> None:
    assert count_until(date(2026, 3, 2), 1, date(2026, 3, 1)) == 0
