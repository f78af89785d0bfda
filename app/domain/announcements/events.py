"""What we tell the world of announcements: that there is one, and for whom. Its words are read by those it is for."""

from typing import ClassVar, Self

from app.domain.announcements.models import Announcement, AnnouncementAudience, AnnouncementStatus
from app.events.envelope import Event


class AnnouncementEvent(Event):
    """A fact about one announcement, without its words."""

    subject: ClassVar[str] = "announcement_id"

    announcement_id: str
    programme_id: str
    audience: AnnouncementAudience
    status: AnnouncementStatus

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        """The event for the announcement as it is now."""
        names = ("programme_id", "audience", "status")
        return cls(announcement_id=announcement.id, **{name: getattr(announcement, name) for name in names})


class AnnouncementPublished(AnnouncementEvent):
    """A programme told its people something."""

    type = "announcement.published"


class AnnouncementWithdrawn(AnnouncementEvent):
    """What was announced holds no more: whoever copied it takes it down."""

    type = "announcement.withdrawn"
