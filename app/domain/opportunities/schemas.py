"""What callers send and get of opportunities."""

from datetime import date, datetime

from app.domain.opportunities.models import OpportunityKind
from app.domain.programmes.schemas import ProgrammeId
from app.text import Day, Input, Name, Output, Patch, Prose, absent


class OpportunityOpen(Input):
    """Something that is open to those who take part."""

    programme_id: ProgrammeId
    kind: OpportunityKind
    title: Name
    description: Prose
    open_until: Day | None = None


class OpportunityUpdate(Patch):
    """Changes to an opportunity."""

    title: Name = absent()
    description: Prose = absent()
    open_until: Day | None = None


class OpportunityRead(Output):
    """Something that is open to those who take part."""

    id: str
    programme_id: str
    kind: OpportunityKind
    title: str
    description: str
    open_until: date | None
    closed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
