"""Egalitarian, stable and mean-gap plans, against every plan of small markets."""

import numpy as np
import pytest

from app.matching import egalitarian, mean_gap
from app.matching.explanations import Side
from app.matching.figures import divided
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import Packed, pack
from app.matching.policy import Policy
from app.matching.problem import Problem, Solution
from app.matching.proving import optimise
from app.matching.stable import Stabilising
from app.matching.utilities import Utilities
from tests.matching import small

Pair = tuple[str, str]


def _optimum(problem: Problem) -> Solution:
    return optimise(problem, Look())


def _problem(market: Market, policy: Policy) -> tuple[Packed, Problem]:
    packed = pack(market, policy, 0)
    places = (np.array([seat.places for seat in seats], np.int64) for seats in (packed.mentees, packed.mentors))
    return packed, Problem.plain(packed.columns, *places)


def _scores(packed: Packed, solution: Solution) -> dict[Pair, int]:
    pairs = solution.pairs
    return {
        (packed.mentors[mentor].id, packed.mentees[mentee].id): int(score)
        for mentor, mentee, score in zip(pairs.mentors, pairs.mentees, pairs.scores, strict=True)
    }


def _served(plan: dict[Pair, int]) -> int:
    return len({mentee for _, mentee in plan})


@pytest.mark.parametrize("seed", range(15))
def test_no_plan_that_serves_as_many_has_a_better_worst_pair(seed: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random, most=3), small.policy(random)
    packed, problem = _problem(market, policy)

    solution = egalitarian.solved(problem, _optimum)

    found, every = _scores(packed, solution), list(small.plans(market, policy))
    best = max(every, key=lambda plan: (_served(plan), min(plan.values(), default=0), sum(plan.values())))
    assert (_served(found), min(found.values(), default=0)) == (_served(best), min(best.values(), default=0))
    assert sum(found.values()) == sum(best.values()) == solution.objective == solution.bound


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("tolerance", [0, 500, 2_000])
def test_nobody_blocks_a_stable_plan_by_more_than_the_tolerance(seed: int, tolerance: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random), small.policy(random)
    packed, problem = _problem(market, policy)
    utilities = Utilities.of(market, policy)

    solution = Stabilising(problem, utilities).solved(tolerance, _optimum(problem))

    found, seats = _scores(packed, solution), {seat.id: seat for seat in (*market.mentors, *market.mentees)}
    own = {side: dict(_own(utilities, market, side)) for side in Side}

    def has(side: Side, seat: str) -> int:
        partners = [pair for pair in found if seat in pair]
        return min(own[side][pair] for pair in partners) if len(partners) == seats[seat].places else -1

    assert not [
        pair
        for pair in own[Side.MENTEE]
        if pair not in found
        and own[Side.MENTEE][pair] > has(Side.MENTEE, pair[1]) + tolerance
        and own[Side.MENTOR][pair] > has(Side.MENTOR, pair[0]) + tolerance
    ]
    assert solution.objective == sum(found.values()) <= solution.bound


def _own(utilities: Utilities, market: Market, side: Side) -> list[tuple[Pair, int]]:
    if side is Side.MENTEE:
        return [
            ((other, seat.id), worth) for seat in market.mentees for other, worth in utilities.ranked(side, seat.id)
        ]
    return [((seat.id, other), worth) for seat in market.mentors for other, worth in utilities.ranked(side, seat.id)]


@pytest.mark.parametrize("seed", range(15))
def test_no_plan_within_the_gap_passes_the_bound(seed: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random, most=3), small.policy(random)
    packed, problem = _problem(market, policy)
    group_of = {seat.id: seat.department for seat in market.mentees}
    group_e = np.array([int(seat.department == "west") for seat in packed.mentees])

    lifted = mean_gap.solved(problem, group_e, 500, _optimum)

    plain, found = _scores(packed, lifted.plain), _scores(packed, lifted.solution)
    if not plain:
        assert not found
        return
    target = divided(sum(plain.values()), len(plain)) - 500

    def served(plan: dict[Pair, int], group: str) -> int:
        return len({mentee for _, mentee in plan if group_of[mentee] == group})

    def short(plan: dict[Pair, int], group: str) -> int:
        return -min(0, sum(score - target for (_, mentee), score in plan.items() if group_of[mentee] == group))

    within = [
        sum(plan.values())
        for plan in small.plans(market, policy)
        if all(served(plan, group) >= served(plain, group) and not short(plan, group) for group in ("east", "west"))
    ]
    assert max(within, default=0) <= lifted.solution.bound
    assert lifted.shortfall == short(found, "east") + short(found, "west")
    assert all(served(found, group) >= served(plain, group) for group in ("east", "west"))
    assert lifted.solution.objective == sum(found.values())
    assert lifted.shortfall or lifted.solution.objective <= lifted.solution.bound
