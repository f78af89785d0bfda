"""Stability with a tolerance: raise the pairs that would dissolve the blocking ones, and solve again.

Whoever blocks would stay if they had somebody they like as much: so for each of the two, every pair that is at least
as good to them as the blocking one is raised. Where the tolerance is wide, this loses much less than strict stability;
where it is narrow it may not come to an end, and deferred acceptance is the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.matching.blocking import Blocking
from app.matching.columns import I64

Chosen = NDArray[np.bool_]
# Units added to a pair at once; smaller later, so that the last few do not overshoot.
STEP, SMALLER_AFTER = 1_500, 10
ROUNDS = 40
# Whoever came to an end had not one in fifteen of their first blocking pairs left by then, at 300 to 2,000 a side.
HALFWAY, STILL_THERE = 20, 10
_NOBODY = 1 << 40


@dataclass(frozen=True, slots=True)
class Edges:
    """Candidate pairs by index, shape (pairs,): score in units, utilities in hundredths of a point."""

    mentors: I64
    mentees: I64
    score: I64
    mentor_utility: I64
    mentee_utility: I64


def repaired(
    edges: Edges, solved: Callable[[I64], Chosen], blocking: Callable[[Chosen], Blocking], rounds: int = ROUNDS
) -> tuple[Chosen | None, int]:
    """The chosen edges of a plan that nobody blocks, or None; and how many rounds it took.

    `solved` gives the best choice under raised scores, `blocking` counts over everybody, candidates or not.
    """
    raised, first = np.zeros_like(edges.score), 0
    for done in range(rounds):
        chosen = solved(edges.score + raised)
        blocked = blocking(chosen)
        if not len(blocked.mentors):
            return chosen, done
        first = first or len(blocked.mentors)
        if done == HALFWAY and STILL_THERE * len(blocked.mentors) > first:
            return None, done
        raised[_dissolving(edges, blocked)] += STEP // (1 + done // SMALLER_AFTER)
    return None, rounds


def _dissolving(edges: Edges, blocked: Blocking) -> Chosen:
    """The edges that are to one of a blocking pair at least what the other of it is."""
    wanted_by_mentors = np.full(edges.mentors.max() + 1, _NOBODY)
    wanted_by_mentees = np.full(edges.mentees.max() + 1, _NOBODY)
    np.minimum.at(wanted_by_mentors, blocked.mentors, blocked.mentor_utility)
    np.minimum.at(wanted_by_mentees, blocked.mentees, blocked.mentee_utility)
    return (edges.mentor_utility >= wanted_by_mentors[edges.mentors]) | (
        edges.mentee_utility >= wanted_by_mentees[edges.mentees]
    )
