"""Work that is too long for a request: what was asked for, how far it is, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.auth.actor import Role
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum


class OperationStatus(StrEnum):
    """Where an operation stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


_S = OperationStatus
LIVE = (_S.QUEUED, _S.RUNNING)
OPERATION = Machine(
    "operation",
    {
        "start": ((_S.QUEUED,), _S.RUNNING),
        "succeed": ((_S.RUNNING,), _S.SUCCEEDED),
        "fail": ((_S.RUNNING,), _S.FAILED),
        "cancel": (LIVE, _S.CANCELLED),
    },
)


class Operation(Row, table=True):
    """One piece of work in the background. The lease makes it one worker's at a time; a dead worker's runs out.

    `parameters` hold ids and options only. `principal`, `role` and `scopes` are those of whoever asked: the work is
    done in their name. `attempts` counts the tries since something was last achieved.
    """

    __table_args__ = (
        of_organisation(),
        check("progress", "done >= 0 and (total is null or done <= total)"),
        index("operation_requested_by", "requested_by", "id"),
        sa.Index("ix_operation_due", "created_at", postgresql_where=sa.text("status in ('queued', 'running')")),
    )
    prefix: ClassVar[str] = "opn"

    kind: str = Field(sa_type=sa.Text)
    status: OperationStatus = Field(default=_S.QUEUED, sa_type=text_enum(OperationStatus))
    dry_run: bool = False
    subject_ids: list[str] = json_column(default_factory=list)
    parameters: dict[str, Any] = json_column(default_factory=dict)
    requested_by: str = Field(sa_type=sa.Text)
    principal: str = Field(sa_type=sa.Text)
    role: Role = Field(sa_type=text_enum(Role))
    scopes: list[str] = json_column()
    person_id: str | None = Field(default=None, sa_type=sa.Text)
    done: int = 0
    total: int | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    # The database knows the default, too: an older version of the service goes on while a newer one is rolled out.
    planned: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    refused: int = 0
    errors: list[dict[str, Any]] = json_column(default_factory=list)
    result: str | None = Field(default=None, sa_type=sa.Text)
    failure_code: str | None = Field(default=None, sa_type=sa.Text)
    failure_detail: str | None = Field(default=None, sa_type=sa.Text)
    started_at: datetime | None = instant(default=None)
    finished_at: datetime | None = instant(default=None)
    lease_until: datetime | None = instant(default=None)
    lease_by: str | None = Field(default=None, sa_type=sa.Text)
    attempts: int = 0
    # Where the work goes on, in the words of whoever does it.
    cursor: str | None = Field(default=None, sa_type=sa.Text)

    def finish(self, move: str, at: datetime) -> None:
        """Take the last step: `succeed`, `fail` or `cancel`. Raises `IllegalMove`."""
        self.status = OPERATION.step(self.status, move)
        self.finished_at, self.lease_until, self.lease_by = at, None, None


class OperationInput(SQLModel, table=True):
    """What an operation works on, sealed; gone when it ends."""

    __tablename__ = "operation_input"
    __table_args__ = (of_organisation(), belongs_to("operation", "operation_id", on_delete="CASCADE"))

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    operation_id: str = Field(primary_key=True, sa_type=sa.Text)
    sealed: bytes = sealed_by(None)
