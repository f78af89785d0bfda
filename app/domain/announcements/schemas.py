"""What callers send and get of announcements."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.announcements.models import AnnouncementAudience, AnnouncementStatus
from app.domain.programmes.schemas import ProgrammeId
from app.text import Input, Name, Output, Patch, absent, prose

_Announced = Annotated[str, prose(10_000)]
_AUDIENCE = "Whom it is for: whoever was invited to that side, applied or takes part, and has not left."


class AnnouncementWrite(Input):
    """What a programme is to tell, as a draft."""

    programme_id: ProgrammeId
    audience: AnnouncementAudience = Field(default=AnnouncementAudience.EVERYONE, description=_AUDIENCE)
    title: Name
    text: _Announced


class AnnouncementUpdate(Patch):
    """Changes to a draft."""

    audience: AnnouncementAudience = absent()
    title: Name = absent()
    text: _Announced = absent()


class AnnouncementRead(Output):
    """What a programme tells its people."""

    id: str
    programme_id: str
    audience: AnnouncementAudience = Field(description=_AUDIENCE)
    status: AnnouncementStatus
    title: str
    text: str
    published_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
