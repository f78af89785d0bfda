"""What callers send and get of nominations."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.enrolments.models import EnrolmentRole
from app.domain.nominations.models import NominationDeclineReason, NominationStatus
from app.domain.people.schemas import PersonId
from app.domain.programmes.schemas import ProgrammeId
from app.text import Email, Input, Output, prose

_Reason = Annotated[str, prose(2000)]


class PersonNominate(Input):
    """A colleague who should take part, by the address one knows."""

    programme_id: ProgrammeId
    role: EnrolmentRole
    work_email: Email = Field(description="Their work address. Whether anybody has it is not told.")
    reason: _Reason | None = Field(
        default=None, description="Why them, for those who run the programme; they may show it to whom it is about."
    )


class NominationTakeUp(Input):
    """Whom to invite."""

    person_id: PersonId | None = Field(
        default=None, description="Absent: who has the address. Needed where nobody had it when it was written."
    )


class NominationDecline(Input):
    """Why nobody is invited."""

    reason: NominationDeclineReason = NominationDeclineReason.NOT_SAID


class NominationRead(Output):
    """A nomination, for who made it and those who run the programme."""

    id: str
    programme_id: str
    role: EnrolmentRole
    status: NominationStatus
    nominator_id: str
    nominee_id: str | None = Field(
        description="Who has the address; shown to those who run the programme. `null`: nobody had it."
    )
    enrolment_id: str | None = Field(description="The invitation that came of it; for those who run the programme.")
    work_email: str | None = Field(description="`null` once either of the two was erased.")
    reason: str | None
    decline_reason: NominationDeclineReason | None = Field(description="For those who run the programme.")
    expires_at: datetime = Field(description="Until when it can be taken up.")
    version: int
    created_at: datetime
    updated_at: datetime
