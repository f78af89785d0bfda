"""Questions about sessions that a change depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import table
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.people.models import Person
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.domain.sessions.contents import AgendaItem
from app.domain.sessions.models import Attendance, Session, SessionStatus
from app.reading import rows
from app.reading.run import Absent
from app.reading.statement import Statement

# Never agreed on: nothing that the two did or failed to do.
UNSETTLED = (SessionStatus.PROPOSED, SessionStatus.DECLINED, SessionStatus.EXPIRED)
_COUNTED = (SessionStatus.SCHEDULED, SessionStatus.UNCONFIRMED, SessionStatus.COMPLETED)


@dataclass(frozen=True)
class Setting:
    """What scheduling a session depends on, read in one statement."""

    programme_status: ProgrammeStatus
    session_minutes: int
    mentor_zone: str
    last_number: int
    is_too_close: bool


def spacing(pairing: Pairing) -> timedelta:
    """How far two sessions of a pair are apart at least.

    Whole days, less an hour: a pair that meets weekly at nine stays a pair that meets weekly at nine.
    """
    return timedelta(days=pairing.cadence_min_days) - timedelta(hours=1)


async def setting(db: Db, pairing: Pairing, starts_at: datetime, *, without: str | None = None) -> Setting:
    """The circumstances of a session of `pairing` at `starts_at`; `without` names one that is about to move."""
    apart = spacing(pairing)
    values = {
        "organisation": db.organisation_id,
        "programme": pairing.programme_id,
        "pairing": pairing.id,
        "mentor": pairing.mentor_id,
        "earliest": starts_at - apart,
        "latest": starts_at + apart,
        "without": without or "",
    }
    statement = _setting()
    status, *rest = (await db.fetch(statement.sql, *statement.bound(values)))[0]
    return Setting(ProgrammeStatus(status), *rest)


@cache
def _setting() -> Statement:
    """The statement of `setting`, built once: scheduling is the change that is made most often."""

    def given(name: str) -> sa.BindParameter[Any]:
        return sa.bindparam(name, type_=table.Instant if name in ("earliest", "latest") else sa.Text)

    mine = (col(Session.organisation_id) == given("organisation"), col(Session.pairing_id) == given("pairing"))
    close = sa.exists().where(
        *mine,
        sa.or_(*(col(Session.status) == status for status in _COUNTED)),
        col(Session.starts_at) > given("earliest"),
        col(Session.starts_at) < given("latest"),
        col(Session.id) != given("without"),
    )
    last = sa.select(sa.func.coalesce(sa.func.max(col(Session.number)), 0)).where(*mine).scalar_subquery()
    mentor = sa.and_(col(Person.organisation_id) == given("organisation"), col(Person.id) == given("mentor"))
    return Statement.of(
        sa.select(col(Programme.status), col(Programme.session_minutes), col(Person.zone), last, close)
        .join(Person, mentor)
        .where(col(Programme.organisation_id) == given("organisation"), col(Programme.id) == given("programme"))
    )


async def pairing_of(db: Db, session_id: str) -> Pairing:
    """The pairing of a session, locked: a pair before its sessions, so that no two changes wait for each other."""
    same = sa.and_(
        col(Session.organisation_id) == col(Pairing.organisation_id), col(Session.pairing_id) == col(Pairing.id)
    )
    select = (
        sa.select(Pairing)
        .join(Session, same)
        .where(col(Pairing.organisation_id) == db.organisation_id, col(Session.id) == session_id)
        .with_for_update(of=Pairing)
    )
    pairing = (await db.execute(select)).scalar_one_or_none()
    if pairing is None:
        raise Absent
    return pairing


async def attendances(db: Db, session_id: str) -> Sequence[Attendance]:
    """The seats of a session."""
    return await rows.every(db, Attendance, session_id=session_id)


async def topic_ids(db: Db, session_id: str) -> list[str]:
    """The topics on a session's agenda, each once."""
    items = await rows.every(db, AgendaItem, session_id=session_id)
    return sorted({item.topic_id for item in items if item.topic_id is not None})


async def ahead(db: Db, pairing_id: str, since: datetime) -> Sequence[Session]:
    """The scheduled sessions of a pair that begin after `since`, locked."""
    select = (
        sa.select(Session)
        .where(
            col(Session.organisation_id) == db.organisation_id,
            col(Session.pairing_id) == pairing_id,
            col(Session.status) == SessionStatus.SCHEDULED,
            col(Session.starts_at) > since,
        )
        .order_by(col(Session.id))
        .with_for_update()
    )
    return (await db.execute(select)).scalars().all()


async def starts(db: Db, pairing_id: str, since: datetime, until: datetime) -> Sequence[datetime]:
    """When the sessions of a pair between two instants begin, of those that cadence counts."""
    select = sa.select(col(Session.starts_at)).where(
        col(Session.organisation_id) == db.organisation_id,
        col(Session.pairing_id) == pairing_id,
        col(Session.status).in_(_COUNTED),
        col(Session.starts_at) > since,
        col(Session.starts_at) < until,
    )
    return (await db.execute(select)).scalars().all()


async def latest(db: Db, pairing_id: str) -> datetime | None:
    """When the last session of a pair begins, of those that cadence counts, past or ahead."""
    select = sa.select(sa.func.max(col(Session.starts_at))).where(
        col(Session.organisation_id) == db.organisation_id,
        col(Session.pairing_id) == pairing_id,
        col(Session.status).in_(_COUNTED),
    )
    found: datetime | None = (await db.execute(select)).scalar()
    return found


async def busy(
    db: Db, person_ids: Sequence[str], since: datetime, until: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """From when until when some of these people are in a session of any pair, between two instants."""
    select = sa.select(col(Attendance.starts_at), col(Attendance.ends_at)).where(
        col(Attendance.organisation_id) == db.organisation_id,
        col(Attendance.person_id).in_(person_ids),
        col(Attendance.is_busy),
        sa.func.tstzrange(col(Attendance.starts_at), col(Attendance.ends_at)).op("&&")(sa.func.tstzrange(since, until)),
    )
    return [(starts_at, ends_at) for starts_at, ends_at in await db.execute(select)]


async def lapsed(db: Db, before: datetime, *, limit: int) -> Sequence[Session]:
    """Scheduled sessions that ended before `before` without a word from anyone, locked."""
    due = (col(Session.status) == SessionStatus.SCHEDULED, col(Session.ends_at) < before)
    return await rows.free(db, Session, *due, order=col(Session.starts_at), limit=limit)


async def cancelled_in_a_row(db: Db, session: Session) -> int:
    """How many of the pair's latest sessions up to this one the same person called off, without a break."""
    select = (
        sa.select(col(Session.status), col(Session.cancelled_by))
        .where(
            col(Session.organisation_id) == db.organisation_id,
            col(Session.pairing_id) == session.pairing_id,
            col(Session.starts_at) <= session.starts_at,
            col(Session.status).not_in(UNSETTLED),
            col(Session.id) != session.id,
        )
        .order_by(col(Session.starts_at).desc(), col(Session.id).desc())
        .limit(20)
    )
    count = 1
    for status, by in await db.execute(select):
        if status is not SessionStatus.CANCELLED or by != session.cancelled_by:
            break
        count += 1
    return count
