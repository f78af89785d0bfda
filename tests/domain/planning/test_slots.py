"""Hours that two people share, over any windows, zones and days."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as some

from app.domain.planning.slots import STEP, USUAL_HOURS, Hours, Span, best, common, starts, untaken
from app.text import ZONES

_FROM = datetime(2026, 3, 20, tzinfo=UTC)
_UNTIL = _FROM + timedelta(days=16)
_HALF_HOURS = 48
# One window a day of the week, so that none overlaps another, as profiles hold them.
some_hours = some.builds(
    lambda zone, windows: Hours(zone, tuple(windows.values())),
    some.sampled_from(sorted(ZONES)),
    some.dictionaries(
        some.integers(0, 6),
        some.tuples(some.integers(0, _HALF_HOURS - 1), some.integers(1, _HALF_HOURS)).filter(lambda w: w[0] < w[1]),
        max_size=7,
    ).map(lambda found: {day: (day, first * 30, after * 30) for day, (first, after) in found.items()}),
)


def minutes(spans: list[Span]) -> set[datetime]:
    """Every quarter of an hour that begins in one of the spans."""
    step, found = timedelta(minutes=15), set[datetime]()
    for begins, ends in spans:
        at = begins
        while at < ends:
            found.add(at)
            at += step
    return found


@given(some_hours)
def test_hours_are_those_of_the_local_clock(hours: Hours) -> None:
    spans = list(hours.between(_FROM, _UNTIL))

    assert all(begins < ends for begins, ends in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    for at in (each for span in spans for each in span if each not in (_FROM, _UNTIL)):
        local = at.astimezone(ZoneInfo(hours.zone))
        minute = local.hour * 60 + local.minute
        edges = {(day, first) for day, first, _ in hours.weekly}
        edges |= {((day + after // 1440) % 7, after % 1440) for day, _, after in hours.weekly}
        # An edge in the hour that clocks pass over lies an hour later on that day.
        assert {(local.weekday(), minute), (local.weekday(), minute - 60), (local.weekday(), minute - 30)} & edges


@given(some_hours, some_hours)
def test_what_is_common_lies_in_both_and_is_all_of_it(one: Hours, other: Hours) -> None:
    mine, yours = (list(hours.between(_FROM, _UNTIL)) for hours in (one, other))

    assert minutes(list(common(mine, yours))) == minutes(mine) & minutes(yours)


@given(some_hours, some.lists(some.integers(0, 16 * 24), max_size=20))
def test_nothing_that_could_begin_touches_what_is_taken_or_leaves_the_hours(hours: Hours, taken: list[int]) -> None:
    length = timedelta(minutes=60)
    busy = [(_FROM + timedelta(hours=hour), _FROM + timedelta(hours=hour, minutes=45)) for hour in taken]
    spans = list(hours.between(_FROM, _UNTIL))

    found = list(untaken(starts(spans, length), length, busy))

    assert all(at.minute % 30 == 0 for at in found)
    assert all(any(begins <= at and at + length <= ends for begins, ends in spans) for at in found)
    assert not any(begun < at + length and at < over for at in found for begun, over in busy)


@given(some.lists(some.integers(0, 700), unique=True), some.integers(0, 700))
def test_the_best_are_the_nearest_and_one_a_day(steps: list[int], aimed: int) -> None:
    among, aim = [_FROM + STEP * step for step in sorted(steps)], _FROM + STEP * aimed

    found = best(among, aim, 5)

    assert len(found) == min(5, len({at.date() for at in among})) == len({at.date() for at in found})
    assert [abs(at - aim) for at in found] == sorted(abs(at - aim) for at in found)
    for at in found:
        assert abs(at - aim) == min(abs(other - aim) for other in among if other.date() == at.date())


def test_who_says_nothing_has_the_usual_hours() -> None:
    hours = Hours.of("Europe/Paris", [])

    assert hours.weekly == USUAL_HOURS
    first, *_ = hours.between(_FROM, _UNTIL)
    assert first == (datetime(2026, 3, 20, 8, tzinfo=UTC), datetime(2026, 3, 20, 16, tzinfo=UTC))
