"""What can be said about a plan, whole; and what of it each reader may see (`views.py`).

Utilities are in hundredths of a point (0-10,000 for one side), scores in thousandths (0-100,000 for a pair).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.matching.report import Changes, SeatPair


class Side(StrEnum):
    """A side of the market, and of every pair."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> "Side":
        """The side across."""
        return Side.MENTEE if self is Side.MENTOR else Side.MENTOR


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind the points, in words. To the side that may not know all of it, `instead` is told, or nothing."""

    text: str
    hidden_from: Side | None = None
    instead: str | None = None

    def to(self, side: Side) -> str | None:
        """What that side may read of it."""
        return self.instead if self.hidden_from is side else self.text


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion gives each side: points 0-100, and with its weight a part of the utility."""

    criterion: str
    points: tuple[int, int]
    utility: tuple[int, int]
    evidence: tuple[Evidence, ...] = ()
    is_assumed: bool = False
    hidden_from: Side | None = None

    def of(self, side: Side) -> tuple[int, int]:
        """Points and utility for that side; both tuples have the mentee's first."""
        at = int(side is Side.MENTOR)
        return self.points[at], self.utility[at]


@dataclass(frozen=True, slots=True)
class Lack:
    """How many points less than the pair in question an alternative has in a criterion; negative when more."""

    criterion: str
    points: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Who would come next in one's own list, and what they lack."""

    seat: str
    utility: int
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in a side's own list of the partners whom the rules leave, and who comes next."""

    place: int | None
    among: int
    following: Alternative | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a pair was made: parts that add up to its score, and how it stands in both lists."""

    mentor: str
    mentee: str
    score: int
    parts: tuple[Part, ...]
    standings: Mapping[Side, Standing]


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard rule that a pair breaks. A private one is told to coordinators only."""

    rule: str
    text: str
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Every rule that forbids a pair; or, when none does, what the plan would lose with it and who would change.

    `loss` is the difference of two objectives, `score_loss` of the two plans' scores; `is_exact` when both are proven.
    """

    mentor: str
    mentee: str
    broken: tuple[Broken, ...]
    loss: int | None = None
    score_loss: int | None = None
    is_exact: bool = False
    changes: Changes | None = None

    @property
    def is_chosen(self) -> bool:
        """The plan has this very pair."""
        return self.changes is not None and (self.mentor, self.mentee) not in self.changes.new


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many partners are left after this rule and those before it, and how many it alone rules out."""

    rule: str
    left: int
    alone: int
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Miss:
    """The pair that came nearest: how much its score lacks to the weakest that holds the place."""

    other: str
    instead_of: SeatPair
    points: int


@dataclass(frozen=True, slots=True)
class WhyUnmatched:
    """What each rule leaves; which one, relaxed, would help most and what best score it gives; the nearest miss."""

    seat: str
    side: Side
    among: int
    rules: tuple[Remaining, ...]
    left: int
    binding: Remaining | None
    gives: int | None
    nearest: Miss | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A partner whom the rules leave, with the same score and the same parts as a run would give."""

    seat: str
    score: int
    parts: tuple[Part, ...]
