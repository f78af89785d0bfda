"""A simple matching of the demonstration's own: who may be paired, and of those, who has most to talk about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Side:
    """A person with their enrolment, and everybody above them in the reporting line."""

    person: Mapping[str, Any]
    enrolment: Mapping[str, Any]
    line: frozenset[str]


def line_above(person_id: str, managers: Mapping[str, str | None]) -> frozenset[str]:
    """Everybody above a person, up to the top."""
    found: set[str] = set()
    above = managers[person_id]
    while above is not None and above not in found:
        found.add(above)
        above = managers[above]
    return frozenset(found)


def may_pair(mentor: Side, mentee: Side, *, min_rank_gap: int) -> bool:
    """Whether the rules of the programme let these two be paired."""
    return (
        mentee.person["rank_level"] - mentor.person["rank_level"] >= min_rank_gap
        and mentee.person["id"] not in mentor.line
        and mentor.person["id"] not in mentee.line
        and (mentor.person["manager_id"] or "") != mentee.person["manager_id"]
    )


def score(mentor: Side, mentee: Side) -> int:
    """How much the two have to talk about: what one seeks and the other offers, and another department."""
    shared = len(set(mentor.enrolment["offers"]) & set(mentee.enrolment["seeks"]))
    return 2 * shared + int(mentor.person["department"] != mentee.person["department"])


def match(mentors: list[Side], mentees: list[Side], *, min_rank_gap: int) -> list[tuple[Side, Side]]:
    """A mentor for every mentee who can have one, and as many as can be (augmenting paths, best scores first)."""
    taken: dict[int, int] = {}
    wishes = [
        sorted(
            (place for place, mentor in enumerate(mentors) if may_pair(mentor, mentee, min_rank_gap=min_rank_gap)),
            key=lambda place, mentee=mentee: (-score(mentors[place], mentee), place),  # type: ignore[misc]
        )
        for mentee in mentees
    ]

    def seat(mentee: int, tried: set[int]) -> bool:
        for place in wishes[mentee]:
            if place in tried:
                continue
            tried.add(place)
            if place not in taken or seat(taken[place], tried):
                taken[place] = mentee
                return True
        return False

    for mentee in range(len(mentees)):
        seat(mentee, set())
    return [(mentors[place], mentees[mentee]) for place, mentee in taken.items()]
