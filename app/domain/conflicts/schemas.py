"""What callers send and get of conflicts."""

from datetime import date, datetime

from pydantic import Field

from app.domain.conflicts.models import ConflictCause, ConflictRule, ConflictStatus
from app.text import Input, Output, Prose


class ConflictWaive(Input):
    """A coordinator lets a pair go on all the same."""

    reason: Prose = Field(description="Why; kept, and shown to coordinators and administrators alone.")


class PairingConflictRead(Output):
    """That a live pair breaks a rule since somebody's record changed. Neither partner sees it."""

    id: str
    pairing_id: str
    programme_id: str
    rule: ConflictRule
    cause: ConflictCause = Field(description="Which member of a person's record changed.")
    cause_person_id: str = Field(description="Whose record it is: a partner's, or that of someone above them.")
    status: ConflictStatus
    options: list[str] = Field(
        description="What can be done: `dissolve`; `correct_record`, which cures it by itself; `waive`, where one may."
    )
    detected_at: datetime
    due_on: date = Field(description="Until when somebody is to decide.")
    overdue_at: datetime | None = Field(description="When it was told that nobody had.")
    resolved_at: datetime | None
    waive_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
