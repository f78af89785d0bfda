"""What is told of a plan by another policy before that policy's best plan is known."""

from dataclasses import replace

import pytest

from app.matching.estimating import estimated
from app.matching.policy import Fairness, FairnessMode, Objective
from app.matching.solving import solve
from tests.matching import small
from tests.matching.markets import ONLY_SKILLS, scored


@pytest.mark.parametrize("seed", range(8))
def test_a_best_plan_is_estimated_as_what_it_is_worth_and_no_plan_passes_the_bound(seed: int) -> None:
    random = small.seeded(seed)
    market, before = small.market(random), small.policy(random)
    rewards = {"first_partner": 3.0, "waiting_bonus": 2.0, "stay_bonus": 5.0}
    floors = Fairness(mode=FairnessMode.FLOOR, floors={"east": 1, "west": 9})
    changes: tuple[dict[str, object], ...] = ({"objective": Objective.PARTICIPATION}, {"fairness": floors}, {})
    policy = small.policy(random).model_copy(update=rewards | changes[seed % 3])
    pairs = small.pairs(solve(market, before, seed=1))
    proposed = replace(market, current=frozenset(pairs), pins=pairs[:1])

    best = solve(proposed, policy, seed=1)
    own, of_before = (estimated(proposed, policy, each, seed=1) for each in (small.pairs(best), pairs))

    assert own.objective == best.objective
    assert of_before.objective <= best.objective == best.bound <= of_before.bound == own.bound


def test_pairs_that_break_a_rule_of_the_policy_count_for_nothing() -> None:
    market = scored([[100, 20], [20, 60]])
    apart = replace(market, barred=frozenset({("person e0", "person m0")}))

    found = estimated(apart, ONLY_SKILLS, (("m0", "e0"), ("m1", "e1")), seed=1)

    assert found.objective == 60_000


def test_pins_take_the_places_of_pairs_that_were_there() -> None:
    market = replace(scored([[100, 20], [20, 60]]), pins=(("m0", "e1"),))

    found = estimated(market, ONLY_SKILLS, (("m0", "e0"), ("m1", "e1")), seed=1)

    assert found.objective == 20_000
