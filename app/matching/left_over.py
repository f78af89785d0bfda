"""Why a seat stays without a partner: what each rule leaves it, or how near the nearest partner was."""

from collections.abc import Iterable, Mapping

from app.matching import ruling
from app.matching.explanations import Miss, Remaining, Side, WhyUnmatched
from app.matching.market import Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan
from app.matching.policy import RuleName

Failed = Mapping[str, tuple[RuleName, ...]]


def explained(pairwise: Pairwise, plan: Plan, side: Side, seat: Seat, allowed: Mapping[str, int]) -> WhyUnmatched:
    """What is left after each rule; the one rule that stands alone before most, of those that a policy can relax.

    `allowed` are the partners whom all rules leave, with the pairs' scores.
    """
    others = pairwise.market.mentors if side is Side.MENTEE else pairwise.market.mentees
    pairs = {other.id: (other, seat) if side is Side.MENTEE else (seat, other) for other in others}
    failed = {other: () if other in allowed else pairwise.failed(*pair) for other, pair in pairs.items()}
    alone: dict[RuleName, list[str]] = {rule: [] for rule in ruling.ORDER}
    for other, broken in failed.items():
        if len(broken) == 1:
            alone[broken[0]].append(other)
    rules = tuple(
        Remaining(rule.value, left, len(alone[rule]), rule in ruling.PRIVATE) for rule, left in _funnel(failed)
    )
    binding = _binding(rules)
    gained = alone[RuleName(binding.rule)] if binding else []
    return WhyUnmatched(
        seat=seat.id,
        side=side,
        among=len(pairs),
        rules=rules,
        left=len(allowed),
        binding=binding,
        gives=max((pairwise.score(*pairs[other]) for other in gained), default=None),
        nearest=_nearest(plan, side, allowed),
    )


def _funnel(failed: Failed) -> Iterable[tuple[RuleName, int]]:
    """How many are left after each rule, in the order that rules are told in."""
    left = list(failed.values())
    for rule in ruling.ORDER:
        left = [broken for broken in left if rule not in broken]
        yield rule, len(left)


def _binding(rules: Iterable[Remaining]) -> Remaining | None:
    helpful = (rule for rule in rules if rule.alone and RuleName(rule.rule) not in ruling.FIXED)
    return max(helpful, key=lambda rule: rule.alone, default=None)


def _nearest(plan: Plan, side: Side, allowed: Mapping[str, int]) -> Miss | None:
    """The partner whose weakest pair is least above what the pair with this seat would score."""
    weakest: dict[str, tuple[int, str, str]] = {}
    for pair in plan.pairs:
        other = pair.mentor if side is Side.MENTEE else pair.mentee
        if other in allowed and not pair.is_pinned:
            held = (pair.score, pair.mentor, pair.mentee)
            weakest[other] = min(weakest.get(other, held), held)
    misses = [
        Miss(other, (mentor, mentee), score - allowed[other]) for other, (score, mentor, mentee) in weakest.items()
    ]
    return min(misses, key=lambda miss: (miss.points, miss.other), default=None)
