"""What callers send and get of policies, runs and proposals."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from app.domain.enrolments.schemas import EnrolmentId
from app.domain.matching.models import RunMode, RunStatus, Solution
from app.domain.matching.proposals import ProposalStatus
from app.domain.programmes.schemas import ProgrammeId
from app.matching.policy import Criterion, CriterionName, Fairness, Objective, Reward, Rules
from app.text import Flag, Input, Output, Patch, Prose, absent, reference, whole

MatchRunId = Annotated[str, reference("mru")]
_MOST_CRITERIA, _LONGEST_SECONDS = len(CriterionName), 3600


class MatchingTemplate(StrEnum):
    """A policy to start from."""

    BALANCED = "balanced"
    SKILLS_FIRST = "skills_first"
    BROAD_HORIZONS = "broad_horizons"
    EVERYBODY_IN = "everybody_in"
    BOTH_LEARN = "both_learn"


class PolicyChange(Patch):
    """What a policy says otherwise than the one that it starts from: another template, or single members.

    `min_rank_gap` and `require_cross_department` among the rules are the programme's own: change them there.
    """

    template: MatchingTemplate = absent()
    rules: Rules = absent()
    criteria: Annotated[list[Criterion], Field(max_length=_MOST_CRITERIA)] = absent()
    mentee_share: Annotated[int, whole(0, 10)] = absent()
    objective: Objective = absent()
    tolerance: Reward = absent()
    first_partner: Reward = absent()
    waiting_bonus: Reward = absent()
    stay_bonus: Reward = absent()
    fairness: Fairness = absent()
    reciprocal: Flag = absent()


class MatchingPolicyCreate(PolicyChange):
    """The policy of a programme: a template, and what differs from it. Absent: the template `balanced`."""

    programme_id: ProgrammeId


class MatchingPolicyUpdate(PolicyChange):
    """Changes to a policy. A template replaces all of it, but for what is sent along."""


class MatchingPolicyRead(Output):
    """What the pairs of a programme must fulfil, and what counts for how much."""

    id: str
    programme_id: str
    template: MatchingTemplate | None = Field(description="The template that it was made from.")
    rules: Rules
    criteria: list[Criterion]
    mentee_share: int = Field(description="Tenths of a score that are the mentee's points; the rest are the mentor's.")
    objective: Objective
    tolerance: float = Field(description="For the objective `stable`: by how many points a swap must better both.")
    first_partner: float = Field(description="Points for everybody who gets a partner at all.")
    waiting_bonus: float = Field(description="More of them for each 30 days waited.")
    stay_bonus: float = Field(description="Points for a pair that was proposed before, and not answered yet.")
    fairness: Fairness
    reciprocal: bool = Field(
        description="Whether both sides learn: whoever enrolled on both is matched as one person, on either side. "
        "Always so in a programme of the model `reciprocal`."
    )
    version: int
    created_at: datetime
    updated_at: datetime


class Pin(Input):
    """Two enrolments that the plan must pair."""

    mentor_enrolment_id: EnrolmentId
    mentee_enrolment_id: EnrolmentId


class MatchRunCreate(Input):
    """A matching of a programme, to be done in the background."""

    programme_id: ProgrammeId
    mode: RunMode = RunMode.FULL
    seed: Annotated[int, whole(0, 2_147_483_647)] = Field(
        default=0, description="Decides between plans that are equally good. The same run with the same seed is equal."
    )
    budget_seconds: Annotated[int, whole(1, _LONGEST_SECONDS)] | None = Field(
        default=None, description="When it is spent, the best plan so far is proposed, with its distance to the bound."
    )
    stop_gap: Annotated[int, whole(1, 1_000_000)] | None = Field(
        default=None, description="A plan within this distance of the bound, in thousandths of a point, is good enough."
    )
    pins: Annotated[list[Pin], Field(max_length=1000)] = Field(
        default=[], description="Pairs that must be in the plan."
    )
    policy: PolicyChange | None = Field(
        default=None, description="For a what-if: what it changes in the policy of its base."
    )
    base_run_id: MatchRunId | None = Field(
        default=None, description="For a what-if: the run whose snapshot and policy it starts from."
    )


class MatchRunApprove(Input):
    """The coordinator's yes to a plan."""

    allow_partial: Flag = Field(
        default=False, description="Whether the rest is offered when some pairs broke a rule since the snapshot."
    )
    expires_in_days: Annotated[int, whole(1, 90)] = Field(default=14, description="How long the two have to answer.")


