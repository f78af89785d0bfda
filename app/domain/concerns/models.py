"""What somebody is worried about, told in confidence, and what the one who looks after it has done."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, index, instant, of_organisation, text_enum


class ConcernSeverity(StrEnum):
    """How much it presses, as its reporter sees it; its handler may see it otherwise."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ConcernStatus(StrEnum):
    """Where a concern stands. Escalated: taken to somebody outside of the programme."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in_review"
    ESCALATED = "escalated"
    RESOLVED = "resolved"


_S = ConcernStatus
CONCERN = Machine(
    "concern",
    {
        "acknowledge": ((_S.RAISED,), _S.ACKNOWLEDGED),
        "begin_review": ((_S.ACKNOWLEDGED,), _S.IN_REVIEW),
        "escalate": ((_S.IN_REVIEW,), _S.ESCALATED),
        "resolve": ((_S.IN_REVIEW, _S.ESCALATED), _S.RESOLVED),
    },
)


class Concern(Row, table=True):
    """Between its reporter and its handler. Without a handler it waits for one, and the office looks after it."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("pairing", "pairing_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "reporter_id"],
            ["person.organisation_id", "person.id"],
            name="fk_concern_reporter",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "handler_id"],
            ["person.organisation_id", "person.id"],
            name="fk_concern_handler",
            ondelete="RESTRICT",
        ),
        index("concern_programme", "programme_id", "id"),
        index("concern_pairing", "pairing_id", "id"),
        index("concern_reporter", "reporter_id", "id"),
        index("concern_handler", "handler_id", "id"),
        index("concern_open", "id", where="status <> 'resolved'"),
    )
    prefix: ClassVar[str] = "ccn"

    programme_id: str = Field(sa_type=sa.Text)
    pairing_id: str | None = Field(default=None, sa_type=sa.Text)
    reporter_id: str = Field(sa_type=sa.Text)
    handler_id: str | None = Field(default=None, sa_type=sa.Text)
    severity: ConcernSeverity = Field(sa_type=text_enum(ConcernSeverity))
    status: ConcernStatus = Field(default=ConcernStatus.RAISED, sa_type=text_enum(ConcernStatus))
    text: bytes = sealed_by("reporter_id")
    notes: bytes | None = sealed_by(None, default=None)
    acknowledged_at: datetime | None = instant(default=None)
    resolved_at: datetime | None = instant(default=None)

    def step(self, move: str, at: datetime) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = CONCERN.step(self.status, move)
        if self.status is ConcernStatus.ACKNOWLEDGED:
            self.acknowledged_at = at
        if self.status is ConcernStatus.RESOLVED:
            self.resolved_at = at
