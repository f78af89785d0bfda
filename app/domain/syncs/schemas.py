"""What callers get of sync runs, and of what a comparison found."""

from datetime import datetime

from pydantic import Field

from app.domain.operations.models import OperationStatus
from app.domain.operations.schemas import RowError
from app.domain.syncs.models import DifferenceKind, SyncKind
from app.text import Output


class SyncRunRead(Output):
    """One time that the directory was brought up to date from an HR system, or compared with one."""

    id: str
    kind: SyncKind
    operation_id: str
    status: OperationStatus
    dry_run: bool = Field(description="Whether everything was tried out and nothing kept.")
    subject_ids: list[str] = Field(description="Of a fetch the HR system, of leavers the reconciliation.")
    requested_by: str = Field(description="A person, the key of a service, or an HR system by a notice.")
    created: int = Field(description="How many people were added; of a reconciliation: would be.")
    updated: int = Field(description="How many people were changed, or left; of a reconciliation: would be.")
    unchanged: int
    planned: int = Field(description="Kept for a later day; of a reconciliation: would be.")
    refused: int
    held: int | None = Field(description="Of a reconciliation: how many of those we hold could leave.")
    leaving: int | None = Field(
        description="Of a reconciliation: how many of them the export lacks. Null while it runs, and where a row of "
        "the export does not say whom it is about."
    )
    errors: list[RowError] = Field(description="The first 1,000 of what was refused.")
    failure_code: str | None
    failure_detail: str | None
    started_at: datetime | None
    finished_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class SyncDifferenceRead(Output):
    """What a reconciliation would change of one person: one member, or somebody who would come or leave."""

    id: str
    sync_run_id: str
    kind: DifferenceKind
    external_id: str | None = Field(description="Whom it is about, in the HR system's words.")
    person_id: str | None = Field(description="Null for somebody new.")
    member: str | None = Field(description="The name of what differs, as in the export; null for the whole person.")
    before: str | None = Field(description="What we hold, as a cell of CSV says it.")
    after: str | None = Field(description="What the export says, as a cell of CSV says it.")
    version: int
    created_at: datetime
    updated_at: datetime
