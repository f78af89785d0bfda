"""Pairs who would both rather have each other: counted exactly, over everybody, with each side's own utility.

A pair blocks a plan when both would gain more than the tolerance: over the partner they like least, or over a free
place, which is worth less than any partner. Places that a pin holds are not theirs to give up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.matching.columns import I64
from app.matching.explanations import Side
from app.matching.policy import SHARES
from app.matching.utilities import Utilities

_FREE = -1


@dataclass(frozen=True, slots=True)
class Held:
    """The pairs of a plan that are no pins, as places in the columns, and what each is to its two people."""

    mentors: I64
    mentees: I64
    mentor_utility: I64
    mentee_utility: I64

    @classmethod
    def of(cls, utilities: Utilities, mentors: I64, mentees: I64) -> "Held":
        """Pairs whose utilities are to be looked up."""
        return cls(mentors, mentees, *(utilities.listed(side, mentors, mentees) for side in Side))

    def at(self, side: Side) -> I64:
        """The places of one side."""
        return self.mentors if side is Side.MENTOR else self.mentees


@dataclass(frozen=True, slots=True)
class Blocking:
    """Blocking pairs by place, and what each is to its two people, shape (pairs,); `has` is what everybody has."""

    mentors: I64
    mentees: I64
    mentor_utility: I64
    mentee_utility: I64
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

    def beyond(self, tolerance: int) -> int:
        """How many of the pairs block with this tolerance too."""
        mentor = self.mentor_utility > self.has[Side.MENTOR][self.mentors] + tolerance
        mentee = self.mentee_utility > self.has[Side.MENTEE][self.mentees] + tolerance
        return int((mentor & mentee).sum())


def blocking(utilities: Utilities, held: Held, tolerance: int = 0) -> Blocking:
    """Every pair that would leave the plan for each other; `tolerance` in utility (0-10,000)."""
    has = {side: _has(utilities, side, held) for side in Side}
    limits = {side: (has[side] + tolerance) * SHARES for side in Side}
    parts = [_among(utilities, limits, held, rows) for rows in utilities.rows()]
    mentors, mentees, to_mentor, to_mentee = np.concatenate([np.empty((4, 0), np.int64), *parts], axis=1)
    return Blocking(mentors, mentees, to_mentor, to_mentee, has)


def _has(utilities: Utilities, side: Side, held: Held) -> I64:
    """What each person of a side has to lose: their own utility of the partner they like least, shape (people,)."""
    places = np.array([seat.places for seat in utilities.seats(side)], np.int64)
    at, utility = held.at(side), held.mentor_utility if side is Side.MENTOR else held.mentee_utility
    worst = np.full(len(places), np.iinfo(np.int32).max, np.int64)
    np.minimum.at(worst, at, utility)
    worst[np.bincount(at, minlength=len(places)) < places] = _FREE
    return worst


def _among(utilities: Utilities, limits: Mapping[Side, I64], held: Held, rows: I64) -> I64:
    """The blocking pairs of some mentees, shape (4, pairs): of those that they want, the ones that the mentors want."""
    found = utilities.scan(Side.MENTEE, rows, np.zeros_like(limits[Side.MENTOR]), limits[Side.MENTEE])
    everybody = len(limits[Side.MENTOR])
    is_new = ~np.isin(found.mentees * everybody + found.mentors, held.mentees * everybody + held.mentors)
    mentors, mentees, ours = found.mentors[is_new], found.mentees[is_new], found.scores[is_new] // SHARES
    theirs = utilities.listed(Side.MENTOR, mentors, mentees)
    kept = theirs * SHARES > limits[Side.MENTOR][mentors]
    return np.stack([mentors[kept], mentees[kept], theirs[kept], ours[kept]])
