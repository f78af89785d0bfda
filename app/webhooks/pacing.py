"""How fast an endpoint is served: a token bucket, slowed by a receiver that is overloaded. Pure."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

# The bucket holds what the rate allows in this time.
BURST: Final = timedelta(seconds=1)
# Of the limit, for every second's worth of successes.
RECOVERY_SHARE: Final = 1 / 20
SLOWEST: Final = 1.0
# An empty bucket is left alone this long: a tenth of a second's worth at once costs less than one by one.
SHORTEST_WAIT: Final = timedelta(milliseconds=100)
# Instants are whole microseconds, so a token may come out a little short.
_ROUNDING: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Pace:
    """A token bucket, told by one instant: all that was sent is paid for by the time up to `paid_until`."""

    limit: int
    rate: float
    paid_until: datetime | None = None

    @property
    def reduced(self) -> float | None:
        """The rate, if it is below the limit."""
        return self.rate if self.rate < self.limit else None

    def allowance(self, at: datetime) -> int:
        """How many requests may go out now."""
        return max(0, math.floor((at - self._start(at)) / timedelta(seconds=1) * self.rate + _ROUNDING))

    def spend(self, count: int, at: datetime) -> "Pace":
        """After so many requests."""
        return replace(self, paid_until=self._start(at) + timedelta(seconds=count / self.rate))

    def wait(self, at: datetime) -> timedelta:
        """How long to leave it alone until there is something to spend."""
        if self.allowance(at):
            return timedelta(0)
        return max(SHORTEST_WAIT, self._start(at) + timedelta(seconds=1 / self.rate) - at)

    def halved(self) -> "Pace":
        """After an answer that means too much: half as fast, but never slower than one a second."""
        return replace(self, rate=max(SLOWEST, self.rate / 2))

    def recovered(self, successes: int) -> "Pace":
        """After so many answers that mean well: faster by a share of the limit for every second's worth of them."""
        return replace(self, rate=min(self.limit, self.rate + self.limit * RECOVERY_SHARE * successes / self.rate))

    def _start(self, at: datetime) -> datetime:
        full = at - BURST
        return full if self.paid_until is None else max(self.paid_until, full)
