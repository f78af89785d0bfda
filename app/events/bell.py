"""Rings when events of an organisation were numbered in this process: whoever waits for them looks at once."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.errors import RateLimited

# Each of them looks again and again; a client needs one.
MOST_LISTENERS = 20


class TooManyListeners(RateLimited):
    """So many requests of an organisation wait for events already."""

    code = "too_many_waiting"

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_LISTENERS} requests of your organisation wait for events already. Ask without `wait`.",
            retry_after_seconds=1,
        )


class Listener:
    """One who waits."""

    def __init__(self) -> None:
        self.is_dismissed = False
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake it."""
        self._rung.set()

    async def heard(self, seconds: float) -> None:
        """Return when it rings, or after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


_listeners: dict[str, set[Listener]] = defaultdict(set)


@contextmanager
def listening(organisation_id: str) -> Iterator[Listener]:
    """Hear what rings for an organisation from now on. Raises `TooManyListeners`."""
    others = _listeners[organisation_id]
    if len(others) >= MOST_LISTENERS:
        raise TooManyListeners
    listener = Listener()
    others.add(listener)
    try:
        yield listener
    finally:
        others.discard(listener)
        if not others:
            _listeners.pop(organisation_id, None)


def ring(organisation_id: str) -> None:
    """Wake all who wait for events of an organisation. They are there to be read: the transaction is over."""
    for listener in _listeners.get(organisation_id, ()):
        listener.ring()


def dismiss() -> None:
    """Wake everybody for good: this process stops."""
    for listeners in _listeners.values():
        for listener in listeners:
            listener.is_dismissed = True
            listener.ring()
