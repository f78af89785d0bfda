"""One pool: people with a seat on both sides, against every plan that there is."""

from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from app.matching import pool, pooling, relaxing
from app.matching.checking import Unsolvable
from app.matching.explaining import why_not
from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan, Status
from app.matching.policy import UNITS, Fairness, FairnessMode, Objective, Policy, Rules
from app.matching.solving import solve, solve_alone
from tests.matching import small
from tests.matching.markets import shuffled


def pool_of(random: Random, *, most: int = 5, places: int = 1) -> tuple[Market, Policy]:
    """A few people, most of them on both sides, with gaps of rank or without."""
    mentors, mentees = [], []
    for at in range(random.randint(2, most)):
        seat = replace(small._seat(random, "mentor", at, rank=random.randint(1, 4)), person_id=f"person{at}")
        sides = random.choice(("both", "both", "both", "mentor", "mentee"))
        if sides != "mentee":
            mentors.append(replace(seat, places=random.randint(1, places)))
        if sides != "mentor":
            mentees.append(replace(seat, id=f"mentee{at}", places=random.randint(1, places)))
    pairs = [(mentor, mentee) for mentor in mentors for mentee in mentees if mentor.person_id != mentee.person_id]
    apart = {tuple(sorted((mentor.person_id, mentee.person_id))) for mentor, mentee in pairs if random.random() < 0.15}
    market = Market(
        tuple(mentors),
        tuple(mentees),
        managers=dict.fromkeys(seat.person_id for seat in (*mentors, *mentees)),
        barred=frozenset((one, other) for one, other in apart),
    )
    rules = Rules(min_rank_gap=random.randint(0, 1), require_working_language=False, bar_shared_manager=False)
    policy = small.policy(random).model_copy(
        update={
            "rules": rules,
            "reciprocal": True,
            "objective": random.choice((Objective.WELFARE, Objective.PARTICIPATION)),
            "first_partner": random.choice((0.0, 20.0)),
        }
    )
    return market, policy


def best(market: Market, policy: Policy) -> tuple[int, int]:
    """By trying every plan: the most people with a partner if they come first, and the best scores with rewards."""
    pairwise = Pairwise(market, policy)
    seats = {seat.id: seat for seat in (*market.mentors, *market.mentees)}
    places: Counter[str] = Counter()
    for seat in seats.values():
        places[seat.person_id] = max(places[seat.person_id], seat.places)
    scores = [
        (mentor, mentee, pairwise.score(mentor, mentee))
        for mentor in market.mentors
        for mentee in market.mentees
        if not pairwise.failed(mentor, mentee)
    ]

    def tried(at: int, taken: Counter[str], met: frozenset[frozenset[str]], worth: int) -> tuple[int, int]:
        if at == len(scores):
            return _ranked(policy, seats, taken, worth)
        mentor, mentee, score = scores[at]
        found = tried(at + 1, taken, met, worth)
        people = frozenset((mentor.person_id, mentee.person_id))
        fits = all(
            taken[seat.id] < seat.places and taken[seat.person_id] < places[seat.person_id] for seat in (mentor, mentee)
        )
        if fits and people not in met:
            more = taken + Counter((mentor.id, mentee.id, mentor.person_id, mentee.person_id))
            found = max(found, tried(at + 1, more, met | {people}, worth + score))
        return found

    return tried(0, Counter(), frozenset(), 0)


def _ranked(policy: Policy, seats: dict[str, Seat], taken: Counter[str], worth: int) -> tuple[int, int]:
    served = {seat.person_id for seat in seats.values() if taken[seat.person_id]}
    # A first partner counts for whoever may be a mentee, as in two pools.
    learners = {seat.person_id for seat in seats.values() if seat.id.startswith("mentee")} & served
    comes_first = len(served) if policy.objective is Objective.PARTICIPATION else 0
    return comes_first, worth + round(policy.first_partner * UNITS) * len(learners)


def _told(market: Market, policy: Policy, plan: Plan) -> tuple[int, int]:
    seats = {seat.id: seat for seat in (*market.mentors, *market.mentees)}
    taken: Counter[str] = Counter()
    for pair in plan.pairs:
        taken.update((pair.mentor, pair.mentee, seats[pair.mentor].person_id, seats[pair.mentee].person_id))
    return _ranked(policy, seats, taken, plan.total)


@pytest.mark.parametrize("block", range(4))
def test_no_plan_of_a_small_pool_is_better(block: int) -> None:
    for seed in range(block * 75, block * 75 + 75):
        market, policy = pool_of(small.seeded(seed), places=1 + seed % 2)
        plan = solve_alone(market, policy, seed=seed)

        assert _told(market, policy, plan) == best(market, policy), seed
        assert plan.status is Status.OPTIMAL


def _person(name: str, rank: int, **facts: object) -> tuple[Seat, Seat]:
    """Somebody on both sides, who teaches what their name says."""
    seat = Seat(f"m-{name}", name, rank, offers={name: 4}, **facts)  # type: ignore[arg-type]
    return seat, replace(seat, id=f"e-{name}")


def _ring(*, gap: int = 1, **facts: object) -> tuple[Market, Policy]:
    """Three of three ranks, of whom each wants to learn of the others: what two pools would pair twice."""
    people = [_person(name, rank, seeks={"a": 5, "b": 5, "c": 5}) for name, rank in (("a", 1), ("b", 3), ("c", 5))]
    mentors, mentees = (tuple(side) for side in zip(*people, strict=True))
    rules = Rules(min_rank_gap=gap, require_working_language=False, bar_shared_manager=False)
    policy = small.policy(small.seeded(1)).model_copy(update={"rules": rules, "reciprocal": True, **facts})
    return Market(mentors, mentees, managers=dict.fromkeys("abc")), policy


