"""Pairs who would both rather have each other: counted exactly, over everybody, with each side's own utility.

A pair blocks a plan when both would gain more than the tolerance: over the partner they like least, or over a free
place, which is worth less than any partner. Places that a pin holds are not theirs to give up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.matching.columns import I64
from app.matching.explanations import Side
from app.matching.policy import SHARES
from app.matching.utilities import Utilities

ROWS = 256
_FREE, _PINNED = -1, 1 << 40


@dataclass(frozen=True, slots=True)
class Held:
    """A plan as places in the columns, shape (pairs,), and which pairs are pins."""

    mentors: I64
    mentees: I64
    is_pin: NDArray[np.bool_]

    def at(self, side: Side) -> I64:
        """The places of one side."""
        return self.mentors if side is Side.MENTOR else self.mentees


@dataclass(frozen=True, slots=True)
class Blocking:
    """Blocking pairs by place, and what each is to its two people, shape (pairs,).

    `has` is what everybody has to lose and the tolerance. `reached` says, by person, whom the rules leave a partner; a tolerance narrows it to partners worth that much.
    """

    mentors: I64
    mentees: I64
    mentor_utility: I64
    mentee_utility: I64
    reached: Mapping[Side, NDArray[np.bool_]]
    has: Mapping[Side, I64]

    @property
    def mentor_gain(self) -> I64:
        """What the mentor of each pair would gain; a free place is worth nothing."""
        gain: I64 = self.mentor_utility - np.maximum(self.has[Side.MENTOR][self.mentors], 0)
        return gain

    @property
    def mentee_gain(self) -> I64:
        """What the mentee of each pair would gain."""
        gain: I64 = self.mentee_utility - np.maximum(self.has[Side.MENTEE][self.mentees], 0)
        return gain


def thresholds(utilities: Utilities, side: Side, held: Held) -> I64:
    """What each person of a side has to lose: their own utility of the partner they like least, shape (people,)."""
    places = np.array([seat.places for seat in utilities.seats(side)], np.int64)
    at, traded = held.at(side), ~held.is_pin
    worst = np.full(len(places), _PINNED, np.int64)
    np.minimum.at(worst, at[traded], utilities.listed(side, held.mentors[traded], held.mentees[traded]))
    worst[np.bincount(at, minlength=len(places)) < places] = _FREE
    return worst


def blocking(utilities: Utilities, held: Held, tolerance: int = 0) -> Blocking:
    """Every pair that would leave the plan for each other; `tolerance` in utility (0-10,000)."""
    has = {side: thresholds(utilities, side, held) + tolerance for side in Side}
    reached = {side: np.bincount(held.at(side), minlength=len(has[side])) > 0 for side in Side}
    parts = [_among(utilities, has, held, rows, reached) for rows in utilities.rows(ROWS)]
    mentors, mentees, to_mentor, to_mentee = np.concatenate([np.empty((4, 0), np.int64), *parts], axis=1)
    return Blocking(mentors, mentees, to_mentor, to_mentee, reached, has)


def _among(
    utilities: Utilities, has: dict[Side, I64], held: Held, rows: I64, reached: dict[Side, NDArray[np.bool_]]
) -> I64:
    """The blocking pairs of some mentees, shape (4, pairs)."""
    nothing = np.zeros(len(has[Side.MENTOR]), np.int64)
    ours = utilities.scan(Side.MENTEE, rows, nothing, has[Side.MENTEE] * SHARES)
    theirs = utilities.scan(Side.MENTOR, rows, has[Side.MENTOR] * SHARES, np.zeros_like(has[Side.MENTEE]))
    reached[Side.MENTEE][rows] |= ours.allowed > 0
    reached[Side.MENTOR][theirs.mentors] = True
    dense = np.full((len(rows), len(nothing)), _FREE, np.int64)
    dense[ours.mentees - rows[0], ours.mentors] = ours.scores
    own = (held.mentees >= rows[0]) & (held.mentees <= rows[-1])
    dense[held.mentees[own] - rows[0], held.mentors[own]] = _FREE
    mentee = dense[theirs.mentees - rows[0], theirs.mentors]
    kept = mentee > _FREE
    return np.stack([theirs.mentors[kept], theirs.mentees[kept], theirs.scores[kept] // SHARES, mentee[kept] // SHARES])
