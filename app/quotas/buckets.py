"""Budgets that come back evenly (the generic cell rate algorithm): one number for each bucket, no timer.

The number is when a bucket will be full again. Drawing a unit moves that by the time in which one unit comes back; what
would move it further than a window ahead is not there to be drawn. Full buckets are not kept at all.
"""

import math

WINDOW_SECONDS = 60
# Between replicas a bucket can be overdrawn, and pays that back; a clock that was wrong locks nobody out for longer.
_DEEPEST_DEBT_SECONDS = 10.0 * WINDOW_SECONDS
# Instants are large numbers of seconds, so their differences are a little off: less than this, and less than a unit.
_HAIR = 2e-6
# Whoever calls from ever new addresses fills no more memory than this.
_MOST_BUCKETS = 100_000

# The organisation, and who or what in it; empty for the organisation as a whole.
Key = tuple[str, str]
# The units that are left in a bucket, and in how many seconds all of them will be there again.
Level = tuple[int, int]


class Budget:
    """Buckets of one kind, all of one size: so many units, which come back within a minute."""

    def __init__(self, name: str, units: int) -> None:
        self.name, self.units = name, units
        self._unit_seconds = WINDOW_SECONDS / units
        self._full_at: dict[Key, float] = {}
        self._sweep_at = 0.0
        # Seconds drawn from each bucket since the other replicas last heard of them; nothing while there are none.
        self.drawn: dict[Key, float] | None = None

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: Key, units: int, now: float) -> float:
        """For how many seconds these units are not there yet; zero when they can be drawn."""
        wait = self._ahead(key, now) + self._seconds(units) - WINDOW_SECONDS
        return wait if wait > _HAIR else 0.0

    def draw(self, key: Key, units: int, now: float) -> None:
        """Take units out of a bucket."""
        seconds = self._seconds(units)
        self.settle(key, now + self._ahead(key, now) + seconds, now)
        self.owe(key, seconds)

    def owe(self, key: Key, seconds: float) -> None:
        """Note what the other replicas are to hear of."""
        if self.drawn is not None:
            self.drawn[key] = self.drawn.get(key, 0.0) + seconds

    def level(self, key: Key, now: float) -> Level:
        """How a bucket stands."""
        ahead = self._ahead(key, now)
        left = int((WINDOW_SECONDS - ahead + _HAIR) / self._unit_seconds)
        return (left if left > 0 else 0), math.ceil(ahead - _HAIR)

    def settle(self, key: Key, full_at: float, now: float) -> None:
        """Let a bucket be full at that time, and no sooner."""
        if now >= self._sweep_at or len(self._full_at) >= _MOST_BUCKETS:
            self._sweep(now)
        self._full_at[key] = full_at

    def _ahead(self, key: Key, now: float) -> float:
        ahead = self._full_at.get(key, 0.0) - now
        # Comparisons, not min() and max(): every request comes through here four times.
        if ahead <= 0.0:
            return 0.0
        return ahead if ahead < _DEEPEST_DEBT_SECONDS else _DEEPEST_DEBT_SECONDS

    def _seconds(self, units: int) -> float:
        # What costs more than a whole bucket takes all of it.
        return units * self._unit_seconds if units < self.units else WINDOW_SECONDS

    def _sweep(self, now: float) -> None:
        """Forget full buckets; should there still be too many, all: better generous than out of memory."""
        self._sweep_at = now + WINDOW_SECONDS
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        if len(self._full_at) >= _MOST_BUCKETS:
            self._full_at.clear()
