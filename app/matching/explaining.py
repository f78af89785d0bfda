"""Why this pair, why not that one, why nobody; and whom one seat could ask.

`Explainer` keeps what many questions about one market have in common; the functions below ask one question each.
What a participant may read of an answer is decided by `views.own`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from app.matching import evidence, ruling
from app.matching.explanations import (
    Alternative,
    Broken,
    Lack,
    Part,
    Side,
    Standing,
    Suggestion,
    Why,
    WhyNot,
    WhyUnmatched,
)
from app.matching.forcing import Forced, Forcing
from app.matching.left_over import LeftOver
from app.matching.market import Market, Seat
from app.matching.packing import packed
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan, Status
from app.matching.policy import CriterionName, Policy
from app.matching.report import Changes
from app.matching.solving import solve_alone
from app.matching.utilities import Utilities

SUGGESTIONS = 20
# Who reads an explanation may not learn what the other said of them.
_HIDDEN_FROM = {CriterionName.MENTEE_RANKING: Side.MENTOR, CriterionName.MENTOR_RANKING: Side.MENTEE}
PINNED = Broken("pinned", "all places of one of them are pinned to others", is_private=True)


@dataclass(frozen=True)
class Explainer:
    """Answers about one market under one policy."""

    market: Market
    policy: Policy

    @cached_property
    def pairwise(self) -> Pairwise:
        """Rules and points of single pairs, pinned or not."""
        return Pairwise(replace(self.market, pins=()), self.policy)

    @cached_property
    def utilities(self) -> Utilities:
        """Both sides' utilities of everybody, pinned or not."""
        return Utilities(packed(self.pairwise, 0))

    @cached_property
    def left_over(self) -> LeftOver:
        """What each rule leaves everybody."""
        return LeftOver.of(self.utilities.packed)

    @cached_property
    def seats(self) -> Mapping[Side, Mapping[str, Seat]]:
        """Seats by side and id."""
        return {
            Side.MENTOR: {seat.id: seat for seat in self.market.mentors},
            Side.MENTEE: {seat.id: seat for seat in self.market.mentees},
        }

    def why(self, mentor: str, mentee: str) -> Why:
        """Parts that add up to the pair's score, and its place in both lists. Raises `KeyError` for an unknown seat."""
        pair = self.seats[Side.MENTOR][mentor], self.seats[Side.MENTEE][mentee]
        return Why(
            mentor,
            mentee,
            self.pairwise.score(*pair),
            self._parts(*pair),
            {
                Side.MENTEE: self._standing(Side.MENTEE, mentee, mentor),
                Side.MENTOR: self._standing(Side.MENTOR, mentor, mentee),
            },
        )

    def why_not(self, plan: Plan, mentor: str, mentee: str) -> WhyNot:
        """Every rule that the pair breaks; or what the plan loses when it is forced, by going on from it."""
        pair = self.seats[Side.MENTOR][mentor], self.seats[Side.MENTEE][mentee]
        broken = ruling.broken(self.pairwise, *pair)
        pairs = {(each.mentor, each.mentee) for each in plan.pairs}
        if broken or (mentor, mentee) in pairs:
            return WhyNot(mentor, mentee, broken, *(() if broken else (0, 0, True, Changes.between(pairs, pairs))))
        if self._is_pinned(*pair):
            return WhyNot(mentor, mentee, (PINNED,))
        forced = self._forced(plan.seed, mentor, mentee)
        return WhyNot(
            mentor,
            mentee,
            (),
            loss=plan.objective - forced.objective,
            score_loss=plan.total - forced.total,
            is_exact=plan.status is Status.OPTIMAL and forced.is_optimal,
            changes=Changes.between(pairs, forced.pairs),
        )

    def why_unmatched(self, plan: Plan, seat: str) -> WhyUnmatched:
        """What each rule leaves of the other side, and which one, relaxed, would help most; or the nearest miss."""
        return self.left_over.explained(plan, self._side(seat), seat)

    def suggestions(self, seat: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """The best partners that the rules leave a seat, by the pair's score; equal ones by id."""
        side = self._side(seat)
        ranked = self.utilities.scores(side, seat)[:limit]
        return tuple(Suggestion(other, score, self._parts(*self._pair(side, seat, other))) for other, score in ranked)

    def _pair(self, side: Side, seat: str, other: str) -> tuple[Seat, Seat]:
        mine, theirs = self.seats[side][seat], self.seats[side.other][other]
        return (mine, theirs) if side is Side.MENTOR else (theirs, mine)

    def _parts(self, mentor: Seat, mentee: Seat) -> tuple[Part, ...]:
        parts = []
        for each in self.policy.criteria:
            points = self.pairwise.points(each, mentor, mentee)
            parts.append(
                Part(
                    each.name.value,
                    points,
                    (each.mentee_weight * points[0], each.mentor_weight * points[1]),
                    evidence.told(each.name, self.pairwise, mentor, mentee),
                    self.pairwise.is_assumed(each, mentor, mentee),
                    _HIDDEN_FROM.get(each.name),
                )
            )
        return tuple(parts)

    def _standing(self, side: Side, seat: str, other: str) -> Standing:
        ranked = self.utilities.ranked(side, seat)
        place = next((at for at, (partner, _) in enumerate(ranked) if partner == other), None)
        if place is None:
            return Standing(None, len(ranked), None)
        following = ranked[place + 1] if place + 1 < len(ranked) else None
        return Standing(place + 1, len(ranked), following and self._alternative(side, seat, other, *following))

    def _alternative(self, side: Side, seat: str, other: str, following: str, utility: int) -> Alternative:
        ours = self._parts(*self._pair(side, seat, other))
        theirs = self._parts(*self._pair(side, seat, following))
        lacks = (
            Lack(one.criterion, one.of(side)[0] - another.of(side)[0])
            for one, another in zip(ours, theirs, strict=True)
        )
        return Alternative(following, utility, tuple(lack for lack in lacks if lack.points))

    def _forced(self, seed: int, mentor: str, mentee: str) -> Forced:
        if Forcing.is_for(self.market, self.policy):
            return self._forcing.setdefault(seed, Forcing(self.market, self.policy, seed)).forced(mentor, mentee)
        market = replace(self.market, pins=(*self.market.pins, (mentor, mentee)))
        plan = solve_alone(market, self.policy, seed=seed)
        pairs = frozenset((each.mentor, each.mentee) for each in plan.pairs)
        return Forced(plan.objective, plan.total, plan.status is Status.OPTIMAL, pairs)

    @cached_property
    def _forcing(self) -> dict[int, Forcing]:
        return {}

    def _is_pinned(self, mentor: Seat, mentee: Seat) -> bool:
        """Whether pins hold all places of one of them."""
        mentors, mentees = [pin[0] for pin in self.market.pins], [pin[1] for pin in self.market.pins]
        return mentors.count(mentor.id) >= mentor.places or mentees.count(mentee.id) >= mentee.places

    def _side(self, seat: str) -> Side:
        return Side.MENTEE if seat in self.seats[Side.MENTEE] else Side.MENTOR


def why(market: Market, policy: Policy, mentor: str, mentee: str) -> Why:
    """`Explainer.why`, once."""
    return Explainer(market, policy).why(mentor, mentee)


def why_not(market: Market, policy: Policy, plan: Plan, mentor: str, mentee: str) -> WhyNot:
    """`Explainer.why_not`, once."""
    return Explainer(market, policy).why_not(plan, mentor, mentee)


def why_unmatched(market: Market, policy: Policy, plan: Plan, seat: str) -> WhyUnmatched:
    """`Explainer.why_unmatched`, once."""
    return Explainer(market, policy).why_unmatched(plan, seat)


def suggestions(market: Market, policy: Policy, seat: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
    """`Explainer.suggestions`, once."""
    return Explainer(market, policy).suggestions(seat, limit)
