"""One pair at a time, straight from the seats: which rules bar it, and its points. What the columns are held to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.matching import lines
from app.matching.diaries import HALF_HOUR, Diaries
from app.matching.market import Market, Pair, Seat
from app.matching.plan import SidePoints
from app.matching.policy import NEUTRAL, SHARES, Criterion, CriterionName, Mode, Policy, RuleName

# The weights of all that a mentee seeks count in twentieths, as levels 1-5 times 20 make 100 points.
SOUGHT = 20
MONTH = 30
_N = CriterionName
# The widest distance of two levels of a trait, and the distance that stands for a trait that one of them left out.
FARTHEST, UNKNOWN = 4, 2


def twentieths(seeks: Mapping[str, int]) -> Mapping[str, int]:
    """Weights scaled to sum to 20, by largest remainder; of equal remainders the first skill by name gets more."""
    return _scaled(tuple(seeks.items()))


@lru_cache(maxsize=65536)
def _scaled(wishes: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    seeks = dict(wishes)
    total = sum(seeks.values())
    if not total:
        return {}
    shares = {skill: SOUGHT * weight // total for skill, weight in seeks.items()}
    left = SOUGHT - sum(shares.values())
    if left:
        for skill in sorted(seeks, key=lambda skill: (-(SOUGHT * seeks[skill] % total), skill))[:left]:
            shares[skill] += 1
    return shares


def offered(seat: Seat) -> Mapping[str, int]:
    """What someone offers, without what they say they do not know."""
    if not seat.out_of_scope:
        return seat.offers
    return {skill: level for skill, level in seat.offers.items() if skill not in seat.out_of_scope}


def at(curve: tuple[int, ...], step: int) -> int:
    """The points of a step; the last stands for all beyond it."""
    return curve[min(step, len(curve) - 1)]


def style_points(curve: tuple[int, ...], distance: int, traits: int) -> int:
    """Points of a summed distance over `traits` traits: the curve at their mean, straight between its steps."""
    step, rest = divmod(distance, traits)
    if not rest:
        return curve[step]
    return (curve[step] * (traits - rest) + curve[step + 1] * rest) // traits


@dataclass(frozen=True)
class Pairwise:
    """What the policy makes of any pair of the market's seats."""

    market: Market
    policy: Policy

    @cached_property
    def diaries(self) -> Diaries:
        """The market's diaries."""
        return Diaries.of(self.market)

    @cached_property
    def intervals(self) -> dict[str, lines.Interval]:
        """The reporting lines of everybody in the market."""
        seats = (*self.market.mentors, *self.market.mentees)
        return lines.intervals(self.market.managers, {seat.person_id for seat in seats})

    @cached_property
    def traits(self) -> tuple[str, ...]:
        """Every trait that anybody named."""
        return tuple(sorted({trait for seat in (*self.market.mentors, *self.market.mentees) for trait in seat.style}))

    @cached_property
    def ranked_by(self) -> frozenset[str]:
        """The seats that ranked anybody."""
        return frozenset(author for author, _ in self.market.rankings)

    def failed(self, mentor: Seat, mentee: Seat) -> tuple[RuleName, ...]:
        """Every rule that bars the pair, in the order of `RuleName`."""
        return tuple([rule for rule, bars in self._bars.items() if bars(mentor, mentee)])

    def score(self, mentor: Seat, mentee: Seat) -> int:
        """The pair's score in units, whether or not a rule bars it."""
        return self.worth(self.all_points(mentor, mentee))

    def worth(self, points: Mapping[str, SidePoints]) -> int:
        """The score that points of all criteria make up."""
        total = 0
        for name, to_mentee, to_mentor in self._factors:
            of_mentee, of_mentor = points[name]
            total += to_mentee * of_mentee + to_mentor * of_mentor
        return total

    def all_points(self, mentor: Seat, mentee: Seat) -> dict[str, SidePoints]:
        """Points of each criterion of the policy, (for the mentee, for the mentor)."""
        named = zip(self._factors, self.policy.criteria, strict=True)
        return {name: self.points(each, mentor, mentee) for (name, *_), each in named}

    def points(self, criterion: Criterion, mentor: Seat, mentee: Seat) -> SidePoints:
        """Points of one criterion; what is not known gives `NEUTRAL`."""
        if criterion.name is _N.WAITING:
            return at(criterion.steps, mentee.waiting_days // MONTH), at(criterion.steps, mentor.waiting_days // MONTH)
        known = self._points[criterion.name](criterion, mentor, mentee)
        points = NEUTRAL if known is None else known
        return points, points

    def is_assumed(self, criterion: Criterion, mentor: Seat, mentee: Seat) -> bool:
        """Whether the points are neutral for want of something to go by."""
        return criterion.name is not _N.WAITING and self._points[criterion.name](criterion, mentor, mentee) is None

    @cached_property
    def _factors(self) -> tuple[tuple[str, int, int], ...]:
        """By criterion, what a point of the mentee's and of the mentor's adds to a score."""
        share = self.policy.mentee_share
        return tuple(
            (each.name.value, share * each.mentee_weight, (SHARES - share) * each.mentor_weight)
            for each in self.policy.criteria
        )

    @cached_property
    def _points(self) -> dict[CriterionName, Callable[[Criterion, Seat, Seat], int | None]]:
        return {
            _N.SKILLS: lambda _, mentor, mentee: _skills(offered(mentor), mentee.seeks),
            _N.SKILLS_BACK: lambda _, mentor, mentee: _skills(offered(mentee), mentor.seeks),
            _N.INTERESTS: lambda each, mentor, mentee: _shared(each.steps, mentor.interests, mentee.interests),
            _N.STYLE: self._style,
            _N.LANGUAGES: lambda each, mentor, mentee: _shared(each.steps, mentor.languages, mentee.languages),
            _N.OVERLAP: self._overlap,
            _N.CROSS_DEPARTMENT: lambda each, mentor, mentee: _departments(each.steps, mentor, mentee),
            _N.RANK_GAP: lambda each, mentor, mentee: at(each.steps, max(mentee.rank - mentor.rank, 0)),
            _N.MENTEE_RANKING: lambda each, mentor, mentee: self._ranking(each.steps, mentee, mentor),
            _N.MENTOR_RANKING: lambda each, mentor, mentee: self._ranking(each.steps, mentor, mentee),
            _N.EARLIER_PARTNER: self._earlier,
        }

    @cached_property
    def _bars(self) -> dict[RuleName, Callable[[Seat, Seat], bool]]:
        """The rules in force, in the order of `RuleName`."""
        rules = self.policy.rules
        optional = {
            RuleName.SHARED_MANAGER: rules.bar_shared_manager,
            RuleName.WORKING_LANGUAGE: rules.require_working_language,
            RuleName.OVERLAP: rules.min_overlap_minutes > 0,
            RuleName.EARLIER_PAIR: rules.bar_earlier_pairs,
            RuleName.CONSENT: rules.require_consent,
            RuleName.SAME_DEPARTMENT: rules.require_cross_department,
        }
        every: dict[RuleName, Callable[[Seat, Seat], bool]] = {
            RuleName.SAME_PERSON: lambda mentor, mentee: mentor.person_id == mentee.person_id,
            RuleName.REPORTING_LINE: self._in_line,
            RuleName.DO_NOT_PAIR: lambda mentor, mentee: _ordered(mentor, mentee) in self.market.barred,
            RuleName.RANK_GAP: lambda mentor, mentee: mentee.rank - mentor.rank < rules.min_rank_gap,
            RuleName.SHARED_MANAGER: self._shared,
            RuleName.WORKING_LANGUAGE: lambda mentor, mentee: set(mentor.languages).isdisjoint(mentee.languages),
            RuleName.OVERLAP: lambda mentor, mentee: self.diaries.overlap(mentor, mentee) < rules.min_overlap_minutes,
            RuleName.EARLIER_PAIR: lambda mentor, mentee: (mentor.person_id, mentee.person_id) in self.market.earlier,
            RuleName.CONSENT: lambda mentor, mentee: not (mentor.has_consented and mentee.has_consented),
            RuleName.SAME_DEPARTMENT: lambda mentor, mentee: (
                mentor.department is not None and mentor.department == mentee.department
            ),
            RuleName.SITE: lambda mentor, mentee: not may_meet(rules.site_groups, mentor.location, mentee.location),
        }
        return {rule: bars for rule, bars in every.items() if optional.get(rule, True)}

    def _in_line(self, mentor: Seat, mentee: Seat) -> bool:
        one, other = self.intervals[mentor.person_id], self.intervals[mentee.person_id]
        return mentor.person_id != mentee.person_id and (lines.is_above(one, other) or lines.is_above(other, one))

    def _shared(self, mentor: Seat, mentee: Seat) -> bool:
        manager = self.market.managers.get(mentor.person_id)
        return manager is not None and manager == self.market.managers.get(mentee.person_id)

    def _style(self, criterion: Criterion, mentor: Seat, mentee: Seat) -> int | None:
        if not mentor.style or not mentee.style:
            return None
        gaps = [
            abs(mentor.style[each] - mentee.style[each]) if each in mentor.style and each in mentee.style else UNKNOWN
            for each in self.traits
        ]
        return style_points(criterion.steps, sum(gaps), len(self.traits))

    def _overlap(self, criterion: Criterion, mentor: Seat, mentee: Seat) -> int | None:
        if not mentor.availability or not mentee.availability:
            return None
        return at(criterion.steps, self.diaries.overlap(mentor, mentee) // HALF_HOUR)

    def _ranking(self, curve: tuple[int, ...], author: Seat, other: Seat) -> int | None:
        if author.id not in self.ranked_by:
            return None
        place = self.market.rankings.get((author.id, other.id))
        return 0 if place is None else at(curve, place - 1)

    def _earlier(self, criterion: Criterion, mentor: Seat, mentee: Seat) -> int:
        was = (mentor.person_id, mentee.person_id) in self.market.earlier
        return 100 * (was is (criterion.mode is Mode.SIMILAR))


def may_meet(groups: tuple[tuple[str, ...], ...], one: str | None, other: str | None) -> bool:
    """Whether two locations may be paired: the same one, or two of one group. Who has none may meet nobody."""
    if not groups:
        return True
    if one is None or other is None:
        return False
    return one == other or any(one in group and other in group for group in groups)


def _ordered(mentor: Seat, mentee: Seat) -> Pair:
    first, second = sorted((mentor.person_id, mentee.person_id))
    return first, second


def _skills(offers: Mapping[str, int], seeks: Mapping[str, int]) -> int | None:
    if not offers or not seeks:
        return None
    return sum(weight * offers.get(skill, 0) for skill, weight in twentieths(seeks).items())


def _shared(curve: tuple[int, ...], one: tuple[str, ...], other: tuple[str, ...]) -> int | None:
    return at(curve, len(set(one) & set(other))) if one and other else None


def _departments(curve: tuple[int, ...], mentor: Seat, mentee: Seat) -> int | None:
    if mentor.department is None or mentee.department is None:
        return None
    if mentor.department == mentee.department:
        return curve[0]
    same_division = mentor.division is not None and mentor.division == mentee.division
    return curve[1] if same_division else curve[2]
