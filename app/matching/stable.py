"""Plans that no two people would both leave for each other by more than a tolerance.

Repaired from the best plan where that succeeds, deferred acceptance where it does not or no tolerance is given. What
stability costs is the distance to the best plan, which is the bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.matching import deferred
from app.matching.blocking import Blocking, Held, blocking
from app.matching.columns import BARRED, I64
from app.matching.explanations import Side
from app.matching.looking import engine
from app.matching.network import network
from app.matching.problem import Edges, Problem, Solution
from app.matching.repairing import Chosen, repaired
from app.matching.repairing import Edges as Weighed
from app.matching.utilities import Utilities


@dataclass(frozen=True)
class Stabilising:
    """A problem, and both sides' utilities of the same seats in the same order."""

    problem: Problem
    utilities: Utilities

    def solved(self, tolerance: int, best: Solution) -> Solution:
        """A plan without blocking pairs, from the best; `tolerance` in utility (0-10,000), 0 is strict."""
        chosen, rounds = self._repaired(best, tolerance) if tolerance and len(best.candidates.keys) else (None, 0)
        pairs = best.candidates.chosen(chosen) if chosen is not None else self._deferred()
        return replace(best, pairs=pairs, objective=self._objective(pairs), rounds=best.rounds + rounds)

    def _repaired(self, best: Solution, tolerance: int) -> tuple[Chosen | None, int]:
        candidates = best.candidates
        utility = {side: self.utilities.listed(side, candidates.mentors, candidates.mentees) for side in Side}
        edges = Weighed(
            candidates.mentors, candidates.mentees, candidates.scores, utility[Side.MENTOR], utility[Side.MENTEE]
        )

        def chosen(scores: I64) -> Chosen:
            flow = network(self.problem, replace(candidates, scores=scores)).flow()
            return flow[: len(scores)] > 0

        def blocked(which: Chosen) -> Blocking:
            held = (column[which] for column in (edges.mentors, edges.mentees, *utility.values()))
            return blocking(self.utilities, Held(*held), tolerance)

        return repaired(edges, chosen, blocked)

    def _deferred(self) -> Edges:
        pairs = deferred.accepted(self.problem.places_e.tolist(), self.problem.places_m.tolist(), self._lists())
        mentors, mentees = np.array(pairs, np.int64).reshape(-1, 2).T.copy()
        columns = self.problem.columns
        scores = engine(columns).listed(columns, mentees, mentors)
        return Edges.none(columns.mentors).with_more(mentees, mentors, scores)

    def _lists(self) -> list[Iterator[tuple[int, int]]]:
        """Every mentee's own list, best first, and what the mentee is to each; of equals the first by place."""
        floors = np.full(self.problem.columns.mentees, BARRED, np.int64)
        lists = []
        for rows in self.utilities.rows():
            ours, theirs = (self.utilities.dense(side, rows, floors) for side in (Side.MENTEE, Side.MENTOR))
            for row in range(len(rows)):
                best = np.argsort(-ours[row], kind="stable")[: np.count_nonzero(ours[row] >= 0)]
                lists.append(_told(best.astype(np.uint32), theirs[row, best].astype(np.int16)))
        return lists

    def _objective(self, pairs: Edges) -> int:
        first_e, first_m = self.problem.first_e, self.problem.first_m
        rewards = first_e[np.unique(pairs.mentees)].sum() + first_m[np.unique(pairs.mentors)].sum()
        return int(pairs.scores.sum() + rewards)


def _told(mentors: npt.NDArray[np.uint32], utility: npt.NDArray[np.int16]) -> Iterator[tuple[int, int]]:
    for mentor, liked in zip(mentors, utility, strict=True):
        yield int(mentor), int(liked)
