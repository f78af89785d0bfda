"""What callers send and get of concerns."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.concerns.models import ConcernSeverity, ConcernStatus
from app.domain.pairings.schemas import PairingId
from app.domain.programmes.schemas import ProgrammeId
from app.text import Input, Output, Patch, absent, prose

ConcernText = Annotated[str, prose(8000)]


class ConcernRaise(Input):
    """Something that worries a member of a programme, for one who stands apart from both partners."""

    programme_id: ProgrammeId
    pairing_id: PairingId | None = Field(default=None, description="The pair that it is about; yours.")
    severity: ConcernSeverity = ConcernSeverity.MEDIUM
    text: ConcernText


class ConcernUpdate(Patch):
    """What its handler keeps of a concern."""

    severity: ConcernSeverity = absent()
    notes: ConcernText | None = None


class ConcernRead(Output):
    """A concern, for its reporter and its handler alone."""

    id: str
    programme_id: str
    pairing_id: str | None
    reporter_id: str
    handler_id: str | None = Field(
        description="Who looks after it. `null` while nobody may: then administrators do who stand apart from it."
    )
    severity: ConcernSeverity
    status: ConcernStatus
    text: str | None = Field(description="`null` once its reporter was erased.")
    notes: str | None = Field(description="What its handler keeps; not shown to the reporter.")
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
