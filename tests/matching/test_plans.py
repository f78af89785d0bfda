"""Whole plans with their reports: against every plan of small markets, and cases that one can check by hand."""

from dataclasses import replace

import pytest

from app.matching import explaining
from app.matching.explanations import Side
from app.matching.figures import percentile
from app.matching.market import Market, Seat
from app.matching.plan import Plan, Status
from app.matching.policy import (
    Criterion,
    CriterionName,
    Fairness,
    FairnessMode,
    GroupBy,
    Objective,
    Policy,
    Rules,
    faults,
)
from app.matching.report import Changes, Coverage, Floor, Price, Report
from app.matching.solving import solve
from tests.matching import small

SKILLS = (Criterion(name=CriterionName.SKILLS, mentee_weight=100, mentor_weight=100),)
POLICY = Policy(criteria=SKILLS, stay_bonus=0.0)
SEEKS = {"web": 20}


def _mentor(name: str, level: int, **rest: object) -> Seat:
    return Seat(f"enr_{name}", f"per_{name}", 1, languages=("en",), offers={"web": level}, **rest)  # type: ignore[arg-type]


def _mentee(name: str, department: str = "east", **rest: object) -> Seat:
    return Seat(f"enr_{name}", f"per_{name}", 5, department=department, languages=("en",), seeks=SEEKS, **rest)  # type: ignore[arg-type]


def _market(mentors: tuple[Seat, ...], mentees: tuple[Seat, ...], **rest: object) -> Market:
    people = dict.fromkeys(seat.person_id for seat in (*mentors, *mentees))
    return Market(mentors, mentees, managers=people, **rest)  # type: ignore[arg-type]


def _report(plan: Plan) -> Report:
    assert plan.report is not None
    return plan.report


def _floor(**floors: int) -> Policy:
    fairness = Fairness(mode=FairnessMode.FLOOR, group_by=GroupBy.DEPARTMENT, floors=floors)
    return POLICY.model_copy(update={"fairness": fairness})


@pytest.mark.parametrize("seed", range(12))
def test_why_not_tells_the_difference_of_two_best_plans(seed: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random, most=3), small.policy(random)
    plan, every = solve(market, policy, seed=seed), list(small.plans(market, policy))
    best = max(sum(scores.values()) for scores in every)
    chosen = set(small.pairs(plan))

    for mentor in market.mentors:
        for mentee in market.mentees:
            pair = (mentor.id, mentee.id)
            why_not = explaining.why_not(market, policy, plan, *pair)
            with_it = [sum(scores.values()) for scores in every if pair in scores]
            if why_not.broken:
                assert not with_it
                continue
            assert why_not.loss == why_not.score_loss == best - max(with_it)
            assert why_not.is_exact
            assert why_not.is_chosen == (pair in chosen)
            assert why_not.changes is not None
            assert pair in chosen or pair in why_not.changes.new


@pytest.mark.parametrize("seed", range(12))
def test_a_reports_numbers_follow_from_its_pairs(seed: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random), small.policy(random)
    market = replace(market, current=frozenset({(market.mentors[0].id, market.mentees[0].id)}))

    plan = solve(market, policy, seed=seed)

    report, scores, pairs = _report(plan), [pair.score for pair in plan.pairs], set(small.pairs(plan))
    assert report.scores.total == sum(scores)
    assert report.scores.worst == min(scores, default=None)
    assert report.scores.fifth_percentile == percentile(scores, 5)
    assert sum(mentors for _, mentors in report.loads) == len(market.mentors)
    assert sum(mentees * mentors for mentees, mentors in report.loads) == len(pairs)
    assert report.changes == Changes.between(market.current, pairs)
    assert report.mentees.matched == len({mentee for _, mentee in pairs})
    assert report.mentors.matched + sum(each.seat.startswith("mentor") for each in plan.unmatched) == len(
        market.mentors
    )
    assert {(pair.mentor, pair.mentee) for pair in report.strongest}.isdisjoint(pairs)
    assert report.blocking == len(report.strongest)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("objective", Objective)
