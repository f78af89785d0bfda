"""Asking the partner about a time. What is only proposed takes nobody's time, and is looked at again when accepted."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.sessions import queries, rules, scheduling
from app.domain.sessions.events import SessionDeclined, SessionExpired, SessionProposed, SessionScheduled
from app.domain.sessions.models import Session, SessionStatus
from app.domain.sessions.resource import SESSIONS
from app.domain.sessions.schemas import SessionPropose
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows

_PATIENCE = timedelta(days=7)


class OwnProposal(Conflict):
    """Who proposed a session does not accept it: the partner does."""

    code = "own_proposal"


async def propose(db: Db, actor: Actor, data: SessionPropose) -> Session:
    """Ask the partner about a session. Once they accept, it is scheduled.

    It keeps the rules of a session now, and once more when it is accepted. Until then it takes nobody's time, and
    either of the two may decline it; unanswered, it expires.
    """
    pairing: Pairing = await rows.refer(
        db, actor, PAIRINGS, data.pairing_id, "propose_session", pointer="/pairing_id", lock=True
    )
    setting = await queries.setting(db, pairing, data.starts_at)
    zone = data.zone or setting.mentor_zone
    answer_by = _answer_by(data)
    rules.require_possible(pairing, setting, data.starts_at, zone)
    length = timedelta(minutes=data.duration_minutes or setting.session_minutes)
    session = scheduling.put_down(
        db,
        pairing,
        number=setting.last_number + 1,
        status=SessionStatus.PROPOSED,
        starts_at=data.starts_at,
        ends_at=data.starts_at + length,
        proposed_by=actor.as_person(),
        answer_by=answer_by,
        zone=zone,
        mode=data.mode,
        topic=data.topic,
    )
    outbox.record(db, SessionProposed.of(session, pairing))
    return session


async def accept(db: Db, actor: Actor, session_id: str) -> Session:
    """Say yes to a session that the partner proposed. It is scheduled then, under the rules of scheduling."""
    pairing = await queries.pairing_of(db, session_id)
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "accept_session")
    session.step("accept")
    if session.proposed_by == actor.person_id:
        raise OwnProposal("Who proposed a session does not accept it: the partner does.")
    setting = await queries.setting(db, pairing, session.starts_at, without=session.id)
    rules.require_possible(pairing, setting, session.starts_at, session.zone)
    await scheduling.seats_follow(db, session)
    outbox.record(db, SessionScheduled.of(session, pairing), changed=("status",))
    return session


async def decline(db: Db, actor: Actor, session_id: str) -> Session:
    """Say no to a session that was proposed, or take one's own proposal back. Nobody has to say why."""
    session: Session = await rows.get(db, actor, SESSIONS, session_id, "decline_session")
    session.step("decline")
    pairing = await rows.by_id(db, Pairing, session.pairing_id)
    outbox.record(db, SessionDeclined.of(session, pairing), changed=("status",))
    return session


async def expire(db: Db, *, limit: int) -> int:
    """End proposals that nobody answered in time, at most `limit`; how many there were."""
    return await _expire(db, col(Session.answer_by) <= clock.now(), limit=limit)


async def expire_of(db: Db, pairing_id: str) -> None:
    """End the proposals of a pair that rests or has ended."""
    await _expire(db, col(Session.pairing_id) == pairing_id)


async def _expire(db: Db, condition: sa.ColumnElement[bool], *, limit: int | None = None) -> int:
    found = await rows.free(db, Session, col(Session.status) == SessionStatus.PROPOSED, condition, limit=limit)
    for session in found:
        session.step("expire")
        pairing = await rows.by_id(db, Pairing, session.pairing_id)
        outbox.record(db, SessionExpired.of(session, pairing), changed=("status",))
    return len(found)


def _answer_by(data: SessionPropose) -> datetime:
    now = clock.now()
    answer_by = data.answer_by or min(data.starts_at, now + _PATIENCE)
    if data.starts_at <= now:
        raise Invalid(
            "A session that is proposed lies ahead.",
            faults=(Fault("must lie in the future", code="proposed_in_past", pointer="/starts_at"),),
        )
    if not now < answer_by <= data.starts_at:
        raise Invalid(
            "There is time to answer until it begins.",
            faults=(Fault("must lie between now and the start", code="answer_by", pointer="/answer_by"),),
        )
    return answer_by
