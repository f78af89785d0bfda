"""Pairs that are decided: they take places, and leave the market."""

from collections import Counter
from dataclasses import dataclass, replace

from app.matching.market import Market, Seat


@dataclass(frozen=True)
class Pinned:
    """How often each seat is pinned."""

    counts: Counter[str]

    @classmethod
    def of(cls, market: Market) -> "Pinned":
        """Count a market's pins."""
        return cls(Counter(seat for pair in market.pins for seat in pair))

    def open(self, seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
        """The seats without the places that pins take; those without any left are left out."""
        return tuple(self._left(seat) for seat in seats if seat.places > self.counts[seat.id])

    def _left(self, seat: Seat) -> Seat:
        taken = self.counts[seat.id]
        return replace(seat, places=seat.places - taken) if taken else seat
