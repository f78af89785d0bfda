"""The only clock of the service; tests set it and move it."""

from collections.abc import Callable
from datetime import UTC, datetime

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _read()


def use(read: Callable[[], datetime] | None) -> None:
    """Read the time from `read` from now on; `None` goes back to the wall clock."""
    global _read  # noqa: PLW0603
    _read = read or (lambda: datetime.now(UTC))
