"""The best worst pair: of all plans that serve as many mentees as can be served, those whose worst pair is the best.

Bisection on a least score, each step a proven optimum over all pairs: that so many are served at this score and that
not so many are at the next is known, not estimated. Of the plans left, the one with the highest sum is taken.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.matching.columns import LEAST, Columns
from app.matching.policy import SHARES, WEIGHTS_SUM
from app.matching.problem import Problem, Solution

Optimum = Callable[[Problem], Solution]
# The highest score there is, before any bonus.
TOP_SCORE = 100 * WEIGHTS_SUM * SHARES


def solved(problem: Problem, optimum: Optimum) -> Solution:
    """The plan; `objective` and `bound` without the reward that put people first."""
    people_first = reward(problem)
    first = replace(problem, first_e=problem.first_e + people_first)
    best = anybody = optimum(first)
    served = _served(best)
    if not served:
        return best
    rounds, feasible, infeasible = best.rounds, _worst(best), int(best.candidates.scores.max()) + 1
    while infeasible - feasible > 1:
        least = (feasible + infeasible) // 2
        found = optimum(replace(first, columns=_at_least(problem, least)))
        rounds += found.rounds
        if _served(found) == served:
            best, feasible = found, _worst(found)
        elif found.is_optimal:
            infeasible = least
        else:
            break
    # Out of time, whether a better worst pair exists is not known: then nothing but the plan for anybody bounds it.
    bound = best.bound if infeasible - feasible == 1 else anybody.bound
    return replace(
        best,
        objective=best.objective - people_first * served,
        bound=bound - people_first * served,
        rounds=rounds,
        allowed=anybody.allowed,
        reached=anybody.reached,
    )


def reward(problem: Problem) -> int:
    """More than any plan's pairs can be worth together."""
    pairs = int(min(problem.places_e.sum(), problem.places_m.sum()))
    others = int(problem.first_e.max(initial=0) + problem.first_m.max(initial=0))
    return (2 * TOP_SCORE + others) * max(pairs, 1) + 1


def _at_least(problem: Problem, least: int) -> Columns:
    limits = problem.columns.limits.copy()
    limits[LEAST] = least
    return problem.columns._replace(limits=limits)


def _served(solution: Solution) -> int:
    return len(np.unique(solution.pairs.mentees))


def _worst(solution: Solution) -> int:
    return int(solution.pairs.scores.min())
