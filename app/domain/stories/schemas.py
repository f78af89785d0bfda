"""What callers send and get of success stories."""

from datetime import datetime
from typing import Annotated

from app.domain.pairings.schemas import PairingId
from app.domain.stories.models import StoryStatus
from app.text import Input, Name, Output, Patch, absent, prose

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
