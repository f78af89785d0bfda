"""A made-up company to match: seeded, the same bytes for the same numbers.

A reporting tree with spans of 3 to 11, ranks by height, departments and sites that run in families, diaries with
meetings, skills and interests as uneven as in life, wishes that many share. Mentees are the senior half.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np

from app.matching.market import Interval, Market, Seat

# Zone, headcount weight, local language, share who speak English too.
SITES = (
    ("Europe/London", 22, "en", 1.0),
    ("Europe/Berlin", 14, "de", 0.7),
    ("Europe/Paris", 9, "fr", 0.75),
    ("America/New_York", 18, "en", 1.0),
    ("America/Los_Angeles", 8, "en", 1.0),
    ("Asia/Kolkata", 12, "hi", 0.85),
    ("Asia/Singapore", 5, "zh", 0.9),
    ("Asia/Tokyo", 4, "ja", 0.45),
    ("Australia/Sydney", 3, "en", 1.0),
    ("America/Sao_Paulo", 5, "pt", 0.5),
)
SPOKEN = ("en", "de", "fr", "hi", "zh", "ja", "pt", "es", "it", "pl", "nl", "ko")
SKILLS, INTERESTS, DEPARTMENTS, DIVISIONS = 200, 60, 24, 6
TRAITS = ("detail", "pace", "directness", "formality")
# Half a year that both Europe's and America's clocks change in.
WEEKS = tuple(date(2026, 1, 5) + timedelta(weeks=week) for week in range(26))


def generate(mentors: int, mentees: int, *, seed: int = 7, one_each: bool = False) -> Market:
    """A company large enough for so many of both."""
    rng = np.random.default_rng([seed, mentors, mentees])
    people = int((mentors + mentees) * 1.25) + 20
    parent, depth, height = _tree(people, rng)
    rank = np.clip(2 + height * 2 + rng.integers(-1, 4, people), 1, 12)
    department = np.where(depth <= 2, np.arange(people) % DEPARTMENTS, 0)
    weights = np.array([weight for _, weight, _, _ in SITES], float)
    site = rng.choice(len(SITES), people, p=weights / weights.sum())
    follows = rng.random(people) < 0.6
    for person in range(1, people):
        if depth[person] > 2:
            department[person] = department[parent[person]]
        if follows[person]:
            site[person] = site[parent[person]]
    seniority = np.argsort(-(rank + rng.normal(0, 1.2, people)), kind="stable")
    chosen = {
        "mentee": np.sort(seniority[:mentees]),
        "mentor": np.sort(rng.permutation(seniority[mentees:])[:mentors]),
    }
    sides: dict[str, tuple[Seat, ...]] = {}
    for role, ids in chosen.items():
        places = (
            np.ones(len(ids), int)
            if one_each
            else rng.choice((1, 1, 1, 2, 3) if role == "mentor" else (1, 1, 1, 1, 2), len(ids))
        )
        sides[role] = tuple(
            _seat(role, int(person), int(place), (rank, department, site), rng)
            for person, place in zip(ids, places, strict=True)
        )
    return Market(
        mentors=sides["mentor"],
        mentees=sides["mentee"],
        managers={_name(each): None if each == 0 else _name(parent[each]) for each in range(people)},
        barred=_barred(sides, rng),
        rankings=_rankings(sides, rng),
        weeks=WEEKS,
    )


def _tree(people: int, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Parent, depth and height of everybody, breadth first."""
    parent, depth, height = np.full(people, -1), np.zeros(people, int), np.zeros(people, int)
    spans, following = rng.integers(3, 12, people), 1
    for boss in range(people):
        last = min(following + int(spans[boss]), people)
        parent[following:last], depth[following:last] = boss, depth[boss] + 1
        following = last
    for person in range(people - 1, 0, -1):
        height[parent[person]] = max(height[parent[person]], height[person] + 1)
    return parent, depth, height


