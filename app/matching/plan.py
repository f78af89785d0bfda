"""What a run answers: a plan with its proof, canonical to the byte."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.matching.report import Report

# Points of a criterion as the mentee's and as the mentor's utility count them; they differ for waiting only.
SidePoints = tuple[int, int]


class Status(StrEnum):
    """Whether nothing can be better, or how far off it might be is known."""

    OPTIMAL = "optimal"
    BOUNDED = "bounded"


class ProofScope(StrEnum):
    """What the bound speaks of: every pair that the rules allow, or the pairs looked at so far."""

    ALL_PAIRS = "all_pairs"
    CANDIDATES = "candidates"


class UnmatchedReason(StrEnum):
    """Why a seat stays without a partner."""

    NO_CONSENT = "no_consent"
    NOBODY_ALLOWED = "nobody_allowed"
    BETTER_FITS = "better_fits"


class Cancelled(Exception):
    """Raised by a progress callback that wants the run to end; nothing is left behind."""


class Progress(Protocol):
    """Called at least each second: how much of a phase is done, and what is known of the plan."""

    def __call__(self, phase: str, done: int, total: int, objective: int | None, bound: int | None) -> None:
        """May raise `Cancelled`."""


@dataclass(frozen=True)
class Paired:
    """One pair of seats: its score in units (0-100,000), and the points (0-100) that make it up."""

    mentor: str
    mentee: str
    score: int
    points: Mapping[str, SidePoints]
    is_pinned: bool = False


@dataclass(frozen=True)
class Unmatched:
    """One seat without a partner: why, and how many of the other side the rules leave it."""

    seat: str
    reason: UnmatchedReason
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Who is paired with whom. `objective` is what was maximised: scores and rewards, in units; `bound` limits it.

    `floors` has for each group how many people it is owed and how many have a partner: with an optimal plan, nothing
    would give it more. `status` is optimal only when objective and bound are equal over every pair; `gap`, in units, is
    what lies between them.
    """

    status: Status
    objective: int
    bound: int
    proof_scope: ProofScope
    rounds: int
    pairs: tuple[Paired, ...]
    unmatched: tuple[Unmatched, ...]
    floors: Mapping[str, tuple[int, int]]
    market: str
    policy: str
    seed: int
    versions: Mapping[str, str]
    report: Report | None = None

    @property
    def gap(self) -> int:
        """The most that a better plan could gain, in units."""
        return self.bound - self.objective

    @property
    def total(self) -> int:
        """The sum of the pairs' scores, without rewards."""
        return sum(pair.score for pair in self.pairs)

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same inputs give the same bytes."""
        plain = {**_plain(self), "gap": self.gap}
        return json.dumps(plain, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Plan":
        """The plan that `to_bytes` wrote, its report as plain JSON. Raises `ValueError`, `KeyError` or `TypeError`."""
        plain = json.loads(raw)
        del plain["gap"]
        pairs = tuple(Paired(**{**each, "points": _points(each["points"])}) for each in plain["pairs"])
        unmatched = tuple(
            Unmatched(**{**each, "reason": UnmatchedReason(each["reason"])}) for each in plain["unmatched"]
        )
        status, scope = Status(plain["status"]), ProofScope(plain["proof_scope"])
        return cls(**{**plain, "status": status, "proof_scope": scope, "pairs": pairs, "unmatched": unmatched})


def _points(plain: Mapping[str, Sequence[int]]) -> dict[str, SidePoints]:
    return {criterion: (mentee, mentor) for criterion, (mentee, mentor) in plain.items()}


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        # Not `asdict`: it copies what lies below too, and takes longer than the plan.
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"a plan holds no {type(value).__name__}")
