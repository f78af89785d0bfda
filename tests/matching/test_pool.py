"""One pool: people with a seat on both sides, against every plan that there is."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan, Status
from app.matching.policy import UNITS, Objective, Policy, Rules
from app.matching.solving import solve
from tests.matching import small

Pairs = dict[tuple[str, str], int]


def pool_of(random: Random, *, most: int = 6, places: int = 1) -> tuple[Market, Policy]:
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
        plan = solve(market, policy, seed=seed)

        assert _told(market, policy, plan) == best(market, policy), seed
        assert plan.status is Status.OPTIMAL