def _seat(role: str, person: int, places: int, columns: tuple[Any, Any, Any], rng: np.random.Generator) -> Seat:
    rank, department, site = (column[person] for column in columns)
    zone, _, local, english = SITES[site]
    languages = {local, *(("en",) if rng.random() < english else ()), *rng.choice(SPOKEN, rng.integers(0, 2))}
    return Seat(
        id=f"{role}_{person:06}",
        person_id=_name(person),
        rank=int(rank),
        places=places,
        department=f"department {department}",
        division=f"division {department % DIVISIONS}",
        location=zone,
        languages=tuple(sorted(str(each) for each in languages)),
        zone=zone,
        availability=_diary(rng),
        offers=_skills(rng, 3 + int(rng.integers(0, 7)), 1.05, 5),
        seeks=_skills(rng, 2 + int(rng.integers(0, 4)), 0.9, 10),
        interests=tuple(sorted({f"interest {each}" for each in _drawn(rng, 6, INTERESTS, 0.7)})),
        style={trait: int(level) for trait, level in zip(TRAITS, rng.integers(1, 6, len(TRAITS)), strict=True)},
        waiting_days=int(rng.integers(0, 120)),
    )


def _diary(rng: np.random.Generator) -> tuple[Interval, ...]:
    """Working hours of Monday to Friday without meetings, as stretches of half hours."""
    start, length = 18 + int(rng.choice((-3, -1, 0, 0, 0, 2, 4))), int(rng.choice((12, 15, 16, 16, 16, 18)))
    free = rng.random((5, length)) > 0.45
    if rng.random() < 0.15:
        free &= (rng.random(5) < 0.6)[:, None]
    stretches = []
    for weekday, slots in enumerate(free):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], slots.astype(np.int8), [0]])))
        stretches += [
            (weekday, 30 * (start + int(first)), 30 * (start + int(last)))
            for first, last in zip(edges[::2], edges[1::2], strict=True)
        ]
    return tuple(stretches)


def _drawn(rng: np.random.Generator, count: int, of: int, steepness: float) -> list[int]:
    """Numbers below `of`, small ones more often (Zipf)."""
    weights = np.cumsum(1 / np.arange(1, of + 1) ** steepness)
    return [int(each) for each in np.searchsorted(weights, rng.random(count) * weights[-1])]


def _skills(rng: np.random.Generator, count: int, steepness: float, most: int) -> dict[str, int]:
    return {f"skill {each}": int(rng.integers(1, most + 1)) for each in _drawn(rng, count, SKILLS, steepness)}


def _barred(sides: dict[str, tuple[Seat, ...]], rng: np.random.Generator) -> frozenset[tuple[str, str]]:
    """One refusal for every second mentee."""
    mentors, mentees = sides["mentor"], sides["mentee"]
    count = len(mentees) // 2 if mentors else 0
    pairs = zip(rng.integers(0, len(mentors), count), rng.integers(0, len(mentees), count), strict=True)
    found = (tuple(sorted((mentors[m].person_id, mentees[e].person_id))) for m, e in pairs)
    return frozenset((one, other) for one, other in found if one != other)


def _rankings(sides: dict[str, tuple[Seat, ...]], rng: np.random.Generator) -> dict[tuple[str, str], int]:
    """30 % of mentees rank up to five mentors, 20 % of mentors up to three mentees; some are popular."""
    found = {}
    for authors, others, share, count in (
        (sides["mentee"], sides["mentor"], 0.3, 5),
        (sides["mentor"], sides["mentee"], 0.2, 3),
    ):
        popularity = np.cumsum(rng.pareto(2.0, len(others)) + 0.2)
        for author in np.flatnonzero(rng.random(len(authors)) < share):
            wanted = np.searchsorted(popularity, rng.random(count) * popularity[-1])
            for place, other in enumerate(dict.fromkeys(wanted.tolist()), start=1):
                found[authors[author].id, others[other].id] = place
    return found


def _name(person: int) -> str:
    return f"person_{person:06}"
