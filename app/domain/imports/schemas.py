"""What callers send to import people and enrolments."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.domain.programmes.schemas import ProgrammeId
from app.text import Flag, Input

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
    dry_run: Flag = Field(default=False, description="Try everything out and report, but keep nothing.")
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)] = Field(
        description="Up to 10 MiB over REST; a request over GraphQL has 1 MiB in all."
    )

    @model_validator(mode="after")
    def _programme_for_enrolments_alone(self) -> Self:
        if (self.programme_id is not None) is not (self.kind is ImportKind.ENROLMENTS):
            raise ValueError("name a programme_id for enrolments, and for nothing else")
        return self
