"""What a history of attempts says of an endpoint: breaker, warnings, the end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks import schedule
from app.webhooks.health import DISABLE_AFTER, OPENS_AFTER, THRESHOLDS, Health

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

waits = st.timedeltas(timedelta(0), timedelta(hours=30))
histories = st.lists(st.tuples(waits, st.sampled_from([True, False, False, False, False, False])), max_size=80)
failures = st.lists(waits, min_size=1, max_size=80)


@dataclass(frozen=True)
class Told:
    """A threshold that was told after the attempt of this number, and when."""

    place: int
    at: datetime
    threshold: timedelta


def fail(health: Health, at: datetime) -> Health:
    """After an attempt that failed at once."""
    return health.failed(at, began_at=at, jitter=0.5)


def run(history: list[tuple[timedelta, bool]]) -> tuple[list[tuple[datetime, bool]], list[Told], Health]:
    """Live through attempts, each so long after the one before, until the endpoint is turned off."""
    at, health, told, seen = START, Health(), list[Told](), list[tuple[datetime, bool]]()
    for place, (wait, is_success) in enumerate(history):
        at += wait
        seen.append((at, is_success))
        health = health.succeeded(at) if is_success else fail(health, at)
        threshold = None if is_success else health.overdue(at)
        if threshold is None:
            continue
        told.append(Told(place, at, threshold))
        if threshold == DISABLE_AFTER:
            break
        health = health.warned()
    return seen, told, health


def streak(seen: list[tuple[datetime, bool]]) -> list[datetime]:
    """When the failures after the last success were, the last one first."""
    return [at for at, _ in takewhile(lambda one: not one[1], reversed(seen))]


@given(histories)
def test_who_is_turned_off_had_no_success_in_120_hours_and_ten_failures_over_twelve(
    history: list[tuple[timedelta, bool]],
) -> None:
    seen, told, _ = run(history)

    for one in (one for one in told if one.threshold == DISABLE_AFTER):
        failed = streak(seen[: one.place + 1])
        assert len(failed) >= 10
        assert failed[0] - failed[-1] >= max(timedelta(hours=120), timedelta(hours=12))
        assert not [at for at, is_success in seen if is_success and at > one.at - timedelta(hours=120)]


@given(histories)
def test_nobody_is_turned_off_without_two_warnings_in_the_same_streak(history: list[tuple[timedelta, bool]]) -> None:
    seen, told, _ = run(history)

    since, heard = list[timedelta](), 0
    for place, (_, is_success) in enumerate(seen):
        if is_success:
            since = []
        since += [one.threshold for one in told if one.place == place]
        heard = max(heard, len(since))
        assert since == list(THRESHOLDS[: len(since)])
    assert heard <= 3


@given(failures)
def test_whoever_only_fails_is_warned_and_turned_off_as_soon_as_may_be(between: list[timedelta]) -> None:
    seen, told, _ = run([(wait, False) for wait in between])
    span, heard = seen[-1][0] - seen[0][0], [one.threshold for one in told]

    reached = [threshold for threshold in THRESHOLDS if span >= threshold]
    # One at a time: an endpoint that was silent between two failures hears of the second threshold at the next.
    assert heard == reached[: len(heard)]
    if span >= DISABLE_AFTER and len(seen) >= OPENS_AFTER + 2 and seen[-3][0] - seen[0][0] >= DISABLE_AFTER:
        assert heard[-1] == DISABLE_AFTER


@given(histories)
def test_the_streak_is_what_came_after_the_last_success(history: list[tuple[timedelta, bool]]) -> None:
    seen, _, health = run(history)
    failed = streak(seen)

    assert health.consecutive_failures == len(failed)
    assert health.failing_since == (failed[-1] if failed else None)
    assert health.last_success_at == max((at for at, is_success in seen if is_success), default=None)
    assert health.is_open == (len(failed) >= OPENS_AFTER)


@given(between=st.lists(st.timedeltas(timedelta(0), timedelta(days=2)), max_size=40), jitter=st.floats(0, 0.999))
def test_probes_are_spaced_by_the_schedule(between: list[timedelta], jitter: float) -> None:
    at, health = START, Health(consecutive_failures=OPENS_AFTER - 1, failing_since=START)
    for place, late in enumerate(between):
        health = health.failed(at, began_at=at, jitter=jitter)
        assert health.next_attempt_at is not None
        wait = schedule.DELAYS[min(place + 1, schedule.MAX_ATTEMPTS - 1)]
        assert wait * 0.8 <= health.next_attempt_at - at + timedelta(microseconds=1)
        assert health.next_attempt_at - at <= wait * 1.2 + timedelta(microseconds=1)
        at = health.next_attempt_at + late


def test_the_tenth_failure_in_a_row_opens_the_breaker_and_a_success_closes_it() -> None:
    health = Health()
    for _ in range(9):
        health = fail(health, START)
    assert not health.is_open

    health = fail(health, START)

    assert health.next_attempt_at == START + timedelta(seconds=5)
    assert health.succeeded(START + HOUR) == Health(last_success_at=START + HOUR)


def test_what_was_on_its_way_when_the_breaker_opened_is_no_probe() -> None:
    health = Health(consecutive_failures=9, failing_since=START)
    health = fail(health, START)

    late = health.failed(START + HOUR, began_at=START, jitter=0.5)

    assert (late.consecutive_failures, late.next_attempt_at) == (11, health.next_attempt_at)


def test_a_receiver_may_put_the_next_probe_off() -> None:
    health = Health(consecutive_failures=9, failing_since=START)

    health = health.failed(START, began_at=START, jitter=0.5, retry_after=timedelta(hours=3))

    assert health.next_attempt_at == START + timedelta(hours=3)


@pytest.mark.parametrize(("count", "is_over"), [(9, False), (10, True)])
def test_nine_failures_never_turn_an_endpoint_off(count: int, is_over: bool) -> None:
    health = Health(consecutive_failures=count, failing_since=START, warnings=2)

    assert (health.overdue(START + timedelta(days=30)) == DISABLE_AFTER) == is_over


def test_who_has_not_failed_is_not_overdue() -> None:
    assert Health().overdue(START) is None
