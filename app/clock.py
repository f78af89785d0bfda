"""The only clock of the service; tests set it and move it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _read()


def local_day(at: datetime, zone: str) -> date:
    """The day of an instant by the calendar of an IANA zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def use(read: Callable[[], datetime] | None) -> None:
    """Read the time from `read` from now on; `None` goes back to the wall clock."""
    global _read  # noqa: PLW0603
    _read = read or (lambda: datetime.now(UTC))
