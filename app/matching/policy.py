"""What a programme wants of its pairs: hard rules, weighted criteria, an objective, fairness. With templates.

Points are 0-100 per criterion. The weights of each side sum to 100, so that a side's utility is 0-10,000, and the
score of a pair is `mentee_share` tenths of the mentee's and the rest of the mentor's: 0-100,000 units, 1,000 a point.
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

UNITS: Final = 1000
NEUTRAL: Final = 50
WEIGHTS_SUM: Final = 100
SHARES: Final = 10
Points = Annotated[int, Field(ge=0, le=100)]
Reward = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Fault = tuple[str, str, str]


class CriterionName(StrEnum):
    """What can be scored of a pair."""

    SKILLS = "skills"
    SKILLS_BACK = "skills_back"
    INTERESTS = "interests"
    STYLE = "style"
    LANGUAGES = "languages"
    OVERLAP = "overlap"
    CROSS_DEPARTMENT = "cross_department"
    RANK_GAP = "rank_gap"
    MENTEE_RANKING = "mentee_ranking"
    MENTOR_RANKING = "mentor_ranking"
    WAITING = "waiting"
    EARLIER_PARTNER = "earlier_partner"


class RuleName(StrEnum):
    """What can bar a pair, whatever its score. The first four hold in every programme."""

    SAME_PERSON = "same_person"
    REPORTING_LINE = "reporting_line"
    DO_NOT_PAIR = "do_not_pair"
    RANK_GAP = "rank_gap"
    SHARED_MANAGER = "shared_manager"
    WORKING_LANGUAGE = "working_language"
    OVERLAP = "overlap"
    EARLIER_PAIR = "earlier_pair"
    CONSENT = "consent"
    SAME_DEPARTMENT = "same_department"
    SITE = "site"


class Mode(StrEnum):
    """Whether what is alike or what differs earns points."""

    SIMILAR = "similar"
    COMPLEMENTARY = "complementary"


class Objective(StrEnum):
    """What the best plan is best at: the sum, the people served, the worst pair, or that nobody wants to swap."""

    WELFARE = "welfare"
    PARTICIPATION = "participation"
    EGALITARIAN = "egalitarian"
    STABLE = "stable"


class FairnessMode(StrEnum):
    """Whether groups are only looked at, get a number of first places, or a limit to how far their means differ."""

    AUDIT = "audit"
    FLOOR = "floor"
    MEAN_GAP = "mean_gap"


class GroupBy(StrEnum):
    """What groups of mentees are made by."""

    DEPARTMENT = "department"
    DIVISION = "division"
    LOCATION = "location"


# The points of each step where nothing else is said, for mode similar; complementary reads them from behind.
# Steps: shared interests; mean distance of traits; shared languages; half hours a week; same department, same
# division, neither; levels between; places in a ranking; months waited.
CURVES: Final[dict[CriterionName, tuple[int, ...]]] = {
    CriterionName.INTERESTS: (0, 45, 75, 100),
    CriterionName.STYLE: (100, 75, 50, 25, 0),
    CriterionName.LANGUAGES: (0, 80, 100),
    CriterionName.OVERLAP: tuple(range(0, 101, 5)),
    CriterionName.CROSS_DEPARTMENT: (100, 50, 0),
    CriterionName.RANK_GAP: (0, 64, 76, 88, 100, 88, 76, 64, 52, 40, 28, 16, 10),
    CriterionName.MENTEE_RANKING: (100, 90, 80, 70, 60, 50, 40, 30, 20, 10),
    CriterionName.MENTOR_RANKING: (100, 90, 80, 70, 60, 50, 40, 30, 20, 10),
    CriterionName.WAITING: (0, 25, 50, 75, 100),
}
# Criteria whose curve has exactly these steps; the others' last step stands for all beyond it.
_FIXED_STEPS: Final = (CriterionName.STYLE, CriterionName.CROSS_DEPARTMENT)
_WITHOUT_MODE: Final = (CriterionName.SKILLS, CriterionName.SKILLS_BACK)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rules(_Part):
    """Hard rules beside those that always hold: another person, no common reporting line, nobody kept apart."""

    min_rank_gap: int = Field(default=1, ge=0, le=50)
    bar_shared_manager: bool = True
    require_working_language: bool = True
    min_overlap_minutes: int = Field(default=0, ge=0, le=10080)
    bar_earlier_pairs: bool = False
    require_consent: bool = True
    require_cross_department: bool = False
    site_groups: tuple[tuple[Name, ...], ...] = Field(default=(), max_length=100)


class Criterion(_Part):
    """One thing that is scored: its weight on each side, and its points by step if not the usual ones."""

    name: CriterionName
    mentee_weight: Points = 0
    mentor_weight: Points = 0
    mode: Mode = Mode.SIMILAR
    curve: tuple[Points, ...] = Field(default=(), max_length=64)

    @property
    def steps(self) -> tuple[int, ...]:
        """Points by step, in the order of the mode; empty for criteria without steps."""
        curve = self.curve or CURVES.get(self.name, ())
        return curve if self.mode is Mode.SIMILAR else curve[::-1]


class Fairness(_Part):
    """What groups of mentees are owed. `floors` counts people, `mean_gap` is in points."""

    mode: FairnessMode = FairnessMode.AUDIT
    group_by: GroupBy = GroupBy.DEPARTMENT
    floors: dict[Name, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(default={}, max_length=1000)
    mean_gap: Reward | None = None


class Policy(_Part):
    """All that a programme decides about its matching. Rewards are in points."""

    rules: Rules = Rules()
    criteria: tuple[Criterion, ...] = Field(max_length=len(CriterionName))
    mentee_share: int = Field(default=6, ge=0, le=SHARES)
    objective: Objective = Objective.WELFARE
    tolerance: Reward = 5.0
    first_partner: Reward = 0.0
    waiting_bonus: Reward = Field(default=0.0, description="More for a first partner, for each 30 days waited.")
    stay_bonus: Reward = 1.0
    fairness: Fairness = Fairness()
    reciprocal: bool = False

    def weight(self, criterion: Criterion) -> int:
        """What a point of a criterion adds to a score, in units."""
        return self.mentee_share * criterion.mentee_weight + (SHARES - self.mentee_share) * criterion.mentor_weight


# Objectives whose plans a floor or a gap can shape; the others decide who is paired by themselves.
_SHAPED: Final = (Objective.WELFARE, Objective.PARTICIPATION)


def faults(policy: Policy) -> tuple[Fault, ...]:
    """Every fault of a policy at once, as (pointer, code, text); empty for a sound one."""
    return (
        *_faults_of_criteria(policy),
        *_faults_of_fairness(policy.fairness),
        *_faults_of_shape(policy),
        *_faults_of_sites(policy.rules),
    )


def _faults_of_criteria(policy: Policy) -> Iterator[Fault]:
    if not policy.criteria:
        yield "/criteria", "criteria_missing", "name at least one criterion"
        return
    named = Counter(each.name for each in policy.criteria)
    for index, each in enumerate(policy.criteria):
        if named[each.name] > 1:
            yield f"/criteria/{index}/name", "criterion_repeated", "is named more than once; name it once"
        if each.name in _WITHOUT_MODE and each.mode is Mode.COMPLEMENTARY:
            yield f"/criteria/{index}/mode", "mode_unknown", "this criterion has no complementary mode"
        if each.curve and each.name not in CURVES:
            yield f"/criteria/{index}/curve", "curve_without_steps", "this criterion has no steps; leave the curve out"
        elif each.curve and each.name in _FIXED_STEPS and len(each.curve) != len(CURVES[each.name]):
            yield f"/criteria/{index}/curve", "curve_length", f"give exactly {len(CURVES[each.name])} points"
    for side in ("mentee_weight", "mentor_weight"):
        total = sum(getattr(each, side) for each in policy.criteria)
        if total != WEIGHTS_SUM:
            yield "/criteria", f"{side}s_sum", f"the {side}s sum to {total}; let them sum to {WEIGHTS_SUM}"


def _faults_of_fairness(fairness: Fairness) -> Iterator[Fault]:
    if fairness.mode is FairnessMode.FLOOR and not fairness.floors:
        yield "/fairness/floors", "floors_missing", "mode floor needs the number of people of each group"
    if fairness.mode is not FairnessMode.FLOOR and fairness.floors:
        yield "/fairness/floors", "floors_unused", "floors hold in mode floor only; leave them out"
    if fairness.mode is FairnessMode.MEAN_GAP and fairness.mean_gap is None:
        yield "/fairness/mean_gap", "mean_gap_missing", "mode mean_gap needs the widest gap allowed, in points"
    if fairness.mode is not FairnessMode.MEAN_GAP and fairness.mean_gap is not None:
        yield "/fairness/mean_gap", "mean_gap_unused", "a gap holds in mode mean_gap only; leave it out"


def _faults_of_shape(policy: Policy) -> Iterator[Fault]:
    if policy.fairness.mode is not FairnessMode.AUDIT and policy.objective not in _SHAPED:
        yield "/fairness/mode", "objective_unshaped", "a floor or a gap needs the objective welfare or participation"


def _faults_of_sites(rules: Rules) -> Iterator[Fault]:
    for index, group in enumerate(rules.site_groups):
        if not group:
            yield f"/rules/site_groups/{index}", "site_group_empty", "name the locations of the group"
        if len(set(group)) < len(group):
            yield f"/rules/site_groups/{index}", "site_repeated", "names a location twice"
