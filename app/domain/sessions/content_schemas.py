"""What callers send and get of a session's contents."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.domain.people.schemas import PersonId
from app.domain.programmes.content_schemas import Link, TopicId
from app.domain.sessions.contents import LinkKind, Segment, Tier
from app.domain.sessions.schemas import SessionId
from app.text import Day, Flag, Input, Line, Name, Output, Patch, absent, prose, whole

NoteText = Annotated[str, prose(10_000)]
ItemMinutes = Annotated[int, whole(1, 480)]


class AgendaItemCreate(Input):
    """A point for a session's plan."""

    session_id: SessionId
    title: Name
    segment: Segment = Segment.REVERSE
    owner_id: PersonId | None = Field(default=None, description="Which of the two prepares it.")
    topic_id: TopicId | None = Field(default=None, description="The topic of the programme that it is about.")
    minutes: ItemMinutes | None = None


class AgendaItemUpdate(Patch):
    """Changes to a point of the plan."""

    title: Name = absent()
    segment: Segment = absent()
    owner_id: PersonId | None = None
    topic_id: TopicId | None = None
    minutes: ItemMinutes | None = None
    is_covered: Flag = absent()


class AgendaItemRead(Output):
    """One point of a session's plan."""

    id: str
    session_id: str
    segment: Segment
    title: str
    owner_id: str | None
    topic_id: str | None
    minutes: int | None
    is_covered: bool
    version: int
    created_at: datetime
    updated_at: datetime


class SessionLinkCreate(Input):
    """Where to meet, draw or write."""

    session_id: SessionId
    kind: LinkKind
    url: Link


class SessionLinkRead(Output):
    """Where to meet, draw or write."""

    id: str
    session_id: str
    kind: LinkKind
    url: str
    version: int
    created_at: datetime
    updated_at: datetime


class ActionItemCreate(Input):
    """Something to do before the next session."""

    session_id: SessionId
    owner_id: PersonId = Field(description="Which of the two does it.")
    text: Line
    due_on: Day | None = None


class ActionItemUpdate(Patch):
    """Changes to an action item."""

    text: Line = absent()
    due_on: Day | None = None


class ActionItemRead(Output):
    """Something to do before the next session."""

    id: str
    session_id: str
    owner_id: str
    text: str
    due_on: date | None
    applied_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class NoteCreate(Input):
    """A note on a session. Its tier says who may read it and cannot be widened later."""

    session_id: SessionId
    text: NoteText
    tier: Tier = Tier.AUTHOR_ONLY


class NoteUpdate(Patch):
    """A change of a note's text."""

    text: NoteText = absent()


class NoteRead(Output):
    """A note, shown to those whom its tier names."""

    id: str
    session_id: str
    author_id: str
    tier: Tier
    text: str | None = Field(description="`null` once its author was erased.")
    version: int
    created_at: datetime
    updated_at: datetime
