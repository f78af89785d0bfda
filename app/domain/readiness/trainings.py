"""What somebody has to learn, or to acknowledge, before they are paired."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.programmes.contents import ResourceKind
from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, index, instant, of_organisation, text_enum, unique


class TrainingStatus(StrEnum):
    """Where an assignment stands."""

    ASSIGNED = "assigned"
    STARTED = "started"
    OVERDUE = "overdue"
    COMPLETED = "completed"
    WAIVED = "waived"
    CANCELLED = "cancelled"


class CompletionSource(StrEnum):
    """Whose word it is that something was learned."""

    PARTICIPANT = "participant"
    OFFICE = "office"


_S = TrainingStatus
OPEN = (_S.ASSIGNED, _S.STARTED, _S.OVERDUE)
TRAINING = Machine(
    "training_assignment",
    {
        "start": ((_S.ASSIGNED,), _S.STARTED),
        "complete": (OPEN, _S.COMPLETED),
        "waive": (OPEN, _S.WAIVED),
        "lapse": ((_S.ASSIGNED, _S.STARTED), _S.OVERDUE),
        "cancel": (OPEN, _S.CANCELLED),
    },
)


class AlreadyAssigned(Conflict):
    """The enrolment has this edition among its assignments already."""

    code = "training_assigned"


class TrainingAssignment(Row, table=True):
    """One edition of a training module or charter, for one enrolment."""

    __tablename__ = "training_assignment"
    __table_args__ = (
        of_organisation(),
        belongs_to("enrolment", "enrolment_id"),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "person_id"),
        belongs_to("programme_resource", "programme_resource_id"),
        unique("enrolment_id", "programme_resource_id", "edition", name="uq_training_assignment_edition"),
        index("training_assignment_enrolment", "enrolment_id", "id"),
        index("training_assignment_programme", "programme_id", "id"),
        index("training_assignment_person", "person_id", "id"),
        index("training_assignment_programme_resource", "programme_resource_id", "id"),
        # What the sweep looks for: few of many.
        index("training_assignment_due", "due_at", where=f"status in ('{_S.ASSIGNED}', '{_S.STARTED}')"),
    )
    prefix: ClassVar[str] = "trn"

    enrolment_id: str = Field(sa_type=sa.Text)
    programme_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    programme_resource_id: str = Field(sa_type=sa.Text)
    # As the content was when it was assigned: a resource may change, or be removed, afterwards.
    kind: ResourceKind = Field(sa_type=text_enum(ResourceKind))
    title: str = Field(sa_type=sa.Text)
    edition: int
    status: TrainingStatus = Field(default=TrainingStatus.ASSIGNED, sa_type=text_enum(TrainingStatus))
    due_at: datetime = instant()
    completed_at: datetime | None = instant(default=None)
    source: CompletionSource | None = Field(default=None, sa_type=text_enum(CompletionSource))
    waive_reason: bytes | None = sealed_by("person_id", default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = TRAINING.step(self.status, move)


on_violation("uq_training_assignment_edition", AlreadyAssigned)
