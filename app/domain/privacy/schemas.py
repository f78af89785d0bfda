"""What callers send and get of consents, exports, erasures and holds."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.domain.people.schemas import PersonId
from app.domain.privacy.models import ErasureStatus, Purpose
from app.domain.programmes.schemas import ProgrammeId
from app.text import Input, Output, Prose, Slug

About = Annotated[PersonId | None, Field(description="Whose data. Absent: the caller's own.")]


class ConsentGive(Input):
    """One's consent to a use of one's data."""

    purpose: Purpose
    notice_version: Slug = Field(description="The edition of the privacy notice that was shown.")


class ConsentRead(Output):
    """That someone agreed to one use of their data, on the notice that they had read."""

    id: str
    person_id: str
    purpose: Purpose
    notice_version: str
    given_at: datetime
    withdrawn_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class ExportRequest(Input):
    """Whose data to put together."""

    person_id: About = None


class ExportRead(Output):
    """A copy of all that is held of someone, readable by them alone."""

    id: str
    person_id: str
    requested_by: str
    operation_id: str | None
    size_bytes: int | None
    ready_at: datetime | None
    expires_at: datetime | None = Field(description="Until when the content can be downloaded.")
    version: int
    created_at: datetime
    updated_at: datetime


class ErasureRequest(Input):
    """Whom to forget."""

    person_id: About = None


class ErasureRead(Output):
    """A request to forget someone."""

    id: str
    person_id: str
    status: ErasureStatus
    requested_by: str
    decided_by: str | None
    decided_at: datetime | None
    operation_id: str | None
    completed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class LegalHoldPlace(Input):
    """What to keep from being erased, and why."""

    person_id: PersonId | None = None
    programme_id: ProgrammeId | None = None
    reason: Prose = Field(description="Confidential: shown to organisation administrators only.")

    @model_validator(mode="after")
    def _one_object(self) -> Self:
        if (self.person_id is None) == (self.programme_id is None):
            raise ValueError("name a person_id or a programme_id")
        return self


class LegalHoldRead(Output):
    """That nothing of a person, or of a programme, may be erased for now."""

    id: str
    person_id: str | None
    programme_id: str | None
    reason: str | None
    placed_by: str
    lifted_by: str | None
    lifted_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class BreakGlassRead(Output):
    """One look of the platform's staff into the organisation, which takes two of them and lasts an hour at most."""

    id: str
    reason: str | None
    minutes: int
    requested_by: str = Field(description="An operator of the platform.")
    approved_by: str | None = Field(description="Another one.")
    opened_at: datetime | None
    expires_at: datetime | None
    closed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
