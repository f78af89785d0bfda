"""The token bucket: never faster than its rate, never idle without need, slower for those who are overloaded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks.pacing import SHORTEST_WAIT, SLOWEST, Pace

START = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)

limits = st.integers(1, 1000)
steps = st.lists(st.tuples(st.timedeltas(timedelta(0), SECOND * 3), st.integers(1, 50)), min_size=1, max_size=60)


def full(limit: int) -> Pace:
    """A bucket that nobody has taken from."""
    return Pace(limit, limit)


@given(limit=limits, steps=steps)
def test_in_no_stretch_of_time_goes_out_more_than_the_rate_and_one_burst(
    limit: int, steps: list[tuple[timedelta, int]]
) -> None:
    pace, at, sent = full(limit), START, list[tuple[datetime, int]]()
    for wait, wanted in steps:
        at += wait
        count = min(wanted, pace.allowance(at))
        pace = pace.spend(count, at)
        sent.append((at, count))

    for place, (begin, _) in enumerate(sent):
        total = 0
        for end, count in sent[place:]:
            total += count
            assert total <= limit * ((end - begin) / SECOND + 1) + 0.1


@given(limit=limits, taken=st.integers(0, 1000), rate=st.floats(1, 1000))
def test_after_its_wait_there_is_something_to_spend(limit: int, taken: int, rate: float) -> None:
    pace = Pace(limit, min(rate, limit)).spend(taken, START)

    wait = pace.wait(START)

    assert (wait == timedelta(0)) == (pace.allowance(START) > 0)
    assert pace.allowance(START + wait) >= 1


@given(limits)
def test_a_second_of_rest_fills_it_and_no_more(limit: int) -> None:
    pace = full(limit).spend(limit, START)

    assert pace.allowance(START) == 0
    assert pace.allowance(START + SECOND) == pace.allowance(START + SECOND * 100) == limit


def test_an_empty_bucket_is_not_asked_token_by_token() -> None:
    assert full(1000).spend(1000, START).wait(START) == SHORTEST_WAIT
    assert full(2).spend(2, START).wait(START) == timedelta(milliseconds=500)


@given(limit=limits, times=st.integers(1, 30))
def test_halving_ends_at_one_a_second(limit: int, times: int) -> None:
    pace = full(limit)
    for _ in range(times):
        pace = pace.halved()

    assert pace.rate == max(SLOWEST, limit / 2**times)


@pytest.mark.parametrize("limit", [1, 50, 1000])
def test_it_recovers_by_a_twentieth_of_the_limit_for_each_second_of_successes(limit: int) -> None:
    pace = Pace(limit, max(SLOWEST, limit / 2))

    faster = pace.recovered(round(pace.rate))

    assert faster.rate == pytest.approx(min(limit, pace.rate + limit / 20))
    for _ in range(20):
        faster = faster.recovered(round(faster.rate))
    assert (faster.rate, faster.reduced) == (limit, None)
    assert pace.reduced == (None if limit == 1 else pace.rate)
