"""When a webhook delivery is tried again. Pure: time and chance are handed in."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# The wait before each attempt: fourteen of them, spread over 147 hours and 36 minutes.
DELAYS: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
)
MAX_ATTEMPTS: Final = len(DELAYS)
JITTER_SHARE: Final = 0.2
MAX_RETRY_AFTER: Final = timedelta(hours=24)

_SECONDS: Final = re.compile(r"[0-9]+")
# The three spellings of a date that RFC 9110 (5.6.7) obliges a reader to accept.
_DATE: Final = re.compile(
    r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
    r"|[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}",
    re.ASCII,
)
_LONGEST_DATE: Final = 64
_LONGEST_SECONDS: Final = 9


def next_attempt(attempt: int, at: datetime, *, jitter: float, retry_after: timedelta | None = None) -> datetime | None:
    """When to try again after `attempt` attempts, the last of them at `at`; `None` once they are exhausted.

    `jitter` is a random number in [0, 1): it spreads each wait over ±20 %, so that receivers which failed together
    are not called together. `retry_after` can only put the next attempt off, and by no more than a day.
    """
    if attempt < 0:
        raise ValueError("nobody has made fewer than no attempts")
    if attempt >= MAX_ATTEMPTS:
        return None
    wait = DELAYS[attempt] * (1 - JITTER_SHARE + 2 * JITTER_SHARE * jitter)
    asked = min(retry_after or timedelta(0), MAX_RETRY_AFTER)
    # Adding to a local time is wall-clock arithmetic: over a change of clocks it could go back an hour.
    return at.astimezone(UTC) + max(wait, asked)


def parse_retry_after(value: str, at: datetime) -> timedelta | None:
    """The wait that a `Retry-After` header asks for at `at`, between nothing and a day; `None` if it makes no sense."""
    value = value.strip(" \t")
    if _SECONDS.fullmatch(value):
        # More digits than this are a cap in any case, and a cost to convert.
        seconds = int(value) if len(value) <= _LONGEST_SECONDS else None
        return MAX_RETRY_AFTER if seconds is None else min(timedelta(seconds=seconds), MAX_RETRY_AFTER)
    if len(value) > _LONGEST_DATE or not _DATE.fullmatch(value):
        return None
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    # The third spelling names no zone; all three mean UTC.
    return max(timedelta(0), min(date.replace(tzinfo=UTC) - at, MAX_RETRY_AFTER))
