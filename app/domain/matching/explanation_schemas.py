"""What callers send and get when they ask why. Scores are in thousandths of a point, utilities in hundredths.

A participant gets their own side of an answer; what is not theirs to know is `null`, or not in the list.
"""

from typing import Annotated

from pydantic import Field

from app.domain.enrolments.schemas import EnrolmentId
from app.domain.matching.schemas import MatchRunId
from app.matching.policy import CriterionName, RuleName
from app.text import Input, Output

_RUN = "Absent: the last that there is to speak of."
RunId = Annotated[MatchRunId | None, Field(description=f"Of which run. {_RUN}")]


class WhyNotAsk(Input):
    """Why not that one."""

    other_enrolment_id: EnrolmentId = Field(description="Of the same programme, on the other side.")
    match_run_id: RunId = None


class WhyUnmatchedAsk(Input):
    """Why nobody."""

    match_run_id: RunId = None


class ExplainedPart(Output):
    """What one criterion gives one side, and why."""

    criterion: CriterionName
    points: int = Field(description="0 to 100.")
    utility: int = Field(description="Points times the weight of the criterion.")
    evidence: list[str] = Field(description="The facts behind it, in words.")
    is_assumed: bool = Field(description="Whether something is not known, which counts neither way.")


class ExplainedSide(Output):
    """What a pair is worth to one side."""

    utility: int = Field(description="The sum of the parts.")
    parts: list[ExplainedPart] = Field(description="One for each criterion that counts for the side.")


class ExplainedLack(Output):
    """In which criterion an alternative has fewer points; negative where it has more."""

    criterion: CriterionName
    points: int


class ExplainedStanding(Output):
    """The place of a partner in one's own list of those whom the rules leave, and who comes next."""

    place: int | None
    among: int
    next_enrolment_id: str | None
    lacks: list[ExplainedLack] = Field(description="What the next one lacks.")


class Why(Output):
    """Why a pair was proposed."""

    match_proposal_id: str
    mentor_enrolment_id: str
    mentee_enrolment_id: str
    score: int | None = Field(description="Of both sides together. For coordinators.")
    mentor: ExplainedSide | None = Field(description="For the mentor, and for coordinators.")
    mentee: ExplainedSide | None = Field(description="For the mentee, and for coordinators.")
    mentor_standing: ExplainedStanding | None = Field(description="In the mentor's list. For them and coordinators.")
    mentee_standing: ExplainedStanding | None = Field(description="In the mentee's list. For them and coordinators.")


class ExplainedRule(Output):
    """A rule that a pair breaks."""

    rule: str = Field(
        description=f"{', '.join(f'`{rule}`' for rule in RuleName)}; or `pinned`, for pairs made by hand."
    )
    text: str


class PairOfEnrolments(Output):
    """Two enrolments."""

    mentor_enrolment_id: str
    mentee_enrolment_id: str


class WhyNot(Output):
    """Why a pair was not proposed: the rules that it breaks, or what the plan would lose and who would change."""

    match_run_id: str
    mentor_enrolment_id: str
    mentee_enrolment_id: str
    rules: list[ExplainedRule] = Field(description="None: the plan as a whole chose otherwise.")
    is_chosen: bool | None = Field(description="Whether the plan has this very pair. For coordinators.")
    loss: int | None = Field(description="What the plan would be worth less. For coordinators, if no rule is broken.")
    score_loss: int | None = Field(description="What its scores alone would lose.")
    is_exact: bool | None = Field(description="Whether that is proven.")
    ended: list[PairOfEnrolments] | None = Field(description="Pairs that would not be made.")
    new: list[PairOfEnrolments] | None = Field(description="Pairs that would be made instead.")


class RuleLeaves(Output):
    """What a rule leaves."""

    rule: str
    left: int | None = Field(description="How many partners this rule and those before it leave. For coordinators.")
    alone: int = Field(description="How many this rule rules out, and no other.")


class NearestMiss(Output):
    """The partner that came nearest."""

    other_enrolment_id: str
    instead_of: PairOfEnrolments = Field(description="The weakest pair that holds the place.")
    points: int = Field(description="How much the pair's score lacks to the weakest that holds the place.")


class WhyUnmatched(Output):
    """Why an enrolment got no partner: what each rule left of the other side, or how near the nearest was."""

    match_run_id: str
    enrolment_id: str
    among: int | None = Field(description="How many are on the other side. For coordinators.")
    has_partners: bool = Field(description="Whether the rules left anybody: then places went to better fits.")
    rules: list[RuleLeaves] = Field(description="In the order in which they were asked.")
    binding_rule: str | None = Field(description="The rule that would help most, if the programme relaxed it.")
    binding_score: int | None = Field(description="The best score that it would give them. For coordinators.")
    nearest: NearestMiss | None = Field(description="For coordinators.")


class Suggestion(Output):
    """Somebody whom the rules leave, with the score that a run would give the pair."""

    enrolment_id: str
    person_id: str | None = Field(description="For whoever may see the person in the directory.")
    display_name: str | None = Field(description="For whoever may see the person in the directory.")
    score: int | None = Field(description="Of both sides together. For coordinators.")
    mentor: ExplainedSide | None = Field(description="For the mentor, and for coordinators.")
    mentee: ExplainedSide | None = Field(description="For the mentee, and for coordinators.")


class Suggestions(Output):
    """Whom one could be paired with: for coordinators by score, for participants by their own utility, best first."""

    enrolment_id: str
    items: list[Suggestion] = Field(description="At most 20.")
