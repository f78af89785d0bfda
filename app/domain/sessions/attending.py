"""Whether a session took place: each member's word, and what follows when the words differ."""

from datetime import timedelta

from app import clock
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.sessions import queries
from app.domain.sessions.events import (
    SessionCompleted,
    SessionDisputed,
    SessionEvent,
    SessionNoShowRecorded,
    SessionUnconfirmed,
)
from app.domain.sessions.models import Report, Session, SessionStatus
from app.domain.sessions.resource import SESSIONS
from app.domain.sessions.schemas import SessionRate, SessionReport, SessionResolve
from app.errors import Conflict, Fault, Forbidden, Invalid
from app.events import outbox
from app.reading import rows

_PATIENCE = timedelta(hours=24)
_EVENTS: dict[SessionStatus, type[SessionEvent]] = {
    SessionStatus.COMPLETED: SessionCompleted,
    SessionStatus.NO_SHOW: SessionNoShowRecorded,
    SessionStatus.DISPUTED: SessionDisputed,
}


class NotHeld(Conflict):
    """Only a session that took place can be rated."""

    code = "session_not_held"


async def complete(db: Db, actor: Actor, session_id: str, data: SessionReport) -> Session:
    """Report that a session took place. If the other member says it did not, it becomes disputed."""
    return await _report(db, actor, session_id, data, Report.HELD, "complete_session")


async def record_no_show(db: Db, actor: Actor, session_id: str, data: SessionReport) -> Session:
    """Report that a session did not take place. If the other member says it did, it becomes disputed."""
    return await _report(db, actor, session_id, data, Report.NO_SHOW, "record_no_show")


async def rate(db: Db, actor: Actor, session_id: str, data: SessionRate) -> Session:
    """Say how focused a session was that took place."""
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "rate_session")
    if session.status is not SessionStatus.COMPLETED:
        raise NotHeld("Only a session that took place can be rated.")
    session.focus_rating = data.focus_rating
    return session


async def resolve(db: Db, actor: Actor, session_id: str, data: SessionResolve) -> Session:
    """Settle a disputed session."""
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "resolve_session")
    session.resolve(data.outcome, clock.now())
    await _tell(db, session)
    return session


async def lapse(db: Db, *, limit: int = 100) -> int:
    """Mark sessions unconfirmed whose end is a day past without a word from anyone; how many there were."""
    sessions = await queries.lapsed(db, clock.now() - _PATIENCE, limit=limit)
    for session in sessions:
        session.step("lapse")
        for seat in await queries.attendances(db, session.id):
            seat.follow(session)
        pairing = await rows.by_id(db, Pairing, session.pairing_id)
        outbox.record(db, SessionUnconfirmed.of(session, pairing), changed=("status",))
    return len(sessions)


async def _report(db: Db, actor: Actor, session_id: str, data: SessionReport, outcome: Report, action: str) -> Session:
    session: Session = await rows.get(db, actor, SESSIONS, session_id, action)
    person_id = _speaker(actor, data)
    seats = await queries.attendances(db, session.id)
    own = next((seat for seat in seats if seat.person_id == person_id), None)
    if own is None:
        raise Invalid(
            "Only members report on a session.",
            faults=(Fault("is no member of this session", code="not_a_member", pointer="/person_id"),),
        )
    before, now = session.status, clock.now()
    session.report(outcome, now)
    own.say(outcome, now)
    for seat in seats:
        seat.follow(session)
    if data.focus_rating is not None:
        session.focus_rating = data.focus_rating
    if session.status is not before:
        await _tell(db, session)
    return session


def _speaker(actor: Actor, data: SessionReport) -> str:
    if actor.person_id is None:
        if data.person_id is None:
            raise Invalid(
                "Say whose word it is.", faults=(Fault("is required of service accounts", pointer="/person_id"),)
            )
        return data.person_id
    if data.person_id not in (None, actor.person_id):
        raise Forbidden("Members speak for themselves.")
    return actor.person_id


async def _tell(db: Db, session: Session) -> None:
    pairing = await rows.by_id(db, Pairing, session.pairing_id)
    more = {"topic_ids": await queries.topic_ids(db, session.id)} if session.status is SessionStatus.COMPLETED else {}
    outbox.record(db, _EVENTS[session.status].of(session, pairing, **more), changed=("status",))
