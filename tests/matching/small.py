"""Small markets of every kind, from a seed: few enough people that every plan can be tried."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random

from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan
from app.matching.policy import Criterion, CriterionName, Policy, Rules

Pairs = tuple[tuple[str, str], ...]
SKILLS = ("ai", "data", "media", "web")
NAMES = ("skills", "interests", "rank_gap", "mentee_ranking", "mentor_ranking", "waiting")


def seeded(seed: int) -> Random:
    """Draws that are the same each time; nobody needs to be kept from guessing them."""
    return Random(seed)


def policy(random: Random) -> Policy:
    """Weights at random, the same names always."""
    sides = [_weights(random) for _ in range(2)]
    criteria = [
        Criterion(name=CriterionName(name), mentee_weight=mentee, mentor_weight=mentor)
        for name, mentee, mentor in zip(NAMES, *sides, strict=True)
    ]
    rules = Rules(require_working_language=False, bar_shared_manager=False)
    return Policy(criteria=tuple(criteria), rules=rules, mentee_share=random.randint(0, 10), stay_bonus=0.0)


def _weights(random: Random) -> list[int]:
    cuts = sorted(random.sample(range(101), len(NAMES) - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]


def market(random: Random, *, most: int = 4, places: int = 2) -> Market:
    """Up to `most` people a side, some kept apart, some ranked. A mentee's name comes before a mentor's."""
    mentors = tuple(_seat(random, "mentor", at, rank=random.randint(1, 3)) for at in range(random.randint(1, most)))
    mentees = tuple(_seat(random, "mentee", at, rank=random.randint(3, 6)) for at in range(random.randint(1, most)))
    mentors, mentees = (
        tuple(replace(seat, places=random.randint(1, places)) for seat in seats) for seats in (mentors, mentees)
    )
    pairs = [(mentor, mentee) for mentor in mentors for mentee in mentees]
    apart = [pair for pair in pairs if random.random() < 0.2]
    ranked = [pair for pair in pairs if random.random() < 0.3]
    said = [(mentee.id, mentor.id) for mentor, mentee in ranked]
    said += [(mentor.id, mentee.id) for mentor, mentee in ranked if random.random() < 0.5]
    return Market(
        mentors,
        mentees,
        managers=dict.fromkeys(seat.person_id for seat in (*mentors, *mentees)),
        barred=frozenset((mentee.person_id, mentor.person_id) for mentor, mentee in apart),
        rankings=_places(said),
    )


def _places(said: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Whom each author named, in that order."""
    named: Counter[str] = Counter()
    rankings = {}
    for author, other in said:
        named[author] += 1
        rankings[author, other] = named[author]
    return rankings


def _seat(random: Random, side: str, at: int, rank: int) -> Seat:
    return Seat(
        f"{side}{at}",
        f"person-of-{side}{at}",
        rank,
        department=random.choice(("east", "west")),
        offers={skill: random.randint(1, 5) for skill in random.sample(SKILLS, 2)},
        seeks={skill: random.randint(1, 20) for skill in random.sample(SKILLS, 2)},
        interests=tuple(random.sample(SKILLS, 2)),
        waiting_days=random.randint(0, 150),
    )


def plans(market: Market, policy: Policy) -> Iterator[dict[tuple[str, str], int]]:
    """Every plan that keeps rules and places, as scores by pair."""
    pairwise = Pairwise(market, policy)
    scores = {
        (mentor.id, mentee.id): pairwise.score(mentor, mentee)
        for mentor in market.mentors
        for mentee in market.mentees
        if not pairwise.failed(mentor, mentee)
    }
    places = {seat.id: seat.places for seat in (*market.mentors, *market.mentees)}
    for count in range(len(scores) + 1):
        fits = False
        for chosen in combinations(scores, count):
            taken = [seat for pair in chosen for seat in pair]
            if all(taken.count(seat) <= places[seat] for seat in set(taken)):
                fits = True
                yield {pair: scores[pair] for pair in chosen}
        if not fits:
            return


def pairs(plan: Plan) -> Pairs:
    """A plan's pairs of seats."""
    return tuple((pair.mentor, pair.mentee) for pair in plan.pairs)
