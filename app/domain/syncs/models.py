"""What came in from an HR system, and what a comparison with it found."""

from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, index, of_organisation, text_enum


class SyncKind(StrEnum):
    """What a run did with what the HR system said."""

    IMPORT = "import"
    RECONCILIATION = "reconciliation"
    LEAVERS = "leavers"
    FETCH = "fetch"


class DifferenceKind(StrEnum):
    """What would become of a person."""

    CREATE = "create"
    UPDATE = "update"
    LEAVE = "leave"


class SyncRun(Row, table=True):
    """One time that the directory was held against an HR system. How far it is and what came of it, its operation says.

    `held` counts those who could leave, `leaving` those of them whom the export lacks; null where nobody can tell.
    """

    __tablename__ = "sync_run"
    __table_args__ = (
        of_organisation(),
        belongs_to("operation", "operation_id"),
        index("sync_run_kind", "kind", "id"),
        index("sync_run_operation", "operation_id", "id"),
    )
    prefix: ClassVar[str] = "syr"

    kind: SyncKind = Field(sa_type=text_enum(SyncKind))
    operation_id: str = Field(sa_type=sa.Text)
    held: int | None = None
    leaving: int | None = None


class SyncDifference(Row, table=True):
    """One member of one person in which an export differs from us; without a member it is the whole person.

    `person_version` is theirs when it was compared. Those of a run are kept until the next one is made.
    """

    __tablename__ = "sync_difference"
    __table_args__ = (
        of_organisation(),
        belongs_to("sync_run", "sync_run_id", on_delete="CASCADE"),
        belongs_to("person", "person_id"),
        index("sync_difference_run", "sync_run_id", "id"),
        index("sync_difference_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "syd"

    sync_run_id: str = Field(sa_type=sa.Text)
    kind: DifferenceKind = Field(sa_type=text_enum(DifferenceKind))
    external_id: str = Field(sa_type=sa.Text)
    person_id: str | None = Field(default=None, sa_type=sa.Text)
    person_version: int | None = None
    member: str | None = Field(default=None, sa_type=sa.Text)
    before: bytes | None = sealed_by(None, default=None)
    after: bytes | None = sealed_by(None, default=None)