def _unlike_two_pools(market: Market, policy: Policy) -> tuple[int, int]:
    two = solve(market, policy.model_copy(update={"reciprocal": False}), seed=1)
    return len(two.pairs), len(solve(market, policy, seed=1).pairs)


def test_whoever_is_on_both_sides_is_paired_as_one_person() -> None:
    market, policy = _ring()

    plan = solve(market, policy, seed=1)

    assert _unlike_two_pools(market, policy) == (2, 1)
    ((mentor, mentee),) = small.pairs(plan)
    ranks = {seat.id: seat.rank for seat in (*market.mentors, *market.mentees)}
    assert ranks[mentor] < ranks[mentee]
    # An odd one out leaves more open than the relaxation can close: the second look closes it.
    assert plan.status is Status.OPTIMAL
    # Whoever has a partner waits on no side, and the third on both.
    (alone,) = {seat.person_id for seat in market.mentors} - {mentor[2:], mentee[2:]}
    assert {each.seat for each in plan.unmatched} == {f"m-{alone}", f"e-{alone}"}
    assert plan.report is not None
    assert plan.report.mentors.matched == plan.report.mentees.matched == 1


@pytest.mark.parametrize("seed", range(6))
def test_why_not_tells_the_difference_of_two_best_plans_of_a_pool(seed: int) -> None:
    market, policy = pool_of(small.seeded(seed))
    plain = policy.model_copy(update={"first_partner": 0.0, "objective": Objective.WELFARE})
    pairwise, plan = Pairwise(market, plain), solve_alone(market, plain, seed=1)

    for mentor, mentee in product(market.mentors, market.mentees):
        if not pairwise.failed(mentor, mentee):
            forced = solve_alone(replace(market, pins=((mentor.id, mentee.id),)), plain, seed=1)
            assert why_not(market, plain, plan, mentor.id, mentee.id).loss == plan.objective - forced.objective


def test_two_people_meet_once_whoever_is_the_junior() -> None:
    market, policy = _ring(gap=0)
    pair = replace(market, mentors=market.mentors[:2], mentees=market.mentees[:2])
    wide = replace(
        pair,
        mentors=tuple(replace(seat, places=2, rank=3) for seat in pair.mentors),
        mentees=tuple(replace(seat, places=2, rank=3) for seat in pair.mentees),
    )

    assert _unlike_two_pools(wide, policy) == (2, 1)


def test_a_pin_takes_the_place_of_the_person() -> None:
    market, policy = _ring()
    pinned = replace(market, pins=(("m-a", "e-c"),))

    assert small.pairs(solve(pinned, policy, seed=1)) == (("m-a", "e-c"),)
    twice = replace(market, pins=(("m-a", "e-b"), ("m-b", "e-c")))
    with pytest.raises(Unsolvable) as refused:
        solve(twice, policy, seed=1)
    assert refused.value.faults == (
        ("/pins/b", "pins_exceed_places", "has more pins than places on both sides together"),
    )


def test_a_pinned_pair_does_not_meet_again() -> None:
    market, policy = _ring(gap=0)
    wide = replace(
        market,
        mentors=tuple(replace(seat, places=2, rank=3) for seat in market.mentors),
        mentees=tuple(replace(seat, places=2, rank=3) for seat in market.mentees),
        pins=(("m-a", "e-b"),),
    )

    met = [frozenset((mentor[2:], mentee[2:])) for mentor, mentee in small.pairs(solve(wide, policy, seed=1))]

    assert len(met) == len(set(met)) == 3


def test_what_goes_with_two_pools_alone_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOST_SEATS", 2)
    fairness = Fairness(mode=FairnessMode.MEAN_GAP, mean_gap=1)
    market, policy = _ring(objective=Objective.PARTICIPATION, fairness=fairness)

    with pytest.raises(Unsolvable) as refused:
        solve(market, policy, seed=1)
    assert [code for _, code, _ in refused.value.faults] == ["fairness_of_two_pools", "pool_too_large"]
    market, policy = _ring(objective=Objective.STABLE)
    with pytest.raises(Unsolvable, match="objective_of_two_pools"):
        solve(market, policy, seed=1)


def test_the_order_of_rows_changes_no_byte_of_a_pool() -> None:
    market, policy = pool_of(small.seeded(7), most=12)

    plans = {solve(shuffled(Random(seed), market), policy, seed=5).to_bytes() for seed in range(3)}

    assert len(plans) == 1


def test_out_of_time_a_pool_has_a_plan_and_an_honest_bound() -> None:
    market, policy = pool_of(small.seeded(3), most=14, places=2)

    spent, proven = solve(market, policy, seed=1, budget=0), solve(market, policy, seed=1)

    assert spent.pairs
    assert spent.objective <= proven.objective == proven.bound <= spent.bound


@pytest.mark.parametrize("slack", [0, 1 << 40])
def test_how_much_is_looked_at_first_changes_no_worth(slack: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [pool_of(small.seeded(seed), most=10, places=2) for seed in range(12)]
    usual = [solve(*each, seed=1) for each in found]
    monkeypatch.setattr(pooling, "_FIRST_SLACK", slack)
    monkeypatch.setattr(relaxing, "_BEST_OF_EACH", 1)

    assert [solve(*each, seed=1).objective for each in found] == [plan.objective for plan in usual]
    assert {plan.status for plan in usual} == {Status.OPTIMAL}
