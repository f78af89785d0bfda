"""What a pair tells others, if both agree."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.states import Machine
from app.table import Row, belongs_to, index, instant, of_organisation, text_enum


class StoryStatus(StrEnum):
    """Where a story stands."""

    DRAFT = "draft"
    AWAITING_CONSENT = "awaiting_consent"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_S = StoryStatus
STORY = Machine(
    "success_story",
    {
        "revise": ((_S.DRAFT,), _S.DRAFT),
        "offer": ((_S.DRAFT,), _S.AWAITING_CONSENT),
        "publish": ((_S.AWAITING_CONSENT,), _S.PUBLISHED),
        "withdraw": ((_S.DRAFT, _S.AWAITING_CONSENT, _S.PUBLISHED), _S.WITHDRAWN),
    },
)


class AlreadyConsented(Conflict):
    """The caller has agreed to this story."""

    code = "story_consented"


class SuccessStory(Row, table=True):
    """A pair's story. It leaves the pair with the consent of both, and comes back when either withdraws it."""

    __tablename__ = "success_story"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("pairing", "pairing_id"),
        belongs_to("person", "author_id"),
        index("success_story_programme", "programme_id", "id"),
        index("success_story_pairing", "pairing_id", "id"),
        index("success_story_author", "author_id", "id"),
    )
    prefix: ClassVar[str] = "sto"

    programme_id: str = Field(sa_type=sa.Text)
    pairing_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    status: StoryStatus = Field(default=_S.DRAFT, sa_type=text_enum(StoryStatus))
    title: str = Field(sa_type=sa.Text)
    text: str = Field(sa_type=sa.Text)
    mentor_consented_at: datetime | None = instant(default=None)
    mentee_consented_at: datetime | None = instant(default=None)
    published_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = STORY.step(self.status, move)

    def consent(self, *, is_mentor: bool, at: datetime) -> bool:
        """Take one partner's yes; whether both have said it now, and so it is published."""
        # Asked first: a yes to a draft would be one to words that still change.
        STORY.step(self.status, "publish")
        name = "mentor_consented_at" if is_mentor else "mentee_consented_at"
        if getattr(self, name) is not None:
            raise AlreadyConsented("You have agreed to this story.")
        setattr(self, name, at)
        if self.mentor_consented_at is None or self.mentee_consented_at is None:
            return False
        self.step("publish")
        self.published_at = at
        return True
