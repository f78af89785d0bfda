"""What a reader sees of an explanation: coordinators all of it, a participant their own side.

A participant's view never holds the other side's points, exclusions, rankings by others, groups or prices, nor a total
that they could be worked out from: its total is the sum of the parts that it shows. A private rule and a better plan
give one and the same answer.
"""

from dataclasses import dataclass

from app.matching.explanations import Lack, Part, Side, Standing, Suggestion, Why, WhyNot, WhyUnmatched


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What a criterion gives to one's own utility, and why."""

    criterion: str
    points: int
    utility: int
    evidence: tuple[str, ...]
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class OwnAlternative:
    """Who comes next in one's own list, and what they lack."""

    seat: str
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class OwnWhy:
    """Why this partner: one's own parts, the place in one's own list, and who comes next."""

    other: str
    utility: int
    parts: tuple[OwnPart, ...]
    place: int | None
    among: int
    following: OwnAlternative | None


@dataclass(frozen=True, slots=True)
class OwnReason:
    """A rule that may be told, in words."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnWhyNot:
    """Why not this partner: rules that may be told; without any, the plan as a whole chose otherwise."""

    other: str
    reasons: tuple[OwnReason, ...]


@dataclass(frozen=True, slots=True)
class OwnRule:
    """How many partners a rule alone rules out."""

    rule: str
    alone: int


@dataclass(frozen=True, slots=True)
class OwnWhyUnmatched:
    """Which rules left fewer partners; with `has_partners`, places went to better fits."""

    seat: str
    rules: tuple[OwnRule, ...]
    binding: OwnRule | None
    has_partners: bool


@dataclass(frozen=True, slots=True)
class OwnSuggestion:
    """A partner to ask, with one's own parts."""

    seat: str
    utility: int
    parts: tuple[OwnPart, ...]


def why(explanation: Why, side: Side) -> OwnWhy:
    """Why this partner, as a participant of that side may read it."""
    parts = _parts(explanation.parts, side)
    standing = explanation.standings[side]
    return OwnWhy(
        other=explanation.mentee if side is Side.MENTOR else explanation.mentor,
        utility=sum(part.utility for part in parts),
        parts=parts,
        place=standing.place,
        among=standing.among,
        following=_following(standing, {part.criterion for part in parts}),
    )


def why_not(explanation: WhyNot, side: Side) -> OwnWhyNot:
    """Why not this partner, as a participant of that side may read it."""
    reasons = tuple(OwnReason(rule.rule, rule.text) for rule in explanation.broken if not rule.is_private)
    return OwnWhyNot(explanation.mentee if side is Side.MENTOR else explanation.mentor, reasons)


def why_unmatched(explanation: WhyUnmatched) -> OwnWhyUnmatched:
    """Why nobody, as the participant may read it."""
    rules = tuple(OwnRule(rule.rule, rule.alone) for rule in explanation.rules if not rule.is_private and rule.alone)
    binding = next((rule for rule in rules if explanation.binding and rule.rule == explanation.binding.rule), None)
    # Private rules come last: what they take away looks like places that went to others.
    left = [rule.left for rule in explanation.rules if not rule.is_private]
    return OwnWhyUnmatched(explanation.seat, rules, binding, (left[-1] if left else explanation.among) > 0)


def suggestions(explained: tuple[Suggestion, ...], side: Side) -> tuple[OwnSuggestion, ...]:
    """Partners to ask, in the order of what the participant sees: the pair's score would tell of the other's."""
    parts = [(each.seat, _parts(each.parts, side)) for each in explained]
    own = (OwnSuggestion(seat, sum(part.utility for part in its), its) for seat, its in parts)
    return tuple(sorted(own, key=lambda each: (-each.utility, each.seat)))


def _parts(parts: tuple[Part, ...], side: Side) -> tuple[OwnPart, ...]:
    return tuple(
        OwnPart(
            part.criterion,
            *part.of(side),
            tuple(filter(None, (evidence.to(side) for evidence in part.evidence))),
            part.is_assumed,
        )
        for part in parts
        if part.of(side)[1] and part.hidden_from is not side
    )


def _following(standing: Standing, seen: set[str]) -> OwnAlternative | None:
    if standing.following is None:
        return None
    lacks = tuple(lack for lack in standing.following.lacks if lack.criterion in seen)
    return OwnAlternative(standing.following.seat, lacks)