class RunFault(Output):
    """Something in the programme's data that lets no plan be made."""

    pointer: str = Field(description="What it is about: a seat, a person's line, a ranking or a pin, by its ids.")
    code: str
    detail: str


class MatchRunRead(Output):
    """One matching of a programme."""

    id: str
    programme_id: str
    mode: RunMode
    status: RunStatus
    policy: dict[str, Any] | None = Field(description="The policy that it runs by, as it was when it was made.")
    seed: int
    budget_seconds: int | None
    stop_gap: int | None
    pins: list[Pin] | None = Field(description="Pairs that must be in the plan. Not shown to auditors.")
    base_run_id: str | None
    requested_by: str = Field(description="A person, or the key of a service.")
    operation_id: str | None = Field(description="The operation that does the work.")
    phase: str | None = Field(description="While it runs: snapshot, score, solve, prove or report.")
    done: int = Field(description="How many steps of the phase are done.")
    total: int | None = Field(description="Of how many.")
    objective: float | None = Field(description="What the plan is worth, in thousandths of a point.")
    bound: float | None = Field(description="What no plan can be worth more than.")
    estimate: float | None = Field(
        description="Of a what-if, told before its plan is found: what the pairs of its base are worth by its policy. "
        "Pairs that break its rules count for nothing."
    )
    estimate_bound: float | None = Field(description="What no plan can be worth more than, as far as was known then.")
    solution: Solution | None = Field(description="`optimal`: proven, bound and objective are equal. Else `bounded`.")
    mentor_count: int | None
    mentee_count: int | None
    pair_count: int | None
    unmatched_count: int | None
    report: dict[str, Any] | None = Field(description="What the plan is like. Not shown to auditors.")
    versions: dict[str, Any] | None = Field(description="The versions of what computed it.")
    input_hash: str | None = Field(description="SHA-256 of the snapshot.")
    result_hash: str | None = Field(description="SHA-256 of the plan. The same input gives the same plan.")
    failure_code: str | None
    faults: list[RunFault] = Field(description="Of a run that failed as `match_run_unsolvable`: everything at once.")
    started_at: datetime | None
    finished_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class CriterionPoints(Output):
    """What one criterion gave one side."""

    criterion: CriterionName
    points: int = Field(description="0 to 100.")
    weight: int = Field(description="Of 100, over all criteria of the side.")


class ProposalDecline(Input):
    """A member's no. Nobody has to say why; the partner is never told."""

    reason: Prose | None = Field(default=None, description="Sealed for yourself.")
    share_reason: Flag = Field(default=False, description="Whether the coordinator may read it, too.")


class ProposalVeto(Input):
    """A coordinator's no."""

    reason: Prose = Field(description="Kept, for coordinators alone.")


class MatchProposalRead(Output):
    """A pair that a run proposes. Members see it from the time when it is offered to them."""

    id: str
    match_run_id: str
    programme_id: str
    mentor_enrolment_id: str
    mentee_enrolment_id: str
    mentor_id: str
    mentee_id: str
    status: ProposalStatus
    score: int | None = Field(description="What the plan counted for it, 0 to 100,000. For coordinators.")
    mentor_points: list[CriterionPoints] | None = Field(description="For the mentor, and for coordinators.")
    mentee_points: list[CriterionPoints] | None = Field(description="For the mentee, and for coordinators.")
    offered_at: datetime | None
    expires_at: datetime | None
    mentor_accepted_at: datetime | None
    mentee_accepted_at: datetime | None
    closed_at: datetime | None
    declined_by: str | None = Field(description="For whoever declined, and for coordinators.")
    decline_reason: str | None = Field(description="For its author; for coordinators, if the author allows.")
    is_reason_shared: bool | None = Field(description="Whether the author allows it.")
    veto_reason: str | None = Field(description="For coordinators.")
    pairing_id: str | None = Field(description="What came of it.")
    version: int
    created_at: datetime
    updated_at: datetime
