"""What callers send to import people and enrolments."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.domain.imports.models import PlannedChangeStatus
from app.domain.programmes.schemas import ProgrammeId
from app.text import Day, Flag, Input, Output, whole

MOST_CHARACTERS = 10 * 1024 * 1024


class ImportKind(StrEnum):
    """What the rows are."""

    PEOPLE = "people"
    ENROLMENTS = "enrolments"


class ImportFormat(StrEnum):
    """How the rows are written: RFC 4180 with a header row, or a JSON object on each line."""

    CSV = "csv"
    NDJSON = "ndjson"


class ImportBegin(Input):
    """Rows to create or to bring up to date: up to 10,000."""

    kind: ImportKind
    format: ImportFormat
    programme_id: ProgrammeId | None = Field(default=None, description="Whom enrolments join; for these alone.")
    effective_at: Day | None = Field(
        default=None,
        description="The day from which it holds, of people; a column of the same name goes before.",
    )
    dry_run: Flag = Field(default=False, description="Try everything out and report, but keep nothing.")
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)] = Field(
        description="Up to 10 MiB over REST; a request over GraphQL has 1 MiB in all."
    )

    @model_validator(mode="after")
    def _programme_for_enrolments_alone(self) -> Self:
        if (self.programme_id is not None) is not (self.kind is ImportKind.ENROLMENTS):
            raise ValueError("name a programme_id for enrolments, and for nothing else")
        if self.effective_at is not None and self.kind is not ImportKind.PEOPLE:
            raise ValueError("name a day for people alone")
        return self


class ReconciliationBegin(Input):
    """A full export of the HR system: up to 100,000 rows, written as for an import of people."""

    format: ImportFormat
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)] = Field(
        description="Up to 10 MiB over REST; a request over GraphQL has 1 MiB in all."
    )


class LeaversEnd(Input):
    """That those whom an export lacks have left."""

    leaving: Annotated[int, whole(0, 1_000_000)] | None = Field(
        default=None, description="How many they are, as the run says. Needed where more than a tenth would leave."
    )


class Effective(Input):
    """The day from which one row holds."""

    effective_at: Day | None = None


class PlannedFault(Output):
    """Why a change could not be made on its day: never the value."""

    pointer: str = Field(description="The faulty member, as a JSON Pointer; empty for the whole.")
    code: str
    detail: str


class PlannedChangeRead(Output):
    """A change of one person that was announced for a later day."""

    id: str
    external_id: str | None = Field(description="Whom it is about, in the HR system's words.")
    person_id: str | None
    effective_at: date = Field(description="It is made as this day begins in the organisation's zone.")
    status: PlannedChangeStatus
    changed: list[str] = Field(description="The members that are said.")
    errors: list[PlannedFault] = Field(description="Why it was refused.")
    requested_by: str = Field(description="A person, or the key of a service.")
    settled_at: datetime | None = Field(description="When it was made, refused or called off.")
    version: int
    created_at: datetime
    updated_at: datetime
