"""What callers send and get of success stories and opportunities."""

from datetime import date, datetime
from typing import Annotated

from app.domain.pairings.schemas import PairingId
from app.domain.programmes.schemas import ProgrammeId
from app.domain.stories.models import OpportunityKind, StoryStatus
from app.text import Day, Input, Name, Output, Patch, Prose, absent, prose

_Story = Annotated[str, prose(10_000)]


class SuccessStoryWrite(Input):
    """What a pair could tell others."""

    pairing_id: PairingId
    title: Name
    text: _Story


class SuccessStoryUpdate(Patch):
    """Changes to a draft."""

    title: Name = absent()
    text: _Story = absent()


class SuccessStoryRead(Output):
    """A pair's story: theirs alone, until both have agreed to tell it."""

    id: str
    programme_id: str
    pairing_id: str
    author_id: str
    status: StoryStatus
    title: str
    text: str
    mentor_consented_at: datetime | None
    mentee_consented_at: datetime | None
    published_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


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
