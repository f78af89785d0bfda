"""Why a seat stays without a partner: what each rule leaves it, or how near the nearest partner was."""

from collections.abc import Iterable, Mapping

from app.matching import ruling
from app.matching.explanations import Miss, Remaining, Side, WhyUnmatched
from app.matching.market import Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan
from app.matching.policy import RuleName

Failed = Mapping[str, tuple[RuleName, ...]]


def explained(pairwise: Pairwise, plan: Plan, side: Side, seat: Seat) -> WhyUnmatched:
    """What is left after each rule; the one rule that stands alone before most, of those that a policy can relax."""
    others = pairwise.market.mentors if side is Side.MENTEE else pairwise.market.mentees
    pairs = {other.id: (other, seat) if side is Side.MENTEE else (seat, other) for other in others}
    failed = {other: pairwise.failed(*pair) for other, pair in pairs.items()}
    alone = {rule: [other for other, broken in failed.items() if broken == (rule,)] for rule in ruling.ORDER}
    best = {
        rule: max((pairwise.score(*pairs[other]) for other in those), default=None) for rule, those in alone.items()
    }
    rules = tuple(
        Remaining(rule.value, left, len(alone[rule]), best[rule], rule in ruling.PRIVATE)
        for rule, left in _funnel(failed)
    )
    allowed = {other: pairwise.score(*pair) for other, pair in pairs.items() if not failed[other]}
    return WhyUnmatched(seat.id, side, len(pairs), rules, len(allowed), _binding(rules), _nearest(plan, side, allowed))


def _funnel(failed: Failed) -> Iterable[tuple[RuleName, int]]:
    """How many are left after each rule, in the order that rules are told in."""
    left = list(failed.values())
    for rule in ruling.ORDER:
        left = [broken for broken in left if rule not in broken]
        yield rule, len(left)


def _binding(rules: Iterable[Remaining]) -> Remaining | None:
    helpful = (rule for rule in rules if rule.alone and RuleName(rule.rule) not in ruling.FIXED)
    return max(helpful, key=lambda rule: (rule.alone, rule.best or 0), default=None)


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
