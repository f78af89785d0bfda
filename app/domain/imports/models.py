"""Changes of people that were announced for a later day."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.auth.actor import Role
from app.errors import DomainError, Fault
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, index, instant, json_column, of_organisation, text_enum


class PlannedChangeStatus(StrEnum):
    """Where a planned change stands."""

    PLANNED = "planned"
    APPLIED = "applied"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_S = PlannedChangeStatus
PLANNED_CHANGE = Machine(
    "planned_change",
    {
        "apply": ((_S.PLANNED,), _S.APPLIED),
        "refuse": ((_S.PLANNED,), _S.REFUSED),
        "cancel": ((_S.PLANNED,), _S.CANCELLED),
    },
)


class PlannedChange(Row, table=True):
    """What will be said of one person from a day on, as if it came on that day. `said` is gone once it is settled.

    `principal`, `role` and `scopes` are those of whoever announced it: it is done in their name.
    """

    __tablename__ = "planned_change"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        index("planned_change_external_id", "external_id", "id"),
        index("planned_change_person", "person_id", "id"),
        index("planned_change_due", "due_at", "id", where="status = 'planned'"),
    )
    prefix: ClassVar[str] = "plc"

    external_id: str = Field(sa_type=sa.Text)
    person_id: str | None = Field(default=None, sa_type=sa.Text)
    effective_at: date
    due_at: datetime = instant()
    status: PlannedChangeStatus = Field(default=_S.PLANNED, sa_type=text_enum(PlannedChangeStatus))
    changed: list[str] = json_column()
    said: bytes | None = sealed_by(None, default=None)
    errors: list[dict[str, Any]] = json_column(default_factory=list)
    requested_by: str = Field(sa_type=sa.Text)
    principal: str = Field(sa_type=sa.Text)
    role: Role = Field(sa_type=text_enum(Role))
    scopes: list[str] = json_column()
    settled_at: datetime | None = instant(default=None)

    def settle(self, move: str, at: datetime) -> None:
        """Take the last step: `apply`, `refuse` or `cancel`. Raises `IllegalMove`."""
        self.status = PLANNED_CHANGE.step(self.status, move)
        self.settled_at, self.said = at, None

    def refuse(self, error: DomainError, at: datetime) -> None:
        """It cannot be done: what is wrong is named, never the value."""
        faults = error.faults or (Fault(error.detail, code=error.code, pointer=""),)
        self.errors = [{"pointer": it.pointer or "", "code": it.code, "detail": it.detail} for it in faults]
        self.settle("refuse", at)
