"""What a programme tells those who take part in it, or one side of them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, of_organisation, text_enum


class AnnouncementAudience(StrEnum):
    """Whom an announcement is for."""

    EVERYONE = "everyone"
    MENTORS = "mentors"
    MENTEES = "mentees"


class AnnouncementStatus(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_S = AnnouncementStatus
ANNOUNCEMENT = Machine(
    "announcement",
    {
        "revise": ((_S.DRAFT,), _S.DRAFT),
        "publish": ((_S.DRAFT,), _S.PUBLISHED),
        "withdraw": ((_S.DRAFT, _S.PUBLISHED), _S.WITHDRAWN),
    },
)


class Announcement(Row, table=True):
    """Words of a programme to its people. What was published does not change: it is taken back, and told anew."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        check("published", "status <> 'published' or published_at is not null"),
        index("announcement_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "ann"

    programme_id: str = Field(sa_type=sa.Text)
    audience: AnnouncementAudience = Field(
        default=AnnouncementAudience.EVERYONE, sa_type=text_enum(AnnouncementAudience)
    )
    status: AnnouncementStatus = Field(default=_S.DRAFT, sa_type=text_enum(AnnouncementStatus))
    title: str = Field(sa_type=sa.Text)
    text: str = Field(sa_type=sa.Text)
    published_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = ANNOUNCEMENT.step(self.status, move)

    def publish(self, at: datetime) -> None:
        """Tell it."""
        self.step("publish")
        self.published_at = at
