"""What pairs are worth to each side alone, and to both: own lists, and scans over everybody.

A side's utility is a score in which the other side has no share, so all come from the same columns and the same rules.
A proposal that waits for an answer plays no part in what somebody would like. Places that a pin holds are not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.matching.columns import BARRED, I64, Columns
from app.matching.explanations import Side
from app.matching.looking import Look, engine
from app.matching.market import Market, Seat
from app.matching.packing import Packed, pack
from app.matching.policy import SHARES, Policy
from app.matching.scanning import Scan
from app.matching.strips import Strip

# Mentees at a time: what is held in memory is this many rows of everybody.
ROWS = 256
Ranked = list[tuple[str, int]]


@dataclass(frozen=True)
class Utilities:
    """Columns by whose share counts; all have the open seats of `packed`, in their order."""

    packed: Packed
    look: Look = field(default_factory=Look)

    @classmethod
    def of(cls, market: Market, policy: Policy, seed: int = 0) -> "Utilities":
        """The utilities of a market that nobody packed yet."""
        return cls(pack(market, policy, seed))

    @property
    def market(self) -> Market:
        """Whose seats these are."""
        return self.packed.pairwise.market

    @property
    def policy(self) -> Policy:
        """What the programme wants."""
        return self.packed.pairwise.policy

    @cached_property
    def joint(self) -> Packed:
        """Both sides, as the policy shares the score out."""
        return self.packed.shared(self.policy.mentee_share)

    @cached_property
    def own(self) -> dict[Side, Packed]:
        """Each side alone; these scores are tenfold utilities."""
        return {Side.MENTEE: self.packed.shared(SHARES), Side.MENTOR: self.packed.shared(0)}

    def seats(self, side: Side) -> tuple[Seat, ...]:
        """The open seats of a side, by place in the columns."""
        return self.packed.mentors if side is Side.MENTOR else self.packed.mentees

    def scan(self, side: Side, rows: I64, prices: I64, floors: I64) -> Scan:
        """All pairs of some mentees whose tenfold utility to a side, less the mentor's price, is above the floor."""
        return self._scan(self.own[side].columns, rows, prices, floors)

    def dense(self, side: Side, rows: I64, floors: I64) -> I64:
        """A side's utilities of successive mentees above their tenfold floors, shape (rows, mentors); -1 elsewhere."""
        found = self.scan(side, rows, np.zeros(len(self.seats(Side.MENTOR)), np.int64), floors)
        dense = np.full((len(rows), len(self.seats(Side.MENTOR))), -1, np.int64)
        dense[found.mentees - rows[0], found.mentors] = found.scores // SHARES
        return dense

    def listed(self, side: Side, mentors: I64, mentees: I64) -> I64:
        """A side's utility of listed pairs that no rule bars, shape (pairs,); fast where they are grouped by mentee."""
        columns = self.own[side].columns
        utility: I64 = engine(columns).listed(columns, mentees, mentors) // SHARES
        return utility

    def rows(self) -> Iterator[I64]:
        """All mentees, some at a time."""
        count = len(self.seats(Side.MENTEE))
        return (np.arange(start, min(start + ROWS, count)) for start in range(0, count, ROWS))

    def ranked(self, side: Side, seat: str) -> Ranked:
        """A seat's own list: the partners whom the rules leave, with the seat's utility, best first; equals by id."""
        return self._ranked(self.own[side], side, seat, SHARES)

    def scores(self, side: Side, seat: str) -> Ranked:
        """The partners whom the rules leave a seat, with the pair's score, best first; equals by id."""
        return self._ranked(self.joint, side, seat, 1)

    def _scan(self, columns: Columns, rows: I64, prices: I64, floors: I64) -> Scan:
        return self.look.over(columns, rows, prices, floors, max(columns.mentors, 1), phase="report")

    def _ranked(self, packed: Packed, side: Side, seat: str, unit: int) -> Ranked:
        of = Strip.of_mentee if side is Side.MENTEE else Strip.of_mentor
        scores = of(packed.columns, self._named[side].places[seat]).scores
        others = self._named[side.other]
        allowed = np.flatnonzero(scores > BARRED)
        best = allowed[np.lexsort((others.order[allowed], -scores[allowed]))]
        return list(zip(others.ids[best].tolist(), (scores[best] // unit).tolist(), strict=True))

    @cached_property
    def _named(self) -> dict[Side, "_Named"]:
        return {side: _Named.of(self.seats(side)) for side in Side}


@dataclass(frozen=True)
class _Named:
    """The ids of a side's seats by place, the place of each, and where each comes among the ids."""

    ids: np.ndarray
    places: dict[str, int]
    order: I64

    @classmethod
    def of(cls, seats: tuple[Seat, ...]) -> "_Named":
        ids = np.array([seat.id for seat in seats], object)
        order = np.empty(len(ids), np.int64)
        order[np.argsort(ids)] = np.arange(len(ids))
        return cls(ids, {seat.id: at for at, seat in enumerate(seats)}, order)
