"""What callers send and get of recognitions and their criteria."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.enrolments.models import EnrolmentRole
from app.domain.pairings.schemas import PairingId
from app.domain.people.schemas import PersonId
from app.domain.programmes.schemas import ProgrammeId
from app.domain.recognition.models import CriterionKind, Measure, RecognitionKind, RecognitionStatus
from app.text import Input, Line, Name, Output, prose, whole

_Words = Annotated[str, prose(2000)]


class PartnerThank(Input):
    """Thanks to one's partner."""

    pairing_id: PairingId
    text: _Words = Field(description="Your partner reads it, and nobody else.")


class RecognitionNominate(Input):
    """Somebody who deserves an award."""

    programme_id: ProgrammeId
    person_id: PersonId
    title: Name = Field(description="What for, in words that everybody in the programme may read once it is awarded.")


class RecognitionRead(Output):
    """One honour for one person."""

    id: str
    programme_id: str
    person_id: str
    author_id: str | None = Field(description="Who thanks or nominates; `null` where a criterion was met.")
    pairing_id: str | None
    criterion_id: str | None
    kind: RecognitionKind
    status: RecognitionStatus
    title: str | None
    text: str | None = Field(description="Shown to the two partners alone.")
    evidence: dict[str, int] = Field(description="What was counted when a criterion was met.")
    awarded_at: datetime | None
    revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class RecognitionCriterionCreate(Input):
    """What earns a badge or certificate. Who has met it gets it with the next session, goal, thanks or ending."""

    programme_id: ProgrammeId
    kind: CriterionKind
    name: Name
    description: Line
    measure: Measure
    at_least: Annotated[int, whole(1, 1000)]
    role: EnrolmentRole | None = Field(default=None, description="Whom it is for. Absent: both sides.")


class RecognitionCriterionRead(Output):
    """What earns a badge or certificate."""

    id: str
    programme_id: str
    kind: CriterionKind
    name: str
    description: str
    measure: Measure
    at_least: int
    role: EnrolmentRole | None
    version: int
    created_at: datetime
    updated_at: datetime
