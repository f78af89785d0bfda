"""Which plan is best, by the policy's objective and what it owes to groups; and what those choices cost."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.matching import egalitarian, mean_gap
from app.matching.packing import Packed
from app.matching.policy import UNITS, FairnessMode, Objective, Policy
from app.matching.problem import Problem, Solution
from app.matching.report import Floor, Price
from app.matching.reporting import Choices, tolerance_of
from app.matching.rewarding import group_of
from app.matching.stable import Stabilising
from app.matching.utilities import Utilities

Optimum = Callable[[Problem], Solution]


@dataclass(frozen=True)
class Objectives:
    """A problem, and whose seats it is about; `utilities` has the same seats, in the same order."""

    problem: Problem
    packed: Packed
    utilities: Utilities
    optimum: Optimum

    @property
    def policy(self) -> Policy:
        """What the programme wants."""
        return self.utilities.policy

    def solved(self) -> tuple[Solution, Choices]:
        """The best plan by the policy's objective, and what its choices came to."""
        if self.policy.fairness.mode is FairnessMode.MEAN_GAP:
            return self._within_gap()
        if self.policy.objective is Objective.EGALITARIAN:
            return self._priced(
                "egalitarian", self.optimum(self.problem), egalitarian.solved(self.problem, self.optimum)
            )
        if self.policy.objective is Objective.STABLE:
            best = self.optimum(self.problem)
            stable = Stabilising(self.problem, self.utilities).solved(tolerance_of(self.policy), best)
            return self._priced("stable", best, stable)
        solution = self.optimum(self.problem)
        return solution, self._floors(solution)

    def _priced(self, choice: str, plain: Solution, solution: Solution) -> tuple[Solution, Choices]:
        """The plan, and what it costs to have it rather than the best by score."""
        choices = self._floors(solution)
        return solution, replace(choices, prices=(Price.of(choice, _total(plain), _total(solution)), *choices.prices))

    def _within_gap(self) -> tuple[Solution, Choices]:
        fairness = self.policy.fairness
        names = [group_of(seat, fairness.group_by) or "" for seat in self.packed.mentees]
        numbers = {name: at for at, name in enumerate(sorted(set(names)))}
        group_e = np.array([numbers[name] for name in names], np.int64)
        lifted = mean_gap.solved(self.problem, group_e, round((fairness.mean_gap or 0) * UNITS), self.optimum)
        price = Price.of("mean_gap", _total(lifted.plain), _total(lifted.solution))
        return lifted.solution, Choices(shortfall=lifted.shortfall, prices=(price,))

    def _floors(self, solution: Solution) -> Choices:
        """How each floor was met, how far it could be, and what all of them cost together."""
        if self.policy.fairness.mode is not FairnessMode.FLOOR:
            return Choices()
        nobody = np.full_like(self.problem.group_e, -1)
        without = self.optimum(replace(self.problem, group_e=nobody, floors=self.problem.floors[:0], floor_reward=0))
        floors = tuple(self._floor(solution, group) for group in sorted(self.policy.fairness.floors))
        return Choices(floors, prices=(Price.of("floors", _total(without), _total(solution)),))

    def _floor(self, solution: Solution, group: str) -> Floor:
        """A floor of people; who is pinned has met it already."""
        fairness, market = self.policy.fairness, self.utilities.market
        pinned = {mentee for _, mentee in market.pins}
        members = np.array(
            [group_of(seat, fairness.group_by) == group and seat.id not in pinned for seat in self.packed.mentees], bool
        )
        have = sum(group_of(seat, fairness.group_by) == group for seat in market.mentees if seat.id in pinned)
        served, owed = have + _served(solution, members), fairness.floors[group]
        return Floor(group, owed, served, None if served >= owed else have + self._reachable(members))

    def _reachable(self, members: npt.NDArray[np.bool_]) -> int:
        """The most people of a group who could have a partner if nothing else counted."""
        reward = egalitarian.reward(self.problem)
        plain = Problem.plain(self.problem.columns, self.problem.places_e, self.problem.places_m)
        return _served(self.optimum(replace(plain, first_e=reward * members)), members)


def _total(solution: Solution) -> int:
    return int(solution.pairs.scores.sum())


def _served(solution: Solution, members: npt.NDArray[np.bool_]) -> int:
    return int(members[np.unique(solution.pairs.mentees)].sum())
