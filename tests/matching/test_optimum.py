"""The engine's plan is the best there is: held to every plan of small markets, and to SciPy on larger ones."""

import os
from random import Random

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from app.matching import oracle
from app.matching.columns import BARRED
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import pack
from app.matching.pairwise import Pairwise
from app.matching.plan import Paired, Status
from app.matching.policy import Fairness, FairnessMode, Policy
from app.matching.problem import Problem
from app.matching.proving import Effort, optimise
from app.matching.solving import solve
from tests.matching import exhaustive, markets

# Thousands of markets walk the same lines.
pytestmark = pytest.mark.untraced

# `make test-matching` asks for ten times as many.
INSTANCES = int(os.environ.get("MATCHING_INSTANCES", "1000"))


def _instance(seed: int) -> tuple[Market, Policy, dict[str, int]]:
    """A market up to 5 × 5 with some policy; every third owes floors to departments, now and then too many."""
    random = Random(seed)
    market = markets.random_market(random, random.randint(1, 5), random.randint(1, 5))
    policy, floors = markets.random_policy(random), {}
    if seed % 3 == 0:
        floors = {name: random.randint(1, 3) for name in random.sample(("red", "green", "blue"), 2)}
        policy = policy.model_copy(update={"fairness": Fairness(mode=FairnessMode.FLOOR, floors=floors)})
    return market, policy, floors


def test_no_plan_of_a_small_market_is_better() -> None:
    for seed in range(INSTANCES):
        market, policy, floors = _instance(seed)

        plan = solve(market, policy, seed=seed)

        found = exhaustive.totals(market, policy, [(pair.mentor, pair.mentee) for pair in plan.pairs], floors)
        assert found == exhaustive.best(market, policy, floors), seed
        assert plan.status is Status.OPTIMAL
        assert plan.objective == plan.bound
        _require_allowed(market, policy, plan.pairs)


def _require_allowed(market: Market, policy: Policy, pairs: tuple[Paired, ...]) -> None:
    """No rule is broken and no place taken twice."""
    pairwise = Pairwise(market, policy)
    left = {seat.id: seat.places for seat in (*market.mentors, *market.mentees)}
    seats = {seat.id: seat for seat in (*market.mentors, *market.mentees)}
    for pair in pairs:
        mentor, mentee = pair.mentor, pair.mentee
        assert not pairwise.failed(seats[mentor], seats[mentee])
        left[mentor] -= 1
        left[mentee] -= 1
    assert min(left.values()) >= 0
    assert len({(pair.mentor, pair.mentee) for pair in pairs}) == len(pairs)


def test_larger_markets_agree_with_scipy() -> None:
    for seed in range(INSTANCES // 50):
        random = Random(seed)
        market = markets.random_market(random, random.randint(20, 60), random.randint(20, 60))
        columns = pack(market, markets.random_policy(random), seed).columns
        problem = Problem.plain(columns, np.ones(columns.mentees, np.int64), np.ones(columns.mentors, np.int64))

        solution = optimise(problem, Look(), Effort(random.choice((4, 400)), random.choice((2, 8, 48))))

        scores = np.array([oracle.score(columns, at) for at in range(columns.mentees)], np.float64)
        worth = np.where(scores > BARRED, scores, 0)
        assert solution.objective == worth[linear_sum_assignment(worth, maximize=True)].sum(), seed
        assert solution.is_optimal


def test_prices_prove_the_plan() -> None:
    for seed in range(INSTANCES // 20):
        random = Random(seed)
        market = markets.random_market(random, random.randint(2, 30), random.randint(2, 30))
        packed = pack(market, markets.random_policy(random), seed)
        columns = packed.columns
        places = [np.array([seat.places for seat in side]) for side in (packed.mentees, packed.mentors)]

        solution = optimise(Problem.plain(columns, *places), Look(), Effort(sample=3, candidates=4))

        scores = np.array([oracle.score(columns, at) for at in range(columns.mentees)], np.int64)
        gain = scores - solution.u[:, None] - solution.v[None, :]
        gain[solution.pairs.mentees, solution.pairs.mentors] = 0
        assert gain.max() <= 0
        assert solution.u.min() >= 0
        assert solution.v.min() >= 0
