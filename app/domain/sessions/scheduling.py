"""When a pair meets: scheduling, moving, calling off."""

from datetime import timedelta
from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.sessions import queries, rules
from app.domain.sessions.events import (
    SessionCancellationExplained,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
)
from app.domain.sessions.models import Attendance, CancelReason, Session
from app.domain.sessions.resource import SESSIONS
from app.domain.sessions.schemas import SessionCancel, SessionReschedule, SessionSchedule, SessionUpdate
from app.errors import Conflict
from app.events import outbox
from app.reading import rows


class NotAhead(Conflict):
    """Only a scheduled session can be changed."""

    code = "session_not_scheduled"


async def schedule(db: Db, actor: Actor, data: SessionSchedule) -> Session:
    """Schedule a session of a pair.

    Refused while the pairing is not active or the programme not running, outside the pairing's dates,
    closer to another session than the cadence allows, and when either of the two has another session then.
    """
    pairing: Pairing = await rows.refer(
        db, actor, PAIRINGS, data.pairing_id, "schedule_session", pointer="/pairing_id", lock=True
    )
    setting = await queries.setting(db, pairing, data.starts_at)
    zone = data.zone or setting.mentor_zone
    rules.require_possible(pairing, setting, data.starts_at, zone)
    length = timedelta(minutes=data.duration_minutes or setting.session_minutes)
    return enter(
        db,
        pairing,
        number=setting.last_number + 1,
        starts_at=data.starts_at,
        ends_at=data.starts_at + length,
        zone=zone,
        mode=data.mode,
        topic=data.topic,
    )


def enter(db: Db, pairing: Pairing, **facts: Any) -> Session:
    """Put down a session of a pair that may meet then, and tell of it."""
    session = put_down(db, pairing, **facts)
    outbox.record(db, SessionScheduled.of(session, pairing))
    return session


def put_down(db: Db, pairing: Pairing, **facts: Any) -> Session:
    """Put down a session of a pair, and a seat for each of the two."""
    session_id = ids.new(Session.prefix)
    session = Session(
        organisation_id=db.organisation_id,
        id=session_id,
        programme_id=pairing.programme_id,
        pairing_id=pairing.id,
        calendar_uid=f"{session_id}@flipside",
        **facts,
    )
    db.add(session)
    for person_id in pairing.members:
        _seat(db, session, person_id)
    return session


async def reschedule(db: Db, actor: Actor, session_id: str, data: SessionReschedule) -> Session:
    """Move a session to another time, under the rules of scheduling."""
    pairing = await queries.pairing_of(db, session_id)
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "reschedule_session")
    length = session.ends_at - session.starts_at
    if data.duration_minutes is not None:
        length = timedelta(minutes=data.duration_minutes)
    session.reschedule(data.starts_at, data.starts_at + length)
    setting = await queries.setting(db, pairing, data.starts_at, without=session.id)
    rules.require_possible(pairing, setting, data.starts_at, session.zone)
    await seats_follow(db, session)
    outbox.record(db, SessionRescheduled.of(session, pairing), changed=("starts_at", "ends_at"))
    return session


async def update(db: Db, actor: Actor, session_id: str, data: SessionUpdate) -> Session:
    """Change what a session that is still ahead is about."""
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "update_session")
    if not session.takes_time:
        raise NotAhead("Only a scheduled session can be changed. Notes and action items stay open.")
    session.sqlmodel_update(data.changes())
    return session


async def cancel(db: Db, actor: Actor, session_id: str, data: SessionCancel) -> Session:
    """Call a session off."""
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "cancel_session")
    pairing = await rows.by_id(db, Pairing, session.pairing_id)
    await call_off(db, session, pairing, by=actor.person_id, reason=data.reason)
    return session


async def cancel_ahead(db: Db, pairing_id: str, reason: CancelReason) -> int:
    """Call off every session that a pair has ahead, because the pair rests or has ended; how many there were."""
    pairing = await rows.by_id(db, Pairing, pairing_id, lock=True)
    sessions = await queries.ahead(db, pairing_id, clock.now())
    for session in sessions:
        await call_off(db, session, pairing, by=None, reason=reason)
    return len(sessions)


async def call_off(db: Db, session: Session, pairing: Pairing, *, by: str | None, reason: CancelReason) -> None:
    """Call a locked session off, in somebody's name or in nobody's."""
    now = clock.now()
    session.cancel(now, by, reason)
    await seats_follow(db, session)
    notice = round((session.starts_at - now).total_seconds() / 3600, 1)
    outbox.record(db, SessionCancelled.of(session, pairing, hours_of_notice=notice), changed=("status",))
    if by is not None:
        row = await queries.cancelled_in_a_row(db, session)
        explained = SessionCancellationExplained.of(
            session, pairing, cancelled_by=by, reason=reason, cancellations_in_a_row=row
        )
        outbox.record(db, explained)


def _seat(db: Db, session: Session, person_id: str) -> None:
    db.write_down(
        Attendance,
        organisation_id=session.organisation_id,
        id=ids.new(Attendance.prefix),
        session_id=session.id,
        person_id=person_id,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        is_busy=session.takes_time,
    )


async def seats_follow(db: Db, session: Session) -> None:
    """Let both seats take over when it is, and whether it takes time."""
    for seat in await queries.attendances(db, session.id):
        seat.follow(session)
