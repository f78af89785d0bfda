"""Announcing: written as a draft, published to its audience, taken back."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.announcements.events import AnnouncementPublished, AnnouncementWithdrawn
from app.domain.announcements.models import Announcement, AnnouncementStatus
from app.domain.announcements.resource import ANNOUNCEMENTS
from app.domain.announcements.schemas import AnnouncementUpdate, AnnouncementWrite
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Conflict
from app.events import outbox
from app.reading import rows


class ProgrammeUnpublished(Conflict):
    """Nobody can have joined a programme that is a draft: there is nobody to tell."""

    code = "programme_not_published"


async def write(db: Db, actor: Actor, data: AnnouncementWrite) -> Announcement:
    """Write an announcement, as a draft that those who run the programme alone read."""
    await rows.refer(db, actor, PROGRAMMES, data.programme_id, "write_announcement", pointer="/programme_id")
    announcement = Announcement(
        organisation_id=db.organisation_id, id=ids.new(Announcement.prefix), **data.model_dump()
    )
    db.add(announcement)
    return announcement


async def update(db: Db, actor: Actor, announcement_id: str, data: AnnouncementUpdate) -> Announcement:
    """Change a draft. What was published stays as it was read."""
    announcement: Announcement = await rows.get(db, actor, ANNOUNCEMENTS, announcement_id, "update_announcement")
    announcement.step("revise")
    announcement.sqlmodel_update(data.changes())
    return announcement


async def publish(db: Db, actor: Actor, announcement_id: str) -> Announcement:
    """Tell it: from now on everybody whom it is for reads it, whoever joins later included."""
    announcement: Announcement = await rows.get(db, actor, ANNOUNCEMENTS, announcement_id, "publish_announcement")
    programme = await rows.by_id(db, Programme, announcement.programme_id)
    if programme.status is ProgrammeStatus.DRAFT:
        raise ProgrammeUnpublished("The programme is a draft: there is nobody to tell.")
    announcement.publish(clock.now())
    outbox.record(db, AnnouncementPublished.of(announcement), changed=("status", "published_at"))
    return announcement


async def withdraw(db: Db, actor: Actor, announcement_id: str) -> Announcement:
    """Take it back. Those whom it was for read it no longer; those who run the programme still do."""
    announcement: Announcement = await rows.get(db, actor, ANNOUNCEMENTS, announcement_id, "withdraw_announcement")
    was_told = announcement.status is AnnouncementStatus.PUBLISHED
    announcement.step("withdraw")
    if was_told:
        outbox.record(db, AnnouncementWithdrawn.of(announcement), changed=("status",))
    return announcement
