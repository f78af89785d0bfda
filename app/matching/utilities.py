"""What pairs are worth to each side alone, and to both: own lists, and scans over everybody.

A side's utility is a score in which the other side has no share, so all come from the same columns and the same rules.
A proposal that waits for an answer plays no part in what somebody would like; a pinned pair is out of reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from app.matching import oracle
from app.matching.columns import BARRED, I64, Columns
from app.matching.explanations import Side
from app.matching.market import Market, Seat
from app.matching.packing import Packed, pack
from app.matching.policy import SHARES, Policy
from app.matching.scanning import Scan, Scanner

Ranked = list[tuple[str, int]]


@dataclass(frozen=True)
class Utilities:
    """Columns by whose share counts; all have the seats in the order of the run's `seed`."""

    market: Market
    policy: Policy
    seed: int = 0
    scanner: Scanner = oracle.scan

    @cached_property
    def joint(self) -> Packed:
        """Both sides, as the policy shares the score out."""
        return self._packed(self.policy.mentee_share)

    @cached_property
    def own(self) -> dict[Side, Packed]:
        """Each side alone; these scores are tenfold utilities."""
        return {Side.MENTEE: self._packed(SHARES), Side.MENTOR: self._packed(0)}

    def seats(self, side: Side) -> tuple[Seat, ...]:
        """The seats of a side, by place in the columns."""
        packed = self.own[side]
        return packed.mentors if side is Side.MENTOR else packed.mentees

    def rows(self, count: int) -> Iterator[I64]:
        """All mentees, some at a time."""
        mentees = self.own[Side.MENTEE].columns.mentees
        return (np.arange(start, min(start + count, mentees)) for start in range(0, mentees, count))

    def scan(self, side: Side, rows: I64, prices: I64, floors: I64) -> Scan:
        """All pairs of some mentees whose tenfold utility to a side, less the mentor's price, is above the floor."""
        return self.scanner(self.own[side].columns, rows, prices, floors, max(len(prices), 1))

    def best(self, row: int, count: int) -> I64:
        """The mentors that a mentee likes best, in that order; of equals the first by place."""
        columns = self.own[Side.MENTEE].columns
        prices, floors = np.zeros(columns.mentors, np.int64), np.full(columns.mentees, BARRED, np.int64)
        found = self.scanner(columns, np.array([row]), prices, floors, count)
        liked: I64 = found.mentors[np.lexsort((found.mentors, -found.scores))]
        return liked

    def listed(self, side: Side, mentors: I64, mentees: I64) -> I64:
        """A side's utility of listed pairs that no rule bars, shape (pairs,)."""
        return oracle.listed(self.own[side].columns, mentees, mentors) // SHARES

    def ranked(self, side: Side, seat: str) -> Ranked:
        """A seat's own list: the partners whom the rules leave, with the seat's utility, best first; equals by id."""
        return [(other, score // SHARES) for other, score in self._ranked(self.own[side], side, seat)]

    def scores(self, side: Side, seat: str) -> Ranked:
        """The partners whom the rules leave a seat, with the pair's score, best first; equals by id."""
        return self._ranked(self.joint, side, seat)

    def _packed(self, mentee_share: int) -> Packed:
        market = replace(self.market, current=frozenset())
        return pack(market, self.policy.model_copy(update={"mentee_share": mentee_share}), self.seed)

    def _ranked(self, packed: Packed, side: Side, seat: str) -> Ranked:
        mine, theirs = (packed.mentees, packed.mentors) if side is Side.MENTEE else (packed.mentors, packed.mentees)
        place = next(at for at, one in enumerate(mine) if one.id == seat)
        if side is Side.MENTEE:
            found = self._scores(packed.columns, np.array([place]))
            others, scores = found.mentors, found.scores
        else:
            found = self._scores(packed.columns.of_mentors(np.array([place])), np.arange(len(theirs)))
            others, scores = found.mentees, found.scores
        ranked = [(theirs[at].id, score) for at, score in zip(others.tolist(), scores.tolist(), strict=True)]
        return sorted(ranked, key=lambda one: (-one[1], one[0]))

    def _scores(self, columns: Columns, rows: I64) -> Scan:
        prices, floors = np.zeros(columns.mentors, np.int64), np.full(columns.mentees, BARRED, np.int64)
        return self.scanner(columns, rows, prices, floors, max(columns.mentors, 1))