def test_no_objective_depends_on_the_order_of_rows(seed: int, objective: Objective) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random), small.policy(random).model_copy(update={"objective": objective})
    shuffled = replace(market, mentors=market.mentors[::-1], mentees=market.mentees[::-1])

    assert solve(market, policy, seed=1).to_bytes() == solve(shuffled, policy, seed=1).to_bytes()


@pytest.mark.parametrize("seed", range(6))
def test_nobody_blocks_a_stable_plan_beyond_its_tolerance(seed: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random), small.policy(random)

    report = _report(solve(market, policy.model_copy(update={"objective": Objective.STABLE}), seed=seed))

    assert report.blocking_beyond == 0


@pytest.mark.parametrize("seed", range(6))
def test_nobody_blocks_a_plan_that_is_strictly_stable(seed: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random), small.policy(random)

    report = _report(
        solve(market, policy.model_copy(update={"objective": Objective.STABLE, "tolerance": 0.0}), seed=seed)
    )

    assert (report.blocking, report.strongest) == (0, ())
    assert report.prices[0].cost >= 0


def test_a_floor_wins_by_exactly_the_stated_loss() -> None:
    weak = replace(_mentee("gil", "west"), seeks={"web": 10, "ai": 10})
    market = _market((_mentor("ada", 5),), (_mentee("eve"), _mentee("fay"), weak))

    plan = solve(market, _floor(west=1), seed=1)

    assert small.pairs(plan) == (("enr_ada", "enr_gil"),)
    assert _report(plan).floors == (Floor("west", 1, 1),)
    assert _report(plan).prices == (Price("floors", 100_000, 50_000, 50_000, 5_000),)


def test_a_floor_that_cannot_be_reached_says_how_far_it_goes() -> None:
    market = _market((_mentor("ada", 5), _mentor("bob", 3)), (_mentee("eve"), _mentee("gil", "west")))

    plan = solve(market, _floor(west=2), seed=1)

    assert plan.status is Status.OPTIMAL
    assert _report(plan).floors == (Floor("west", 2, 1, reachable=1),)


def test_who_is_pinned_counts_for_the_floor() -> None:
    mentees = (_mentee("eve"), _mentee("gil", "west"))
    market = _market((_mentor("ada", 5, places=2),), mentees, pins=(("enr_ada", "enr_gil"),))

    assert _report(solve(market, _floor(west=1), seed=1)).floors == (Floor("west", 1, 1),)


def test_a_pin_worse_than_the_best_plan_is_kept_and_its_loss_told() -> None:
    market = _market((_mentor("ada", 5), _mentor("bob", 1)), (_mentee("eve", places=1),))

    free, pinned = (solve(replace(market, pins=pins), POLICY, seed=1) for pins in ((), (("enr_bob", "enr_eve"),)))

    assert small.pairs(pinned) == (("enr_bob", "enr_eve"),)
    assert free.total - pinned.total == 80_000
    assert explaining.why_not(market, POLICY, free, "enr_bob", "enr_eve").loss == 80_000


def test_the_worst_pair_of_an_egalitarian_plan_is_better_and_its_price_told() -> None:
    weak = replace(_mentee("gil"), seeks={"web": 10, "ai": 10})
    market = _market((_mentor("ada", 5), _mentor("bob", 1)), (_mentee("eve"), weak))

    report = _report(solve(market, POLICY.model_copy(update={"objective": Objective.EGALITARIAN}), seed=1))

    assert report.scores.worst == 20_000
    assert report.prices == (Price("egalitarian", 110_000, 70_000, 40_000, 3_636),)


