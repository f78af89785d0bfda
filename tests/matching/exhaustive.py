"""The best plan by trying every plan, straight from seats and rules: slow, and beyond doubt."""

from collections.abc import Mapping
from functools import cache

from app.matching.market import Market
from app.matching.pairwise import Pairwise
from app.matching.policy import UNITS, Objective, Policy

Totals = tuple[int, int, int]


def best(market: Market, policy: Policy, groups: Mapping[str, int] | None = None) -> Totals:
    """(people owed a floor who have a partner, people with a partner if they come first, scores with rewards).

    Compared in that order. `groups` owe each department of mentees so many people.
    """
    pairwise, floors = Pairwise(market, policy), dict(groups or {})
    mentors, mentees = market.mentors, market.mentees
    worth = [
        [
            pairwise.score(m, e) + round(policy.stay_bonus * UNITS) * ((m.id, e.id) in market.current)
            if not pairwise.failed(m, e)
            else None
            for m in mentors
        ]
        for e in mentees
    ]
    counts_people = policy.objective is Objective.PARTICIPATION

    @cache
    def search(at: int, taken: tuple[int, ...], met: tuple[int, ...]) -> Totals:
        if at == len(mentees):
            served = sum(min(have, floors[name]) for have, name in zip(met, sorted(floors), strict=True))
            return served, counts_people * sum(1 for count in taken if count), 0
        return max(_after(at, chosen, taken, met) for chosen in _choices(at, taken))

    def _choices(at: int, taken: tuple[int, ...]) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = [()]
        for m, seat in enumerate(mentors):
            if worth[at][m] is not None and taken[m] < seat.places:
                found += [(*chosen, m) for chosen in found if len(chosen) < mentees[at].places]
        return found

    def _after(at: int, chosen: tuple[int, ...], taken: tuple[int, ...], met: tuple[int, ...]) -> Totals:
        more = tuple(count + (m in chosen) for m, count in enumerate(taken))
        has = bool(chosen)
        names = sorted(floors)
        meeting = tuple(
            count + (has and mentees[at].department == name) for count, name in zip(met, names, strict=True)
        )
        served, people, total = search(at + 1, more, meeting)
        reward = round((policy.first_partner + policy.waiting_bonus * (mentees[at].waiting_days // 30)) * UNITS)
        gained = sum(worth[at][m] or 0 for m in chosen) + has * reward
        return served, people + (counts_people and has), total + gained

    return search(0, (0,) * len(mentors), (0,) * len(floors))


def totals(market: Market, policy: Policy, pairs: list[tuple[str, str]], groups: Mapping[str, int]) -> Totals:
    """The same three numbers of a given plan, from its (mentor, mentee) pairs alone."""
    pairwise = Pairwise(market, policy)
    mentors, mentees = ({seat.id: seat for seat in side} for side in (market.mentors, market.mentees))
    matched = {mentee for _, mentee in pairs}
    departments = [mentees[mentee].department for mentee in matched]
    served = sum(min(departments.count(name), number) for name, number in groups.items())
    people = len(matched) + len({mentor for mentor, _ in pairs})
    scores = sum(pairwise.score(mentors[m], mentees[e]) for m, e in pairs)
    scores += round(policy.stay_bonus * UNITS) * sum(pair in market.current for pair in pairs)
    rewards = sum(
        round((policy.first_partner + policy.waiting_bonus * (mentees[e].waiting_days // 30)) * UNITS) for e in matched
    )
    return served, people * (policy.objective is Objective.PARTICIPATION), scores + rewards
