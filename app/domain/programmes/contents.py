"""What a programme consists of: topics, resources, milestones, sponsors and the people who run it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict, Fault
from app.failures import on_violation
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class ResourceKind(StrEnum):
    """What a resource is for."""

    PLAYBOOK = "playbook"
    GUIDE = "guide"
    CHARTER = "charter"
    TRAINING_MODULE = "training_module"


class Audience(StrEnum):
    """Whom a resource addresses."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    EVERYONE = "everyone"


class PromptKind(StrEnum):
    """What a prompt asks for: an answer, or something that was lived through."""

    QUESTION = "question"
    EXPERIENCE = "experience"


class Duty(StrEnum):
    """What someone does for a programme."""

    COORDINATOR = "coordinator"
    MATCHER = "matcher"
    EVALUATOR = "evaluator"
    CASE_HANDLER = "case_handler"


class DutyTaken(Conflict):
    """This person has this role in the programme already."""

    code = "programme_role_taken"


class TopicTaken(Conflict):
    """The programme has a topic of this name already."""

    code = "topic_taken"


class AlreadySponsor(Conflict):
    """This person sponsors the programme already."""

    code = "sponsorship_taken"


class CommitmentKept(Conflict):
    """The commitment was kept before."""

    code = "commitment_kept"


class UnknownCommitment(Conflict):
    """The pledge holds fewer commitments."""

    code = "unknown_commitment"


class MilestoneReached(Conflict):
    """The milestone was reached before."""

    code = "milestone_reached"


class ResourceAssigned(Conflict):
    """Somebody has it among what they learn or have acknowledged."""

    code = "programme_resource_assigned"


class Topic(Row, table=True):
    """Something that mentors can teach in this programme."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        unique("programme_id", "name", name="uq_topic_name"),
        index("topic_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "top"

    programme_id: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    description: str | None = Field(default=None, sa_type=sa.Text)
    # In the order in which they are offered, as `content_schemas.Prompt` has them.
    prompts: list[dict[str, Any]] = json_column(
        default_factory=list, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )


class ProgrammeResource(Row, table=True):
    """A playbook, guide, charter or training module; `edition` rises with every change of its content."""

    __tablename__ = "programme_resource"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        check("is_required", "not is_required or kind in ('charter', 'training_module')"),
        check("due_days", "due_days between 1 and 180"),
        index("programme_resource_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "res"

    programme_id: str = Field(sa_type=sa.Text)
    kind: ResourceKind = Field(sa_type=text_enum(ResourceKind))
    audience: Audience = Field(sa_type=text_enum(Audience))
    title: str = Field(sa_type=sa.Text)
    body: str | None = Field(default=None, sa_type=sa.Text)
    url: str | None = Field(default=None, sa_type=sa.Text)
    edition: int = 1
    # Of everybody whom it addresses, before their first partner.
    is_required: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    due_days: int = Field(default=14, sa_column_kwargs={"server_default": "14"})

    @property
    def is_assignable(self) -> bool:
        """Whether it is there to be learned or acknowledged."""
        return self.kind in (ResourceKind.CHARTER, ResourceKind.TRAINING_MODULE)


class ProgrammeMilestone(Row, table=True):
    """A date by which something should be so."""

    __tablename__ = "programme_milestone"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        index("programme_milestone_due_on", "programme_id", "due_on", "id"),
        index("programme_milestone_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "pml"

    programme_id: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    due_on: date
    reached_at: datetime | None = instant(default=None)

    def reach(self, at: datetime) -> None:
        """Mark it as reached, once."""
        if self.reached_at is not None:
            raise MilestoneReached("The milestone was reached before.")
        self.reached_at = at


class Sponsorship(Row, table=True):
    """An executive's pledge, and the commitments in it that were kept."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "person_id"),
        unique("programme_id", "person_id", name="uq_sponsorship_person"),
        index("sponsorship_programme", "programme_id", "id"),
        index("sponsorship_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "spn"

    programme_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    pledge: str = Field(sa_type=sa.Text)
    commitments: list[dict[str, Any]] = json_column(default_factory=list)

    def keep(self, position: int, at: datetime) -> None:
        """Note when one of the commitments, counted from 1, was kept. Each is kept once."""
        if position > len(self.commitments):
            raise UnknownCommitment(
                "The pledge holds fewer commitments.",
                faults=(Fault("is beyond the last commitment", code="unknown_commitment", pointer="/position"),),
            )
        commitment = self.commitments[position - 1]
        if commitment["kept_at"] is not None:
            raise CommitmentKept("The commitment was kept before.")
        kept = {**commitment, "kept_at": at.isoformat().replace("+00:00", "Z")}
        self.commitments = [*self.commitments[: position - 1], kept, *self.commitments[position:]]

    @property
    def kept(self) -> int:
        """How many of the commitments were kept."""
        return sum(commitment["kept_at"] is not None for commitment in self.commitments)


class ProgrammeRole(Row, table=True):
    """Someone's duty in a programme. A coordinator sees and runs the programmes that they hold a role in."""

    __tablename__ = "programme_role"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "person_id"),
        unique("programme_id", "person_id", "duty", name="uq_programme_role_duty"),
        index("programme_role_person", "person_id", "programme_id"),
        index("programme_role_programme", "programme_id", "id"),
        index("programme_role_holder", "person_id", "id"),
    )
    prefix: ClassVar[str] = "prr"

    programme_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    duty: Duty = Field(sa_type=text_enum(Duty))


on_violation("fk_training_assignment_programme_resource_organisation__630b", ResourceAssigned)
on_violation("uq_topic_name", TopicTaken)
on_violation("uq_sponsorship_person", AlreadySponsor)
on_violation("uq_programme_role_duty", DutyTaken)