def test_a_group_is_lifted_within_its_gap() -> None:
    weak = replace(_mentee("gil", "west"), seeks={"web": 16, "ai": 4})
    market = _market((_mentor("ada", 5), _mentor("bob", 3)), (_mentee("eve"), weak))
    fairness = Fairness(mode=FairnessMode.MEAN_GAP, group_by=GroupBy.DEPARTMENT, mean_gap=15.0)

    plan = solve(market, POLICY.model_copy(update={"fairness": fairness}), seed=1)

    assert (_report(plan).shortfall, _report(plan).prices[0].choice) == (0, "mean_gap")
    assert small.pairs(plan) == (("enr_ada", "enr_gil"), ("enr_bob", "enr_eve"))


def test_an_empty_market_is_an_answer_with_its_report() -> None:
    for objective in Objective:
        report = _report(solve(_market((), ()), POLICY.model_copy(update={"objective": objective}), seed=1))

        assert report.mentees == Coverage(0, 0, 0, None)
        assert report.blocking == 0


def test_suggestions_are_the_best_partners_with_the_score_of_a_run() -> None:
    market = _market((_mentor("ada", 5), _mentor("bob", 1), _mentor("cat", 3)), (_mentee("eve"),))

    found = explaining.suggestions(market, POLICY, "enr_eve", limit=2)

    assert [(each.seat, each.score) for each in found] == [("enr_ada", 100_000), ("enr_cat", 60_000)]
    assert [each.seat for each in explaining.suggestions(market, POLICY, "enr_bob")] == ["enr_eve"]
    assert found[0].parts == explaining.why(market, POLICY, "enr_ada", "enr_eve").parts


def test_a_place_in_ones_own_list_and_what_the_next_one_lacks() -> None:
    market = _market((_mentor("ada", 5), _mentor("bob", 1)), (_mentee("eve"),))

    standings = explaining.why(market, POLICY, "enr_ada", "enr_eve").standings

    mine = standings[Side.MENTEE]
    assert (mine.place, mine.among) == (1, 2)
    assert mine.following is not None
    assert (mine.following.seat, [lack.points for lack in mine.following.lacks]) == ("enr_bob", [80])
    assert (standings[Side.MENTOR].place, standings[Side.MENTOR].following) == (1, None)


@pytest.mark.parametrize("objective", [Objective.STABLE, Objective.EGALITARIAN])
def test_floors_need_an_objective_that_they_can_shape(objective: Objective) -> None:
    policy = _floor(west=1).model_copy(update={"objective": objective})

    assert [(pointer, code) for pointer, code, _ in faults(policy)] == [("/fairness/mode", "objective_unshaped")]


def test_out_of_time_nothing_is_claimed() -> None:
    for objective in Objective:
        plan = solve(_BUSY, POLICY.model_copy(update={"objective": objective}), seed=1, budget=0.0)

        assert plan.status is Status.BOUNDED or plan.gap == 0
        assert plan.gap >= 0


_BUSY = _market(
    tuple(_mentor(f"m{at}", at % 5 + 1) for at in range(25)),
    tuple(replace(_mentee(f"e{at}"), seeks={"web": at % 7 + 1, "ai": 3}) for at in range(25)),
)


@pytest.mark.parametrize("seed", range(6))
def test_two_pools_that_learn_from_each_other_may_change_sides(seed: int) -> None:
    """Reciprocal: skills back count like skills, so the mirrored market has the same best total."""
    random = small.seeded(seed)
    criteria = (
        Criterion(name=CriterionName.SKILLS, mentee_weight=60, mentor_weight=40),
        Criterion(name=CriterionName.SKILLS_BACK, mentee_weight=40, mentor_weight=60),
    )
    rules = Rules(min_rank_gap=0, require_working_language=False, bar_shared_manager=False)
    policy = Policy(criteria=criteria, rules=rules, mentee_share=5, stay_bonus=0.0, reciprocal=True)
    market = small.market(random)
    level = replace(
        market,
        mentors=tuple(replace(seat, rank=3) for seat in market.mentors),
        mentees=tuple(replace(seat, rank=3) for seat in market.mentees),
        rankings={},
    )
    mirrored = replace(level, mentors=level.mentees, mentees=level.mentors)

    assert solve(level, policy, seed=1).total == solve(mirrored, policy, seed=1).total
