"""What callers get of operations."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.operations.models import OperationStatus
from app.text import Output, reference

OperationId = Annotated[str, reference("opn")]


class RowError(Output):
    """Why one row was refused: where it is and what is wrong, never the value."""

    row: int = Field(description="Counted from 1; a header does not count.")
    pointer: str = Field(description="The faulty member, as a JSON Pointer into the row; empty for the whole row.")
    code: str
    detail: str


class OperationRead(Output):
    """A piece of work in the background: how far it is, and what came of it."""

    id: str
    kind: str
    status: OperationStatus
    dry_run: bool = Field(description="Whether everything was tried out and nothing kept.")
    subject_ids: list[str] = Field(description="The objects that it is about.")
    requested_by: str = Field(description="A person, or the key of a service.")
    done: int = Field(description="How many steps are done.")
    total: int | None = Field(description="Of how many steps, once that is known.")
    created: int
    updated: int
    unchanged: int
    planned: int = Field(description="Kept for a later day.")
    refused: int
    errors: list[RowError] = Field(description="The first 1,000 of what was refused.")
    result: str | None = Field(description="The id of what came of it.")
    failure_code: str | None
    failure_detail: str | None
    started_at: datetime | None
    finished_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
