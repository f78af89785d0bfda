"""When a pair meets: scheduling, moving, calling off."""

from datetime import datetime, timedelta

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing, PairingStatus
from app.domain.pairings.resource import PAIRINGS
from app.domain.programmes.models import ProgrammeStatus
from app.domain.sessions import queries
from app.domain.sessions.events import (
    SessionCancellationExplained,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
)
from app.domain.sessions.models import Attendance, CancelReason, Session
from app.domain.sessions.resource import SESSIONS
from app.domain.sessions.schemas import SessionCancel, SessionReschedule, SessionSchedule, SessionUpdate
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows

_FURTHEST_BACK = timedelta(days=31)


class PairingNotActive(Conflict):
    """The pair may not meet now."""

    code = "pairing_not_active"


class TooSoon(Conflict):
    """The pair's cadence leaves more days between two sessions."""

    code = "session_too_soon"


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
    _require_possible(pairing, setting, data.starts_at, zone)
    length = timedelta(minutes=data.duration_minutes or setting.session_minutes)
    session_id = ids.new(Session.prefix)
    session = Session(
        organisation_id=db.organisation_id,
        id=session_id,
        programme_id=pairing.programme_id,
        pairing_id=pairing.id,
        number=setting.last_number + 1,
        starts_at=data.starts_at,
        ends_at=data.starts_at + length,
        zone=zone,
        mode=data.mode,
        topic=data.topic,
        calendar_uid=f"{session_id}@flipside",
    )
    db.add(session)
    for person_id in pairing.members:
        _seat(db, session, person_id)
    outbox.record(db, SessionScheduled.of(session, pairing))
    return session


async def reschedule(db: Db, actor: Actor, session_id: str, data: SessionReschedule) -> Session:
    """Move a session to another time, under the rules of scheduling."""
    pairing = await queries.pairing_of(db, session_id)
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "reschedule_session")
    setting = await queries.setting(db, pairing, data.starts_at, without=session.id)
    _require_possible(pairing, setting, data.starts_at, session.zone)
    length = session.ends_at - session.starts_at
    if data.duration_minutes is not None:
        length = timedelta(minutes=data.duration_minutes)
    session.reschedule(data.starts_at, data.starts_at + length)
    await _seats_follow(db, session)
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
    await _call_off(db, session, pairing, by=actor.person_id, reason=data.reason)
    return session


async def cancel_ahead(db: Db, pairing_id: str, reason: CancelReason) -> int:
    """Call off every session that a pair has ahead, because the pair rests or has ended; how many there were."""
    pairing = await rows.by_id(db, Pairing, pairing_id, lock=True)
    sessions = await queries.ahead(db, pairing_id, clock.now())
    for session in sessions:
        await _call_off(db, session, pairing, by=None, reason=reason)
    return len(sessions)


async def _call_off(db: Db, session: Session, pairing: Pairing, *, by: str | None, reason: CancelReason) -> None:
    now = clock.now()
    session.cancel(now, by, reason)
    await _seats_follow(db, session)
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
    )


async def _seats_follow(db: Db, session: Session) -> None:
    for seat in await queries.attendances(db, session.id):
        seat.follow(session)


def _require_possible(pairing: Pairing, setting: queries.Setting, starts_at: datetime, zone: str) -> None:
    if pairing.status not in (PairingStatus.ACTIVE, PairingStatus.CLOSING):
        raise PairingNotActive("The pair may not meet now: the pairing is not active.")
    if setting.programme_status is not ProgrammeStatus.ACTIVE:
        raise PairingNotActive("The pair may not meet now: the programme is not active.")
    if not pairing.starts_on <= clock.local_day(starts_at, zone) <= pairing.ends_on:
        raise _refused("must lie inside the pairing's dates", "session_dates")
    if starts_at < clock.now() - _FURTHEST_BACK:
        raise _refused("must not lie more than 31 days back", "session_too_old")
    if setting.is_too_close:
        raise TooSoon(
            "The pair's cadence leaves more days between two sessions.",
            faults=(Fault("is too close to another session", code="session_too_soon", pointer="/starts_at"),),
        )


def _refused(detail: str, code: str) -> Invalid:
    return Invalid(f"The start {detail}.", faults=(Fault(detail, code=code, pointer="/starts_at"),))
