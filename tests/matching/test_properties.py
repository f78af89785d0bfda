"""What holds of every market, however it is looked at."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from app.matching import compiled, oracle
from app.matching.explaining import Explainer
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import pack
from app.matching.policy import NEUTRAL, Criterion, CriterionName, Objective, Policy
from app.matching.problem import Problem
from app.matching.proving import Effort, optimise
from app.matching.solving import solve
from tests.matching import markets
from tests.matching.markets import ONLY_SKILLS, market_of, mentee, mentor

# Thousands of markets walk the same lines.
pytestmark = pytest.mark.untraced

SEEDS = range(30)


def _some(seed: int, most: int = 9) -> tuple[Market, Policy]:
    random = Random(seed)
    market = markets.random_market(random, random.randint(1, most), random.randint(1, most))
    return market, markets.random_policy(random).model_copy(update={"objective": Objective.WELFARE})


def test_the_order_of_rows_changes_no_byte() -> None:
    for seed in SEEDS:
        market, policy = _some(seed)
        other = markets.shuffled(Random(seed), market)

        assert other.to_bytes() == market.to_bytes()
        assert solve(other, policy, seed=3).to_bytes() == solve(market, policy, seed=3).to_bytes()


def test_a_market_is_read_back_as_it_was() -> None:
    for seed in SEEDS:
        market, policy = _some(seed)
        again = Market.from_bytes(market.to_bytes())

        assert again.digest == market.digest
        assert solve(again, policy, seed=1).to_bytes() == solve(market, policy, seed=1).to_bytes()


def test_a_seat_with_a_fact_that_nobody_knows_is_refused() -> None:
    raw = market_of((mentor("m"),), ()).to_bytes().replace(b'"rank"', b'"rnak"')

    with pytest.raises(ValueError, match="rnak"):
        Market.from_bytes(raw)


def test_a_seat_of_nobody_is_refused_and_a_skill_may_have_any_name() -> None:
    names = dict.fromkeys(("person_id", "id", "offers", "mentors"), 3)
    market = market_of((mentor("m", offers=names, style=names, zone="UTC"),), (mentee("e", seeks=names),))

    assert Market.from_bytes(market.to_bytes()) == market
    with pytest.raises(ValueError, match="no person"):
        Market.from_bytes(market.to_bytes().replace(b'"person_id":"person m"', b'"persona":"person m"'))


def test_candidates_chunks_threads_and_scorers_change_no_pair() -> None:
    looks = [
        (Effort(candidates=1, more=1, slack=0), Look(threads=1, chunk=3)),
        (Effort(sample=3, candidates=2, more=1), Look(threads=2, chunk=2)),
        (Effort(candidates=48), Look(threads=2, chunk=5, scanner=compiled.scan)),
        (Effort(sample=4, candidates=3, more=2), Look(threads=1, scanner=compiled.scan)),
    ]
    for seed in range(10):
        market, policy = _some(seed, most=40)
        packed = pack(market, policy, seed)
        places = [np.array([seat.places for seat in side]) for side in (packed.mentees, packed.mentors)]
        problem = Problem.plain(packed.columns, *places)

        plans = {optimise(problem, replace(look), effort).pairs.keys.tobytes() for effort, look in looks}

        assert len(plans) == 1, seed


def test_twice_the_score_is_the_same_plan() -> None:
    for seed in SEEDS:
        market, policy = _some(seed)
        packed = pack(market, policy, seed)
        doubled = packed.columns._replace(scale_e=packed.columns.scale_e * 2)
        places = [np.array([seat.places for seat in side]) for side in (packed.mentees, packed.mentors)]

        once, twice = (optimise(Problem.plain(each, *places), Look()) for each in (packed.columns, doubled))

        assert twice.objective == 2 * once.objective
        assert twice.pairs.keys.tolist() == once.pairs.keys.tolist()


def test_one_mentor_more_never_lowers_the_best_and_one_refusal_never_raises_it() -> None:
    for seed in SEEDS:
        market, policy = _independent(seed)
        first = market.mentors[0]
        best = solve(market, policy, seed=1).objective

        fewer = replace(market, mentors=market.mentors[1:])
        refused = {_ordered(first.person_id, seat.person_id) for seat in market.mentees}

        assert solve(fewer, policy, seed=1).objective <= best, seed
        assert solve(replace(market, barred=market.barred | refused), policy, seed=1).objective <= best, seed


def test_a_bonus_for_one_pair_raises_the_best_by_no_more() -> None:
    for seed in SEEDS:
        market, policy = _some(seed)
        packed = pack(market, policy, seed)
        places = [np.array([seat.places for seat in side]) for side in (packed.mentees, packed.mentors)]
        one = np.zeros(1, np.int64)

        best = optimise(Problem.plain(packed.columns, *places), Look()).objective
        raised = optimise(Problem.plain(packed.columns.with_extra(one, one, one + 700), *places), Look()).objective

        assert 0 <= raised - best <= 700


def test_a_larger_bonus_for_staying_never_keeps_fewer_proposals() -> None:
    for seed in SEEDS:
        market, policy = _some(seed)
        kept = []
        for bonus in (0.0, 1.0, 10.0, 100.0):
            plan = solve(market, policy.model_copy(update={"stay_bonus": bonus}), seed=1)
            kept.append(sum((pair.mentor, pair.mentee) in market.current for pair in plan.pairs))

        assert kept[1:] == sorted(kept[1:]), seed


def test_what_is_missing_is_neutral_and_flagged() -> None:
    one, other = mentor("m"), mentee("e")
    pairwise = pack(market_of((one,), (other,)), ONLY_SKILLS, 1).pairwise
    known = {CriterionName.RANK_GAP, CriterionName.WAITING, CriterionName.EARLIER_PARTNER}

    for name in CriterionName:
        criterion = Criterion(name=name)
        assert pairwise.is_assumed(criterion, one, other) is (name not in known)
        if name not in known:
            assert pairwise.points(criterion, one, other) == (NEUTRAL, NEUTRAL)


def test_an_unmatched_person_who_leaves_changes_nothing_for_others() -> None:
    for seed in SEEDS:
        market, policy = _independent(seed)
        plan = solve(market, policy, seed=1)
        gone = {each.seat for each in plan.unmatched}
        left = replace(market, mentees=tuple(seat for seat in market.mentees if seat.id not in gone))

        assert solve(left, policy, seed=1).objective == plan.objective, seed


def test_the_oracle_lists_single_pairs() -> None:
    columns = pack(*_some(4), 4).columns
    mentees, mentors = np.divmod(np.arange(columns.mentees * columns.mentors), columns.mentors)

    listed = oracle.listed(columns, mentees, mentors)

    assert listed.reshape(columns.mentees, -1).tolist() == [
        oracle.score(columns, e).tolist() for e in range(columns.mentees)
    ]


def _independent(seed: int) -> tuple[Market, Policy]:
    """Nobody's presence changes how others are scored: traits and the length of slots are the market's, so they go."""
    market, policy = _some(seed)
    dropped = (CriterionName.STYLE, CriterionName.OVERLAP)
    lost = [each for each in policy.criteria if each.name in dropped]
    more = [sum(getattr(each, side) for each in lost) for side in ("mentee_weight", "mentor_weight")]
    first, *rest = [each for each in policy.criteria if each.name not in dropped]
    weights = {"mentee_weight": first.mentee_weight + more[0], "mentor_weight": first.mentor_weight + more[1]}
    rules = policy.rules.model_copy(update={"min_overlap_minutes": 0})
    criteria = (first.model_copy(update=weights), *rest)
    return replace(market, rankings={}), policy.model_copy(update={"criteria": criteria, "rules": rules})


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def test_what_large_markets_are_solved_with_solves_small_ones_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(8):
        market, policy = _some(seed, most=20)
        expected = solve(market, policy, seed=seed).to_bytes()
        with monkeypatch.context() as patch:
            patch.setattr("app.matching.looking.SMALL", 0)
            patch.setattr("app.matching.prices.SMALL", 0)
            patch.setattr("app.matching.resuming.SMALL", 0)

            assert solve(market, policy, seed=seed).to_bytes() == expected


@pytest.mark.parametrize("objective", [Objective.WELFARE, Objective.PARTICIPATION, Objective.STABLE])
def test_a_forced_pair_costs_what_the_plan_with_its_pin_lacks(
    objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.matching.resuming.SMALL", 0)
    for seed in range(4):
        market, policy = _some(seed, most=12)
        policy = policy.model_copy(update={"objective": objective})
        market = replace(market, pins=())
        plan, explainer = solve(market, policy, seed=1), Explainer(market, policy)
        for mentor_seat, mentee_seat in zip(market.mentors[:3], market.mentees[:3], strict=False):
            answer = explainer.why_not(plan, mentor_seat.id, mentee_seat.id)
            if answer.loss:
                forced = solve(replace(market, pins=((mentor_seat.id, mentee_seat.id),)), policy, seed=1)

                assert (answer.loss, answer.score_loss) == (
                    plan.objective - forced.objective,
                    plan.total - forced.total,
                )
