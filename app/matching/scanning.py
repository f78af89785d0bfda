"""What a look over all pairs brings home, whoever looked."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from app.matching.columns import I64, Columns


class Scan(NamedTuple):
    """Pairs found, and what is known of the pairs that were not: by scanned mentee, in the order of the rows.

    `rest` bounds score less price of every pair left out; `allowed` counts the mentors that the rules leave; `best` is
    the largest score less price. `reached` counts, by mentor, the scanned mentees that the rules leave them.
    """

    mentees: I64
    mentors: I64
    scores: I64
    rest: I64
    allowed: I64
    best: I64
    reached: I64

    @classmethod
    def of(
        cls,
        found: Sequence[tuple[I64, I64, I64]],
        rest: Sequence[int],
        allowed: Sequence[int],
        best: Sequence[int],
        reached: I64,
    ) -> "Scan":
        """A scan of (mentees, mentors, scores) by row."""
        mentees, mentors, scores = (
            np.concatenate([np.empty(0, np.int64), *(each[at] for each in found)]) for at in range(3)
        )
        return cls(
            mentees,
            mentors,
            scores,
            np.array(rest, np.int64),
            np.array(allowed, np.int64),
            np.array(best, np.int64),
            reached,
        )

    @classmethod
    def joined(cls, scans: Sequence["Scan"]) -> "Scan":
        """One or more scans as one, in their order."""
        by_row = {name: np.concatenate([getattr(each, name) for each in scans]) for name in cls._fields[:-1]}
        return cls(**by_row, reached=np.sum([each.reached for each in scans], axis=0))


Scanner = Callable[[Columns, I64, I64, I64, int], Scan]


class Engine(Protocol):
    """Whoever scores: the oracle, or the compiled kernel."""

    def scan(self, columns: Columns, rows: I64, prices: I64, floors: I64, k: int) -> Scan:
        """`oracle.scan`."""

    def listed(self, columns: Columns, mentees: I64, mentors: I64) -> I64:
        """`oracle.listed`."""
