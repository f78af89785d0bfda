"""What a session holds: agenda, links, notes with tiers, action items."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, index, instant, of_organisation, text_enum


class Segment(StrEnum):
    """Who teaches in a part of a session: the junior, or for once the senior."""

    REVERSE = "reverse"
    RECIPROCAL = "reciprocal"


class LinkKind(StrEnum):
    """What a link opens."""

    VIDEO = "video"
    WHITEBOARD = "whiteboard"
    BOARD = "board"
    CHAT = "chat"
    DOCUMENT = "document"
    SCREEN_SHARE = "screen_share"


class Tier(StrEnum):
    """Who may read a note."""

    AUTHOR_ONLY = "author_only"
    PAIR = "pair"
    PAIR_AND_COORDINATOR = "pair_and_coordinator"


class AlreadyApplied(Conflict):
    """The action item was applied before."""

    code = "action_item_applied"


class AgendaItem(Row, table=True):
    """One point of the plan for a session; `owner_id` says who prepares it."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        of_organisation(),
        belongs_to("session", "session_id", on_delete="CASCADE"),
        belongs_to("person", "owner_id"),
        belongs_to("topic", "topic_id", on_delete="SET NULL (topic_id)"),
        index("agenda_item_session", "session_id", "id"),
        index("agenda_item_topic", "topic_id", where="topic_id is not null"),
    )
    prefix: ClassVar[str] = "agd"

    session_id: str = Field(sa_type=sa.Text)
    segment: Segment = Field(default=Segment.REVERSE, sa_type=text_enum(Segment))
    title: str = Field(sa_type=sa.Text)
    owner_id: str | None = Field(default=None, sa_type=sa.Text)
    topic_id: str | None = Field(default=None, sa_type=sa.Text)
    minutes: int | None = None
    is_covered: bool = False


class SessionLink(Row, table=True):
    """Where to meet, draw, write."""

    __tablename__ = "session_link"
    __table_args__ = (
        of_organisation(),
        belongs_to("session", "session_id", on_delete="CASCADE"),
        index("session_link_session", "session_id", "id"),
    )
    prefix: ClassVar[str] = "lnk"

    session_id: str = Field(sa_type=sa.Text)
    kind: LinkKind = Field(sa_type=text_enum(LinkKind))
    url: str = Field(sa_type=sa.Text)


class ActionItem(Row, table=True):
    """Something to do before the next session; `applied_at` says when it was used at work."""

    __tablename__ = "action_item"
    __table_args__ = (
        of_organisation(),
        belongs_to("session", "session_id", on_delete="CASCADE"),
        belongs_to("person", "owner_id"),
        index("action_item_session", "session_id", "id"),
        index("action_item_owner", "owner_id", "id"),
    )
    prefix: ClassVar[str] = "act"

    session_id: str = Field(sa_type=sa.Text)
    owner_id: str = Field(sa_type=sa.Text)
    text: str = Field(sa_type=sa.Text)
    due_on: date | None = None
    applied_at: datetime | None = instant(default=None)

    def apply(self, at: datetime) -> None:
        """Mark it as used at work, once."""
        if self.applied_at is not None:
            raise AlreadyApplied("The action item was applied before.")
        self.applied_at = at


class Note(Row, table=True):
    """What one member wrote down. Its id does not tell when."""

    __table_args__ = (
        of_organisation(),
        belongs_to("session", "session_id", on_delete="CASCADE"),
        belongs_to("person", "author_id"),
        index("note_session", "session_id", "created_at", "id"),
        index("note_author", "author_id", "created_at", "id"),
        index("note_created_at", "created_at", "id"),
    )
    prefix: ClassVar[str] = "not"

    session_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    tier: Tier = Field(default=Tier.AUTHOR_ONLY, sa_type=text_enum(Tier))
    text: bytes = sealed_by("author_id")
