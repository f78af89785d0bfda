"""Which pairs outside the candidates could improve a plan: found, or proven not to exist.

For each mentee we keep a bound on score less price over all pairs never offered, at the prices of its last look. When
prices fall since, the bound moves with the largest fall; the few mentors that fell furthest are looked at themselves.
"""

import numpy as np

from app.matching.columns import I64, INFINITE, Columns
from app.matching.looking import Look
from app.matching.scanning import Scan


class Pricing:
    """Bounds by mentee: `rest` at the prices `references[seen]`."""

    def __init__(self, columns: Columns, look: Look, prices: I64) -> None:
        self.columns, self.look = columns, look
        self.references = [prices]
        self.rest = np.zeros(columns.mentees, np.int64)
        self.seen = np.zeros(columns.mentees, np.int64)
        self.allowed, self.reached = np.zeros(columns.mentees, np.int64), np.zeros(columns.mentors, np.int64)

    def copied(self, columns: Columns, look: Look) -> "Pricing":
        """The same bounds, for columns in which no pair scores more."""
        other = Pricing(columns, look, self.references[0])
        other.references, other.rest, other.seen = [*self.references], self.rest.copy(), self.seen.copy()
        other.allowed, other.reached = self.allowed, self.reached
        return other

    def first(self, k: int) -> Scan:
        """Each mentee's `k` best mentors, less their prices."""
        floors = np.full(self.columns.mentees, -INFINITE // 2, np.int64)
        rows = np.arange(self.columns.mentees)
        found = self.look.over(self.columns, rows, self.references[0], floors, k, phase="score")
        self.rest, self.allowed, self.reached = found.rest, found.allowed, found.reached
        return found

    def better(self, u: I64, v: I64, k: int, slack: int) -> tuple[Scan, I64]:
        """Pairs that score `u + v` or more, with some that score up to `slack` less.

        All of them, but for mentees of whom there are more than `k`: then the best `k`, and the mentee is told of too.
        """
        limits = u - 1
        found, full, doubtful = [], [], []
        for reference in np.unique(self.seen):
            rows = np.flatnonzero(self.seen == reference)
            room = limits[rows] - self.rest[rows]
            fall, apart = _split(self.references[reference] - v, room)
            is_bounded = room >= fall
            doubtful.append(rows[~is_bounded])
            if len(apart) and is_bounded.any():
                found.append(self._apart(rows[is_bounded], apart, v, limits, k))
                full.append(rows[is_bounded][found[-1].rest > limits[rows[is_bounded]]])
        rows = np.sort(np.concatenate([np.empty(0, np.int64), *doubtful]))
        self.references.append(v.copy())
        again = self.look.over(self.columns, rows, v, limits - slack, k, phase="prove", ends_at=self.look.ends_at)
        self.rest[rows], self.seen[rows] = again.rest, len(self.references) - 1
        full.append(rows[again.rest > limits[rows]])
        return Scan.joined([*found, again]), np.unique(np.concatenate(full))

    def _apart(self, rows: I64, apart: I64, v: I64, limits: I64, k: int) -> Scan:
        # What is not found keeps its bound: `rest` speaks of the prices of the reference, whatever they fell to.
        narrowed = self.columns.of_mentors(apart)
        found = self.look.over(
            narrowed, rows, v[apart], limits, min(k, len(apart)), phase="prove", ends_at=self.look.ends_at
        )
        reached = np.zeros(self.columns.mentors, np.int64)
        return found._replace(mentors=apart[found.mentors], reached=reached)


def _split(fallen: I64, room: I64) -> tuple[int, I64]:
    """The fall that bounds all mentors but a few, and those few: as many as cost the fewest looks.

    `room` is by mentee how large a fall the bound stands. Those whom it does not are looked over again.
    """
    mentors, mentees = len(fallen), len(room)
    dearest = np.sort(np.maximum(fallen, 0))[::-1]
    few = np.array([0, *(1 << np.arange(max(mentors - 1, 0).bit_length()))])
    falls = np.append(dearest, 0)[few]
    doubtful = np.searchsorted(np.sort(room), falls)
    fall = int(falls[np.argmin(few * (mentees - doubtful) + mentors * doubtful)])
    return fall, np.flatnonzero(fallen > fall)
