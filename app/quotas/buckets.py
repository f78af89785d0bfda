"""Budgets that come back evenly (the generic cell rate algorithm): one number for each bucket, no timer.

The number is when a bucket will be full again. Drawing a unit moves that by the time in which one unit comes back; what
would move it further than a window ahead is not there to be drawn. Full buckets are not kept at all.
"""

import math
from typing import NamedTuple

WINDOW_SECONDS = 60
# Between replicas a bucket can be overdrawn, and pays that back; a clock that was wrong locks nobody out for longer.
_DEEPEST_DEBT_SECONDS = 10 * WINDOW_SECONDS
# Whoever calls from ever new addresses fills no more memory than this.
_MOST_BUCKETS = 100_000

# The organisation, and who or what in it; empty for the organisation as a whole.
Key = tuple[str, str]


class Level(NamedTuple):
    """What is left in a bucket, and when all of it will be there again."""

    left: int
    full_in_seconds: int


class Budget:
    """Buckets of one kind, all of one size: so many units, which come back within a minute."""

    def __init__(self, name: str, units: int) -> None:
        self.name, self.units = name, units
        self.policy = f'"{name}";q={units};w={WINDOW_SECONDS}'
        self._unit_seconds = WINDOW_SECONDS / units
        self._full_at: dict[Key, float] = {}
        self._sweep_at = 0.0
        # Seconds drawn from each bucket since the other replicas last heard of them; nothing while there are none.
        self.drawn: dict[Key, float] | None = None

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: Key, units: int, now: float) -> float:
        """For how many seconds these units are not there yet; zero when they can be drawn."""
        # What costs more than a whole bucket takes all of it.
        return max(self._ahead(key, now) + min(units, self.units) * self._unit_seconds - WINDOW_SECONDS, 0.0)

    def draw(self, key: Key, units: int, now: float) -> None:
        """Take units out of a bucket."""
        seconds = min(units, self.units) * self._unit_seconds
        self.settle(key, now + self._ahead(key, now) + seconds, now)
        self.owe(key, seconds)

    def owe(self, key: Key, seconds: float) -> None:
        """Note what the other replicas are to hear of."""
        if self.drawn is not None:
            self.drawn[key] = self.drawn.get(key, 0.0) + seconds

    def level(self, key: Key, now: float) -> Level:
        """How a bucket stands."""
        ahead = self._ahead(key, now)
        # A hair more, so that what was computed a hair too low still counts as a whole unit.
        left = int((WINDOW_SECONDS - ahead) / self._unit_seconds + 1e-6)
        return Level(max(left, 0), math.ceil(ahead))

    def settle(self, key: Key, full_at: float, now: float) -> None:
        """Let a bucket be full at that time, and no sooner."""
        if now >= self._sweep_at or len(self._full_at) >= _MOST_BUCKETS:
            self._sweep(now)
        self._full_at[key] = full_at

    def _ahead(self, key: Key, now: float) -> float:
        return min(max(self._full_at.get(key, 0.0) - now, 0.0), _DEEPEST_DEBT_SECONDS)

    def _sweep(self, now: float) -> None:
        """Forget full buckets; should there still be too many, all: better generous than out of memory."""
        self._sweep_at = now + WINDOW_SECONDS
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        if len(self._full_at) >= _MOST_BUCKETS:
            self._full_at.clear()
