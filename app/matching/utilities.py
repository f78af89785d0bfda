"""What pairs are worth to each side alone, and to both: own lists, and everybody's utilities block by block.

A side's utility is a score in which the other side has no share, so all come from the same columns and the same rules.
Pins and proposals that wait for an answer play no part in what somebody would like.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from app.matching import oracle
from app.matching.blocking import Blocks
from app.matching.columns import BARRED, I64
from app.matching.explanations import Side
from app.matching.market import Market
from app.matching.packing import Packed, pack
from app.matching.policy import SHARES, Policy

ROWS = 256
Ranked = list[tuple[str, int]]


@dataclass(frozen=True)
class Utilities:
    """Columns by whose share counts; all have the seats in the order of the run's `seed`."""

    market: Market
    policy: Policy
    seed: int = 0

    @cached_property
    def joint(self) -> Packed:
        """Both sides, as the policy shares the score out."""
        return self._packed(self.policy.mentee_share)

    @cached_property
    def own(self) -> dict[Side, Packed]:
        """Each side alone; these scores are tenfold utilities."""
        return {Side.MENTEE: self._packed(SHARES), Side.MENTOR: self._packed(0)}

    def ranked(self, side: Side, seat: str) -> Ranked:
        """A seat's own list: the partners whom the rules leave, with the seat's utility, best first; equals by id."""
        return [(other, score // SHARES) for other, score in _ranked(self.own[side], side, seat)]

    def scores(self, side: Side, seat: str) -> Ranked:
        """The partners whom the rules leave a seat, with the pair's score, best first; equals by id."""
        return _ranked(self.joint, side, seat)

    def blocks(self) -> Iterator[Blocks]:
        """Everybody's utilities, some mentees at a time, by their places in the columns."""
        mentee, mentor = (self.own[side].columns for side in (Side.MENTEE, Side.MENTOR))
        for start in range(0, mentee.mentees, ROWS):
            rows = range(start, min(start + ROWS, mentee.mentees))
            yield Blocks(start, *(np.stack([_utility(oracle.score(side, row)) for row in rows]) for side in (mentee, mentor)))

    def _packed(self, mentee_share: int) -> Packed:
        market = replace(self.market, pins=(), current=frozenset())
        return pack(market, self.policy.model_copy(update={"mentee_share": mentee_share}), self.seed)


def _utility(scores: I64) -> I64:
    return np.where(scores > BARRED, scores // SHARES, -1)


def _ranked(packed: Packed, side: Side, seat: str) -> Ranked:
    """Allowed partners and scores. A mentor's list is the column of everybody's rows."""
    mine, theirs = (packed.mentees, packed.mentors) if side is Side.MENTEE else (packed.mentors, packed.mentees)
    place = next(at for at, one in enumerate(mine) if one.id == seat)
    if side is Side.MENTEE:
        scores = oracle.score(packed.columns, place)
    else:
        narrow = packed.columns.of_mentors(np.array([place]))
        scores = np.concatenate([np.empty(0, np.int32), *(oracle.score(narrow, row) for row in range(narrow.mentees))])
    found = [(theirs[at].id, int(scores[at])) for at in np.flatnonzero(scores > BARRED)]
    return sorted(found, key=lambda one: (-one[1], one[0]))
