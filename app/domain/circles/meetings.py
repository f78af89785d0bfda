"""When a circle meets: scheduling, moving, holding, calling off."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.circles.events import (
    CircleMeetingCancelled,
    CircleMeetingHeld,
    CircleMeetingRescheduled,
    CircleMeetingScheduled,
)
from app.domain.circles.models import Circle, CircleMeeting, CircleStatus, MeetingStatus
from app.domain.circles.resource import CIRCLE_MEETINGS, CIRCLES
from app.domain.circles.schemas import CircleMeetingReschedule, CircleMeetingSchedule, CircleMeetingUpdate
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows


class CircleNotActive(Conflict):
    """The circle is closed, or waits for a second member."""

    code = "circle_not_active"


async def schedule(db: Db, actor: Actor, data: CircleMeetingSchedule) -> CircleMeeting:
    """Schedule a meeting of a circle, as one of its members or as who runs the programme."""
    circle: Circle = await rows.refer(
        db, actor, CIRCLES, data.circle_id, "schedule_circle_meeting", pointer="/circle_id", lock=True
    )
    if circle.status is not CircleStatus.ACTIVE:
        raise CircleNotActive("The circle is closed, or waits for a second member.")
    _require_ahead(data)
    meeting_id = ids.new(CircleMeeting.prefix)
    meeting = CircleMeeting(
        organisation_id=db.organisation_id,
        id=meeting_id,
        ends_at=data.starts_at + timedelta(minutes=data.duration_minutes),
        calendar_uid=f"{meeting_id}@flipside",
        **data.model_dump(exclude={"duration_minutes"}),
    )
    db.add(meeting)
    outbox.record(db, CircleMeetingScheduled.of(meeting, circle))
    return meeting


async def update(db: Db, actor: Actor, meeting_id: str, data: CircleMeetingUpdate) -> CircleMeeting:
    """Change what a meeting is about, and where it is."""
    meeting: CircleMeeting = await rows.get(db, actor, CIRCLE_MEETINGS, meeting_id, "update_circle_meeting")
    meeting.sqlmodel_update(data.changes())
    return meeting


async def reschedule(db: Db, actor: Actor, meeting_id: str, data: CircleMeetingReschedule) -> CircleMeeting:
    """Put a meeting to another time."""
    meeting: CircleMeeting = await rows.get(db, actor, CIRCLE_MEETINGS, meeting_id, "reschedule_circle_meeting")
    _require_ahead(data)
    length = meeting.ends_at - meeting.starts_at
    if data.duration_minutes is not None:
        length = timedelta(minutes=data.duration_minutes)
    meeting.move(data.starts_at, data.starts_at + length)
    circle = await rows.by_id(db, Circle, meeting.circle_id)
    outbox.record(db, CircleMeetingRescheduled.of(meeting, circle), changed=("starts_at", "ends_at"))
    return meeting


async def hold(db: Db, actor: Actor, meeting_id: str) -> CircleMeeting:
    """Note that a circle met."""
    meeting: CircleMeeting = await rows.get(db, actor, CIRCLE_MEETINGS, meeting_id, "hold_circle_meeting")
    meeting.hold(clock.now())
    circle = await rows.by_id(db, Circle, meeting.circle_id)
    outbox.record(db, CircleMeetingHeld.of(meeting, circle), changed=("status",))
    return meeting


async def cancel(db: Db, actor: Actor, meeting_id: str) -> CircleMeeting:
    """Call a meeting off."""
    meeting: CircleMeeting = await rows.get(db, actor, CIRCLE_MEETINGS, meeting_id, "cancel_circle_meeting")
    _call_off(db, meeting, await rows.by_id(db, Circle, meeting.circle_id))
    return meeting


async def call_off_ahead(db: Db, circle: Circle) -> None:
    """Call off what a locked circle has ahead."""
    select = (
        sa.select(CircleMeeting)
        .where(
            col(CircleMeeting.organisation_id) == db.organisation_id,
            col(CircleMeeting.circle_id) == circle.id,
            col(CircleMeeting.status) == MeetingStatus.SCHEDULED,
            col(CircleMeeting.starts_at) > clock.now(),
        )
        .order_by(col(CircleMeeting.id))
        .with_for_update()
    )
    for meeting in (await db.execute(select)).scalars().all():
        _call_off(db, meeting, circle)


def _call_off(db: Db, meeting: CircleMeeting, circle: Circle) -> None:
    meeting.cancel()
    outbox.record(db, CircleMeetingCancelled.of(meeting, circle), changed=("status",))


def _require_ahead(data: CircleMeetingSchedule | CircleMeetingReschedule) -> None:
    if data.starts_at <= clock.now():
        raise Invalid(
            "A meeting lies ahead.",
            faults=(Fault("must lie in the future", code="meeting_in_past", pointer="/starts_at"),),
        )
