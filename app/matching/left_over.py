"""Why a seat stays without a partner: what each rule leaves it, or how near the nearest partner was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.matching import ruling
from app.matching.columns import I64
from app.matching.explanations import Miss, Remaining, Side, WhyUnmatched
from app.matching.extras import barred
from app.matching.packing import Packed
from app.matching.plan import Plan
from app.matching.policy import RuleName
from app.matching.strips import Flags, Strip


@dataclass(frozen=True)
class LeftOver:
    """What all answers about a market have in common; `packed` has nothing that bars single pairs."""

    packed: Packed

    @classmethod
    def of(cls, packed: Packed) -> "LeftOver":
        """Of a market without pins."""
        return cls(packed.unbarred())

    def explained(self, plan: Plan, side: Side, seat: str) -> WhyUnmatched:
        """What is left after each rule; the one rule that stands alone before most, of those that can be relaxed."""
        place, others = self._places[side][seat], self._ids[side.other]
        columns = self.packed.columns
        strip = Strip.of_mentee(columns, place) if side is Side.MENTEE else Strip.of_mentor(columns, place)
        failed = strip.barred_by | self._single(side, place)
        broken = np.sum([*failed.values()], axis=0)
        alone = {rule: bars & (broken == 1) for rule, bars in failed.items()}
        rules = tuple(
            Remaining(rule.value, left, int(alone[rule].sum()), rule in ruling.PRIVATE)
            for rule, left in _funnel(failed)
        )
        binding = _binding(rules)
        allowed = np.flatnonzero(broken == 0)
        scores = dict(zip(others[allowed].tolist(), strip.worth[allowed].tolist(), strict=True))
        return WhyUnmatched(
            seat=seat,
            side=side,
            among=len(others),
            rules=rules,
            left=len(allowed),
            binding=binding,
            gives=int(strip.worth[alone[RuleName(binding.rule)]].max()) if binding else None,
            nearest=_nearest(plan, side, scores),
        )

    def _single(self, side: Side, place: int) -> dict[RuleName, Flags]:
        """The pairs of a seat that are barred by what was said of the two."""
        is_required = self.packed.pairwise.policy.rules.require_consent
        consents = self._consents[side][place] & self._consents[side.other]
        failed = {RuleName.CONSENT: ~consents if is_required else np.zeros_like(consents)}
        for rule, (mentees, mentors) in self._barred.items():
            mine, theirs = (mentees, mentors) if side is Side.MENTEE else (mentors, mentees)
            failed[rule] = np.zeros_like(consents)
            failed[rule][theirs[mine == place]] = True
        return failed

    @cached_property
    def _ids(self) -> dict[Side, np.typing.NDArray[np.str_]]:
        sides = {Side.MENTOR: self.packed.mentors, Side.MENTEE: self.packed.mentees}
        return {side: np.array([seat.id for seat in seats], np.str_) for side, seats in sides.items()}

    @cached_property
    def _places(self) -> dict[Side, dict[str, int]]:
        return {side: {seat: place for place, seat in enumerate(ids.tolist())} for side, ids in self._ids.items()}

    @cached_property
    def _consents(self) -> dict[Side, Flags]:
        sides = {Side.MENTOR: self.packed.mentors, Side.MENTEE: self.packed.mentees}
        return {side: np.array([seat.has_consented for seat in seats], np.bool_) for side, seats in sides.items()}

    @cached_property
    def _barred(self) -> dict[RuleName, tuple[I64, I64]]:
        pairwise = self.packed.pairwise
        return barred(pairwise.market, pairwise.policy, self.packed.mentors, self.packed.mentees)


def _funnel(failed: Mapping[RuleName, Flags]) -> Iterable[tuple[RuleName, int]]:
    """How many are left after each rule, in the order that rules are told in."""
    left = np.ones_like(failed[RuleName.SAME_PERSON])
    for rule in ruling.ORDER:
        left = left & ~failed[rule]
        yield rule, int(left.sum())


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
