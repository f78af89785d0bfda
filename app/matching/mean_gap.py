"""No group of mentees is paired much worse than others: each group's mean at least the plan's mean less a gap.

The mean is that of the best plan without this limit, so that the limit is linear. To be paired well is not to be left
out: every group has as many people served as in that plan. Pinned pairs count in neither. Prices on the groups
(`parity`) scale whole rows of scores, which the scan over all pairs proves like any others; so the bound holds over all
pairs, and the gap to it is shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.matching import parity
from app.matching.columns import I64
from app.matching.figures import divided
from app.matching.parity import ONE, Priced
from app.matching.policy import SHARES, WEIGHTS_SUM
from app.matching.problem import Problem, Solution

Optimum = Callable[[Problem], Solution]
_TOP_SCORE = 100 * WEIGHTS_SUM * SHARES


@dataclass(frozen=True, slots=True)
class Lifted:
    """The plan, and by how much the groups are still short together, in units: 0 when the limit is kept."""

    solution: Solution
    plain: Solution
    target: int
    shortfall: int


def solved(problem: Problem, group_e: I64, gap: int, optimum: Optimum) -> Lifted:
    """The best plan found within the limit. `group_e` numbers every mentee's group from 0; `gap` is in units."""
    plain = optimum(problem)
    if not len(plain.pairs.keys):
        return Lifted(plain, plain, 0, 0)
    target = divided(int(plain.pairs.scores.sum()), len(plain.pairs.keys)) - gap
    pricing = _Pricing(problem, group_e, target, _served(plain, group_e), optimum)
    best, bound, rounds = parity.lifted(tuple(str(group) for group in range(group_e.max() + 1)), pricing.solved)
    solution = replace(best.plan, bound=min(bound, plain.bound), rounds=rounds)
    return Lifted(solution, plain, target, best.shortfall)


@dataclass(frozen=True, slots=True)
class _Pricing:
    problem: Problem
    group_e: I64
    target: int
    floors: I64
    optimum: Optimum

    def solved(self, prices: Mapping[str, int]) -> Priced[Solution]:
        """The best plan at these prices, told in its real scores."""
        price_e = np.array([prices[str(group)] for group in range(len(self.floors))], np.int64)[self.group_e]
        scale, shift = ONE + price_e, -price_e * self.target
        found = self.optimum(self._priced(scale, shift))
        mentees = found.pairs.mentees
        scores = (found.pairs.scores - shift[mentees]) // scale[mentees]
        objective = int(scores.sum()) + self._rewards(found)
        bound = (found.bound - self._floor_reward() * int(self.floors.sum())) // ONE
        pairs = replace(found.pairs, scores=scores)
        surplus = np.bincount(self.group_e[mentees], scores - self.target, minlength=len(self.floors))
        return Priced(
            replace(found, pairs=pairs, objective=objective),
            objective,
            bound,
            {str(group): int(over) for group, over in enumerate(surplus)},
        )

    def _priced(self, scale: I64, shift: I64) -> Problem:
        problem = self.problem
        return replace(
            problem,
            columns=problem.columns._replace(scale_e=scale.astype(np.int32), shift_e=shift.astype(np.int32)),
            first_e=problem.first_e * ONE,
            first_m=problem.first_m * ONE,
            group_e=self.group_e,
            floors=self.floors,
            floor_reward=self._floor_reward(),
        )

    def _floor_reward(self) -> int:
        """More than any plan's pairs and first partners can be worth at any prices."""
        pairs = int(min(self.problem.places_e.sum(), self.problem.places_m.sum()))
        firsts = int(self.problem.first_e.sum() + self.problem.first_m.sum())
        return 2 * (ONE + parity.DEAREST) * _TOP_SCORE * pairs + ONE * firsts + 1

    def _rewards(self, found: Solution) -> int:
        """What first partners earn."""
        first_e, first_m = self.problem.first_e, self.problem.first_m
        return int(first_e[np.unique(found.pairs.mentees)].sum() + first_m[np.unique(found.pairs.mentors)].sum())


def _served(found: Solution, group_e: I64) -> I64:
    """People with a partner, by group."""
    return np.bincount(group_e[np.unique(found.pairs.mentees)], minlength=int(group_e.max()) + 1)
