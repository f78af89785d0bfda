"""The best plan of one pool: a matching in a graph of people, proven over all pairs.

The relaxation says of each pair how far below its bound a plan with that pair stays. What stays below a plan that we
have is in no better one; among the other pairs a constraint solver finds the best, with a bound of its own.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.matching.columns import I64
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import Packed
from app.matching.pool import Pool, pool
from app.matching.problem import Edges, Problem, Solution
from app.matching.relaxing import relaxed
from app.matching.scanning import Scan

# Doubled units of slack that are looked at first. No plan depends on it, only the time that it takes.
_FIRST_SLACK = 4000
# The solver counts its steps: where it gives up, it does so at the same place each time.
_MOST_EFFORT = 60.0


@dataclass(frozen=True)
class _Best:
    """Some pairs of the pool, what they are worth, and what none of those looked at can exceed."""

    pairs: I64
    objective: int
    bound: int


def solved(market: Market, packed: Packed, problem: Problem, look: Look) -> Solution:
    """The best pairs, or the best so far and their bound when effort or time run out. Raises `TooLarge`."""
    found, scan = pool(market, packed, problem, look)
    look.say("solve", 0, 1)
    relaxation = relaxed(found)
    look.bound = bound = relaxation.bound // 2
    best, slack, rounds = _greedy(found, relaxation.slack, bound), _FIRST_SLACK, 0
    while True:
        rounds += 1
        best = _best(found, np.flatnonzero(relaxation.slack <= slack), best, look)
        look.objective = best.objective
        look.say("prove", rounds, rounds + 1)
        left = relaxation.bound - 2 * best.objective
        if left <= slack or _is_over(look):
            break
        slack = left
    beyond = (relaxation.bound - slack - 1) // 2 if (relaxation.slack > slack).any() else 0
    best = replace(best, bound=min(bound, max(best.bound, beyond)))
    return _solution(found, best, packed, scan, rounds, look.scored)


def _solution(pool: Pool, best: _Best, packed: Packed, scan: Scan, rounds: int, scored: int) -> Solution:
    """In terms of the columns. Prices of seats prove nothing here: those of people do."""
    none, columns = Edges.none(packed.columns.mentors), packed.columns
    pairs, every = (
        none.with_more(pool.mentees[which], pool.mentors[which], pool.scores[which])
        for which in (best.pairs, np.arange(len(pool.scores)))
    )
    u, v = np.zeros(columns.mentees, np.int64), np.zeros(columns.mentors, np.int64)
    return Solution(
        pairs, best.objective, best.bound, u, v, rounds, scan.allowed, scan.reached, candidates=every, scored=scored
    )


def _is_over(look: Look) -> bool:
    return look.ends_at is not None and time.monotonic() > look.ends_at


def _greedy(pool: Pool, slack: I64, bound: int) -> _Best:
    """A plan to begin with: pairs with the least slack first, of equals the best."""
    left, met, chosen = {name: places.copy() for name, places, _ in _limits(pool)}, set[int](), []
    numbers = {name: numbers for name, _, numbers in _limits(pool)}
    meetings = pool.meetings
    for pair in np.lexsort((-pool.scores, slack)).tolist():
        taken = [(name, int(each[pair])) for name, of in numbers.items() for each in of]
        if int(meetings[pair]) not in met and all(left[name][number] for name, number in taken):
            met.add(int(meetings[pair]))
            chosen.append(pair)
            for name, number in taken:
                left[name][number] -= 1
    pairs = np.array(chosen, np.int64)
    return _Best(pairs, _worth(pool, pairs), bound)


def _limits(pool: Pool) -> Iterator[tuple[str, I64, tuple[I64, ...]]]:
    """What pairs take places of: by number how many there are, and whose places each pair takes."""
    yield "people", pool.places, (pool.seniors, pool.juniors)
    yield "mentees", pool.problem.places_e, (pool.mentees,)
    yield "mentors", pool.problem.places_m, (pool.mentors,)


def _worth(pool: Pool, pairs: I64) -> int:
    paired = np.unique(np.concatenate([pool.seniors[pairs], pool.juniors[pairs]]))
    return int(pool.scores[pairs].sum() + pool.first[paired].sum())


def _best(pool: Pool, looked_at: I64, before: _Best, look: Look) -> _Best:
    """The best of some pairs, and never worse than `before`."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - takes a second to load; two pools do without

    model = cp_model.CpModel()
    is_chosen = {pair: model.new_bool_var("") for pair in looked_at.tolist()}
    _limit(model, pool, looked_at, is_chosen)
    worth = [score * chosen for score, chosen in zip(pool.scores[looked_at].tolist(), is_chosen.values(), strict=True)]
    model.maximize(sum(worth) + sum(_rewards(model, pool, looked_at, is_chosen)))
    known = set(before.pairs.tolist())
    for pair, chosen in is_chosen.items():
        model.add_hint(chosen, pair in known)
    solver = _solver(look)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return before
    pairs = np.array([pair for pair, chosen in is_chosen.items() if solver.value(chosen)], np.int64)
    found = _Best(pairs, _worth(pool, pairs), round(solver.best_objective_bound))
    return found if found.objective >= before.objective else replace(before, bound=max(found.bound, before.objective))


def _limit(model: Any, pool: Pool, looked_at: I64, is_chosen: dict[int, Any]) -> None:
    """Nobody has more pairs than places, and no two meet twice."""
    for _, places, numbers in _limits(pool):
        for number, taken in _grouped(looked_at, numbers).items():
            if len(taken) > places[number]:
                model.add(sum(is_chosen[pair] for pair in taken) <= int(places[number]))
    for taken in _grouped(looked_at, (pool.meetings,)).values():
        if len(taken) > 1:
            model.add_at_most_one(is_chosen[pair] for pair in taken)


def _rewards(model: Any, pool: Pool, looked_at: I64, is_chosen: dict[int, Any]) -> Iterator[Any]:
    """What first partners are worth beside the scores."""
    for person, taken in _grouped(looked_at, (pool.seniors, pool.juniors)).items():
        if pool.first[person]:
            has_partner = model.new_bool_var("")
            model.add(sum(is_chosen[pair] for pair in taken) >= has_partner)
            yield int(pool.first[person]) * has_partner


def _grouped(pairs: I64, numbers: tuple[I64, ...]) -> dict[int, list[int]]:
    """The pairs that each number has, by any of the arrays."""
    found = defaultdict[int, list[int]](list)
    for each in numbers:
        for number, pair in zip(each[pairs].tolist(), pairs.tolist(), strict=True):
            found[number].append(pair)
    return found


def _solver(look: Look) -> Any:
    """One thread and a fixed seed: the same model, the same answer."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - as above

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = _MOST_EFFORT
    if look.ends_at is not None:
        solver.parameters.max_time_in_seconds = max(look.ends_at - time.monotonic(), 0.0)
    return solver
