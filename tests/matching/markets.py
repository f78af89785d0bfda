"""Small random markets, with everything in them that a rule or a criterion can see; and the plainest of seats."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from app.matching.market import Interval, Market, Pair, Seat
from app.matching.policy import Criterion, CriterionName, Mode, Objective, Policy, Rules

SKILLS = ("a", "b", "c", "d", "e", "f")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "UTC")
# Before, between and after the changes of the clocks in America and in Europe.
WEEKS = (date(2026, 3, 2), date(2026, 3, 16), date(2026, 4, 6))
# Nothing is scored but the level of what is sought, and no rule holds but those that always do.
ONLY_SKILLS = Policy(
    rules=Rules(min_rank_gap=0, bar_shared_manager=False, require_working_language=False, require_consent=False),
    criteria=(Criterion(name=CriterionName.SKILLS, mentee_weight=100, mentor_weight=100),),
)


def mentor(name: str, **facts: Any) -> Seat:
    """A mentor at the foot of the ladder."""
    return Seat(**{"id": name, "person_id": f"person {name}", "rank": 1, **facts})


def mentee(name: str, **facts: Any) -> Seat:
    """A mentee five ranks above."""
    return Seat(**{"id": name, "person_id": f"person {name}", "rank": 6, **facts})


def market_of(mentors: tuple[Seat, ...], mentees: tuple[Seat, ...], **facts: Any) -> Market:
    """A market in which nobody reports to anybody, unless `managers` say so."""
    managers = {seat.person_id: None for seat in (*mentors, *mentees)}
    return Market(mentors, mentees, **{"managers": managers, **facts})


def scored(points: list[list[int]], places: tuple[list[int], list[int]] | None = None, **facts: Any) -> Market:
    """A market with these scores, in multiples of 20 points, by mentee and mentor; each mentee seeks one skill."""
    of_mentees, of_mentors = places or ([1] * len(points), [1] * len(points[0]))
    mentors = tuple(
        mentor(f"m{m}", places=of_mentors[m], offers={f"s{e}": row[m] // 20 for e, row in enumerate(points) if row[m]})
        for m in range(len(points[0]))
    )
    mentees = tuple(mentee(f"e{e}", places=of_mentees[e], seeks={f"s{e}": 1}) for e in range(len(points)))
    return market_of(mentors, mentees, **facts)


def random_market(random: Random, mentors: int, mentees: int) -> Market:
    """Anything goes, as long as it is sound."""
    people = [f"p{number}" for number in range(mentors + mentees + 4)]
    managers = {
        person: None if number == 0 or random.random() < 0.2 else people[random.randrange(number)]
        for number, person in enumerate(people)
    }
    chosen = random.sample(people, mentors + mentees)
    of_mentors = tuple(_seat(random, f"m{at}", chosen[at], (1, 5)) for at in range(mentors))
    # Some are on both sides.
    others = [person if random.random() < 0.9 else chosen[0] for person in chosen[mentors:]]
    others = [person if others.count(person) == 1 else chosen[mentors + at] for at, person in enumerate(others)]
    of_mentees = tuple(_seat(random, f"e{at}", person, (2, 7)) for at, person in enumerate(others))
    pairs = [(one, other) for one in of_mentors for other in of_mentees]
    return Market(
        of_mentors,
        of_mentees,
        managers,
        barred=frozenset(_ordered(one, other) for one, other in random.sample(pairs, min(len(pairs), 2))),
        earlier=frozenset((m.person_id, e.person_id) for m, e in random.sample(pairs, min(len(pairs), 3))),
        rankings=_rankings(random, pairs),
        current=frozenset((m.id, e.id) for m, e in random.sample(pairs, min(len(pairs), 2))),
        weeks=WEEKS,
    )


def random_policy(random: Random) -> Policy:
    """Every rule now and then, and every criterion with some weight."""
    return Policy(
        rules=Rules(
            min_rank_gap=random.randint(0, 2),
            bar_shared_manager=random.random() < 0.5,
            require_working_language=random.random() < 0.3,
            min_overlap_minutes=random.choice((0, 0, 0, 30, 60)),
            bar_earlier_pairs=random.random() < 0.5,
            require_consent=random.random() < 0.5,
            require_cross_department=random.random() < 0.3,
            site_groups=random.choice(((), (), (("north", "south"),))),
        ),
        criteria=tuple(_criteria(random)),
        mentee_share=random.randint(0, 10),
        objective=random.choice((Objective.WELFARE, Objective.PARTICIPATION)),
        first_partner=random.choice((0, 5, 100)),
        waiting_bonus=random.choice((0, 2)),
    )


def shuffled(random: Random, market: Market) -> Market:
    """The same market, listed in another order."""
    mentors, mentees = list(market.mentors), list(market.mentees)
    random.shuffle(mentors)
    random.shuffle(mentees)
    return replace(market, mentors=tuple(mentors), mentees=tuple(mentees), weeks=market.weeks[::-1])


def _seat(random: Random, name: str, person: str, ranks: tuple[int, int]) -> Seat:
    return Seat(
        id=name,
        person_id=person,
        rank=random.randint(*ranks),
        places=random.randint(1, 3),
        department=random.choice(("red", "green", "blue", None)),
        division=random.choice(("warm", "cold", None)),
        location=random.choice(("north", "south", "west", None)),
        languages=tuple(random.sample(("en", "de", "fr"), random.randint(0, 3))),
        zone=random.choice(ZONES),
        availability=tuple(_interval(random) for _ in range(random.randint(0, 4))),
        offers={skill: random.randint(1, 5) for skill in random.sample(SKILLS, random.randint(0, 4))},
        seeks={skill: random.randint(1, 20) for skill in random.sample(SKILLS, random.randint(0, 4))},
        out_of_scope=frozenset(random.sample(SKILLS, 1)),
        interests=tuple(random.sample(SKILLS, random.randint(0, 4))),
        style={trait: random.randint(1, 5) for trait in random.sample(("x", "y", "z"), random.randint(0, 3))},
        waiting_days=random.randint(0, 200),
        has_consented=random.random() < 0.9,
    )


def _interval(random: Random) -> Interval:
    start = random.choice((0, 480, 555, 600, 840))
    return random.randint(0, 6), start, start + random.choice((45, 90, 240, 600))


def _criteria(random: Random) -> list[Criterion]:
    sides = [_weights(random, len(CriterionName)) for _ in range(2)]
    skills = (CriterionName.SKILLS, CriterionName.SKILLS_BACK)
    return [
        Criterion(
            name=name,
            mentee_weight=sides[0][at],
            mentor_weight=sides[1][at],
            mode=Mode.SIMILAR if name in skills else random.choice(list(Mode)),
        )
        for at, name in enumerate(CriterionName)
    ]


def _weights(random: Random, count: int) -> list[int]:
    """So many numbers that sum to 100."""
    cuts = sorted(random.randint(0, 100) for _ in range(count - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]


def _rankings(random: Random, pairs: list[tuple[Seat, Seat]]) -> dict[Pair, int]:
    ranked = random.sample(pairs, min(len(pairs), 4))
    directed = (
        (m.id, e.id) if random.random() < 0.5 else (e.id, m.id) for m, e in ranked if m.person_id != e.person_id
    )
    return {pair: place for place, pair in enumerate(directed, start=1)}


def _ordered(one: Seat, other: Seat) -> Pair:
    first, second = sorted((one.person_id, other.person_id))
    return first, second
