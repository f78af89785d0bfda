"""Hard rules in words: what a pair breaks, and by how much."""

from collections.abc import Callable
from typing import Final

from app.matching.explanations import Broken
from app.matching.market import Seat
from app.matching.pairwise import Pairwise
from app.matching.policy import RuleName

# What would give away what somebody said, or was said, in confidence.
PRIVATE: Final = frozenset({RuleName.DO_NOT_PAIR, RuleName.CONSENT})
# No policy can let these go.
FIXED: Final = frozenset({RuleName.SAME_PERSON, RuleName.REPORTING_LINE, RuleName.DO_NOT_PAIR})
# Private ones last, so that what is left before them can be told.
ORDER: Final = tuple(sorted(RuleName, key=lambda rule: rule in PRIVATE))

_TEXTS: Final[dict[RuleName, str]] = {
    RuleName.SAME_PERSON: "both are the same person",
    RuleName.REPORTING_LINE: "one of them stands above the other in the reporting line",
    RuleName.DO_NOT_PAIR: "they are kept apart",
    RuleName.SHARED_MANAGER: "they have the same manager",
    RuleName.WORKING_LANGUAGE: "they share no working language",
    RuleName.EARLIER_PAIR: "they were a pair before",
    RuleName.CONSENT: "one of them has not consented",
    RuleName.SAME_DEPARTMENT: "they work in the same department",
    RuleName.SITE: "their locations are not paired with each other",
}


def broken(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> tuple[Broken, ...]:
    """Every rule that the pair breaks, in words."""
    return tuple(
        Broken(rule.value, _text(rule, pairwise, mentor, mentee), rule in PRIVATE)
        for rule in pairwise.failed(mentor, mentee)
    )


def _text(rule: RuleName, pairwise: Pairwise, mentor: Seat, mentee: Seat) -> str:
    told = _MEASURED.get(rule)
    return told(pairwise, mentor, mentee) if told else _TEXTS[rule]


def _rank_gap(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> str:
    asked = pairwise.policy.rules.min_rank_gap
    return f"the mentee's rank is {mentee.rank}, the mentor's {mentor.rank}; the programme asks for {asked} between"


def _overlap(pairwise: Pairwise, mentor: Seat, mentee: Seat) -> str:
    shared, asked = pairwise.diaries.overlap(mentor, mentee), pairwise.policy.rules.min_overlap_minutes
    return f"they share {shared} minutes in the worst week; the programme asks for {asked}"


_MEASURED: Final[dict[RuleName, Callable[[Pairwise, Seat, Seat], str]]] = {
    RuleName.RANK_GAP: _rank_gap,
    RuleName.OVERLAP: _overlap,
}
