"""When a delivery is tried again: the table, the spread, and what a receiver may ask for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks import schedule
from app.webhooks.schedule import DELAYS, MAX_RETRY_AFTER, next_attempt, parse_retry_after

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
DAY = timedelta(days=1)

jitters = st.floats(min_value=0, max_value=1, exclude_max=True)
waits = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
attempts = st.integers(min_value=0, max_value=schedule.MAX_ATTEMPTS - 1)
times = st.datetimes(
    min_value=datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    max_value=datetime(2100, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    timezones=st.timezones(),
)


def test_fourteen_attempts_over_147_hours_and_36_minutes() -> None:
    assert schedule.MAX_ATTEMPTS == 14
    assert timedelta(hours=147, minutes=36) < sum(DELAYS, timedelta(0)) < timedelta(hours=147, minutes=37)


@pytest.mark.parametrize(
    ("attempt", "minutes"),
    [(0, 0), (1, 5 / 60), (2, 1), (3, 5), (4, 30), (5, 120), (6, 300), (7, 600), (8, 840), (9, 1200)]
    + [(attempt, 1440) for attempt in (10, 11, 12, 13)],
)
def test_the_wait_after_each_attempt(attempt: int, minutes: float) -> None:
    assert next_attempt(attempt, AT, jitter=0.5) == AT + timedelta(minutes=minutes)


@pytest.mark.parametrize("attempt", [14, 15, 1000])
def test_after_fourteen_attempts_there_is_no_more(attempt: int) -> None:
    assert next_attempt(attempt, AT, jitter=0.0, retry_after=DAY) is None


def test_fewer_than_no_attempts_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="fewer than no attempts"):
        next_attempt(-1, AT, jitter=0.5)


def test_jitter_spreads_the_wait_over_a_fifth_either_way() -> None:
    assert next_attempt(4, AT, jitter=0.0) == AT + timedelta(minutes=24)
    assert next_attempt(4, AT, jitter=0.999999) == pytest.approx(AT + timedelta(minutes=36), abs=timedelta(seconds=1))


def test_a_receiver_can_ask_for_more_time_up_to_a_day() -> None:
    assert next_attempt(1, AT, jitter=0.5, retry_after=timedelta(hours=3)) == AT + timedelta(hours=3)
    assert next_attempt(1, AT, jitter=0.5, retry_after=timedelta(days=365)) == AT + DAY


@pytest.mark.parametrize("asked", [timedelta(0), timedelta(seconds=1), timedelta(hours=-5)])
def test_a_receiver_cannot_ask_for_less_than_the_schedule(asked: timedelta) -> None:
    assert next_attempt(4, AT, jitter=0.5, retry_after=asked) == AT + timedelta(minutes=30)


def test_a_change_of_clocks_does_not_take_an_hour_away() -> None:
    berlin = datetime(2026, 3, 29, 1, 55, tzinfo=ZoneInfo("Europe/Berlin"))

    later = next_attempt(3, berlin, jitter=0.5)

    assert later is not None
    assert later - berlin.astimezone(UTC) == timedelta(minutes=5)


@given(attempt=attempts, at=times, jitter=jitters, asked=waits)
def test_the_schedule_never_goes_backwards(attempt: int, at: datetime, jitter: float, asked: timedelta | None) -> None:
    due = next_attempt(attempt, at, jitter=jitter, retry_after=asked)

    assert due is not None
    wait = due - at.astimezone(UTC)
    assert DELAYS[attempt] * 0.8 <= wait + timedelta(microseconds=1)
    assert wait <= max(DELAYS[attempt] * 1.2, DAY)
    unasked = next_attempt(attempt, at, jitter=jitter)
    assert unasked is not None
    assert due >= unasked
    if attempt:
        assert due > at


@given(start=times, jitter=st.lists(jitters, min_size=14, max_size=14), asked=st.lists(waits, min_size=14, max_size=14))
def test_a_whole_chain_is_fourteen_rising_times_within_a_fortnight(
    start: datetime, jitter: list[float], asked: list[timedelta | None]
) -> None:
    chain = [start.astimezone(UTC)]
    while (due := next_attempt(len(chain), chain[-1], jitter=jitter[len(chain) - 1], retry_after=asked[0])) is not None:
        chain.append(due)

    assert len(chain) == 14
    assert chain == sorted(set(chain))
    assert chain[-1] - chain[0] <= timedelta(days=16)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120\t", 120),
        ("00120", 120),
        ("86400", 86400),
        ("86401", 86400),
        ("31536000", 86400),
        ("9" * 5000, 86400),
        ("Sun, 29 Mar 2026 00:32:00 GMT", 120),
        ("Sunday, 29-Mar-26 00:32:00 GMT", 120),
        ("Sun Mar 29 00:32:00 2026", 120),
        ("Sun Mar  1 00:32:00 2026", 0),
        ("Sat, 28 Mar 2026 00:32:00 GMT", 0),
        ("Mon, 29 Mar 2027 00:30:00 GMT", 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
    ],
)
def test_what_retry_after_asks_for(value: str, seconds: int) -> None:
    assert parse_retry_after(value, AT) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "+5",
        "1.5",
        "1e3",
        "0x10",
        "\uff11\uff12",
        "120, 240",
        "120s",
        "nan",
        "Sun, 99 Mar 2026 00:32:00 GMT",
        "Sun, 29 Foo 2026 00:32:00 GMT",
        "Sun, 29 Mar 2026 25:61:61 GMT",
        "Sun, 29 Mar 2026 00:32:00 +0200",
        "2026-03-29T00:32:00Z",
        "Sun, 29 Mar 2026 00:32:00 GMT" * 100,
    ],
)
def test_a_retry_after_that_makes_no_sense_asks_for_nothing(value: str) -> None:
    assert parse_retry_after(value, AT) is None


@given(value=st.text(max_size=80) | st.from_regex(schedule._DATE, fullmatch=True), at=times)
def test_no_retry_after_breaks_or_exceeds_a_day(value: str, at: datetime) -> None:
    wait = parse_retry_after(value, at)

    assert wait is None or timedelta(0) <= wait <= MAX_RETRY_AFTER


@given(at=times, wait=st.integers(min_value=0, max_value=200_000))
def test_a_date_and_its_distance_in_seconds_mean_the_same(at: datetime, wait: int) -> None:
    at = at.astimezone(UTC).replace(microsecond=0)

    date = format_datetime(at + timedelta(seconds=wait), usegmt=True)

    assert parse_retry_after(date, at) == parse_retry_after(str(wait), at)
