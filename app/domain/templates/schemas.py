"""What callers get of the templates, and send to make a programme from one or from an earlier programme."""

from enum import StrEnum

from pydantic import Field

from app.domain.matching.schemas import MatchingTemplate
from app.domain.programmes.content_schemas import Prompt
from app.domain.programmes.contents import Audience, ResourceKind
from app.domain.programmes.models import ProgrammeModel
from app.domain.programmes.schemas import Clause, Days, Gap, Minutes, Objective, Sides
from app.text import Day, Flag, Input, Name, Output, Prose


class TemplateKey(StrEnum):
    """The templates that there are."""

    DIGITAL_LITERACY = "digital_literacy"
    INCLUSION = "inclusion"
    MARKET_INSIGHT = "market_insight"
    RECIPROCAL_LEADERSHIP = "reciprocal_leadership"
    NEW_TECHNOLOGY = "new_technology"
    EXECUTIVE_SPONSORSHIP = "executive_sponsorship"


class TemplateTopic(Output):
    """A topic that a programme made from the template has."""

    name: str
    description: str
    prompts: list[Prompt]


class TemplateResource(Output):
    """A playbook, guide, charter or training module that a programme made from the template has."""

    kind: ResourceKind
    audience: Audience
    title: str
    body: str = Field(description="Markdown.")
    is_required: bool = Field(description="Whether everybody whom it addresses learns or acknowledges it.")


class TemplateMilestone(Output):
    """A date by which something should be so, by how much of the programme has passed."""

    title: str
    at_percent: int = Field(description="Of the days from the start to the end.")


class ProgrammeTemplateRead(Output):
    """A programme to start from: rules, topics with prompts, handbooks, training and milestones."""

    key: TemplateKey
    name: str
    summary: str
    purpose: str
    model: ProgrammeModel
    objectives: list[Objective]
    length_days: int
    cadence_min_days: int
    cadence_target_days: int
    cadence_max_days: int
    session_minutes: int
    min_rank_gap: int
    require_cross_department: bool
    matching_policy: MatchingTemplate = Field(
        description="The template of the matching policy that the programme gets."
    )
    agreement_clauses: list[Clause]
    topics: list[TemplateTopic]
    resources: list[TemplateResource]
    milestones: list[TemplateMilestone]


class ProgrammeFromTemplate(Input):
    """A new programme, as a draft, made from a template. What is absent is as the template has it."""

    template: TemplateKey
    name: Name
    starts_on: Day
    ends_on: Day | None = Field(default=None, description="Absent: as long after the start as the template says.")
    purpose: Prose | None = None
    cadence_min_days: Days | None = None
    cadence_target_days: Days | None = None
    cadence_max_days: Days | None = None
    session_minutes: Minutes | None = None
    min_rank_gap: Gap | None = None
    require_cross_department: Flag | None = None
    matching_policy: MatchingTemplate | None = None
    allows_late_intake: Flag = False
    eligibility: Sides = Field(default=[])


class ProgrammeClone(Input):
    """The name and the first day of a programme that is made like an earlier one."""

    name: Name
    starts_on: Day
