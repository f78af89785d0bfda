"""What waits for the two of a pair, from the first session to the farewell; and concerns, for who handles them."""

from typing import Any

import sqlalchemy as sa

from app.domain.check_ins import rounds
from app.domain.check_ins.resource import CHECK_INS
from app.domain.concerns import standing
from app.domain.concerns.models import ConcernStatus
from app.domain.concerns.resource import CONCERNS
from app.domain.farewells.resource import FAREWELLS
from app.domain.pairings.models import PairingStatus
from app.domain.pairings.resource import PAIRINGS
from app.domain.sessions.models import SessionStatus
from app.domain.sessions.resource import ACTION_ITEMS, ATTENDANCES, SESSIONS
from app.domain.tasks.joining import in_pair
from app.domain.tasks.schemas import TaskKind
from app.domain.tasks.shape import Person, named, task
from app.reading.resource import ME, NOW, is_one_of, same_organisation
from app.table import Instant

_SESSION, _ATTENDANCE, _ITEM = (resource.table for resource in (SESSIONS, ATTENDANCES, ACTION_ITEMS))
_PAIRING, _CHECK_IN, _FAREWELL, _CONCERN = (resource.table for resource in (PAIRINGS, CHECK_INS, FAREWELLS, CONCERNS))


def sessions(person: Person) -> sa.Select[Any]:
    """To answer (for the partner of who proposed), to attend, to report on."""
    proposed, scheduled, unconfirmed = (
        is_one_of(_SESSION.c.status, status)
        for status in (SessionStatus.PROPOSED, SessionStatus.SCHEDULED, SessionStatus.UNCONFIRMED)
    )
    joined = sa.and_(same_organisation(_SESSION, _ATTENDANCE), _SESSION.c.id == _ATTENDANCE.c.session_id)
    return (
        task(
            sa.case(
                (proposed, named(TaskKind.ANSWER_SESSION)),
                (scheduled, named(TaskKind.ATTEND_SESSION)),
                else_=named(TaskKind.REPORT_SESSION),
            ),
            _ATTENDANCE,
            _SESSION,
            person=person,
            programme=_SESSION.c.programme_id,
            due_at=sa.case(
                (proposed, _SESSION.c.answer_by), (scheduled, _SESSION.c.starts_at), else_=_SESSION.c.ends_at
            ),
            pairing_id=_SESSION.c.pairing_id,
            session_id=_SESSION.c.id,
        )
        .join_from(_ATTENDANCE, _SESSION, joined)
        .where(
            _ATTENDANCE.c.person_id == person,
            _ATTENDANCE.c.report.is_(None),
            sa.or_(scheduled, unconfirmed, sa.and_(proposed, _SESSION.c.proposed_by != person)),
        )
    )


def action_items(person: Person) -> sa.Select[Any]:
    """What is to be tried at work."""
    # The first moment of the day that follows, by the clocks where the session is held.
    next_day = (_ITEM.c.due_on + sa.literal_column("1", sa.Integer)).cast(sa.DateTime)
    return (
        task(
            named(TaskKind.APPLY_ACTION_ITEM),
            _ITEM,
            _ITEM,
            person=person,
            programme=_SESSION.c.programme_id,
            due_at=sa.func.timezone(_SESSION.c.zone, next_day, type_=Instant),
            pairing_id=_SESSION.c.pairing_id,
            session_id=_SESSION.c.id,
            action_item_id=_ITEM.c.id,
        )
        .join_from(_ITEM, _SESSION, sa.and_(same_organisation(_SESSION, _ITEM), _SESSION.c.id == _ITEM.c.session_id))
        .where(_ITEM.c.owner_id == person, _ITEM.c.applied_at.is_(None))
    )


def of_pairs(person: Person) -> sa.Select[Any]:
    """Check-ins, as `rounds.open_round` says: a round that is open and that this side has not answered; farewells."""

    def seconds(count: float) -> str:
        return str(int(count))

    def written(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        return same_organisation(table, _PAIRING), table.c.pairing_id == _PAIRING.c.id, table.c.author_id == person

    first, every = seconds(rounds.FIRST_AFTER.total_seconds()), seconds(rounds.EVERY.total_seconds())
    waited = sa.extract("epoch", NOW - _PAIRING.c.activated_at) - sa.literal_column(first, sa.Numeric)
    past = sa.func.floor(waited / sa.literal_column(every, sa.Numeric))
    number = past.cast(sa.Integer) + sa.literal_column("1", sa.Integer)
    first_due = _PAIRING.c.activated_at + sa.literal_column(f"interval '{first} seconds'", sa.Interval)
    answered = sa.exists().where(*written(_CHECK_IN), _CHECK_IN.c.round == number)
    active = is_one_of(_PAIRING.c.status, PairingStatus.ACTIVE)
    closing = is_one_of(_PAIRING.c.status, PairingStatus.CLOSING)
    return task(
        sa.case((active, named(TaskKind.ANSWER_CHECK_IN)), else_=named(TaskKind.WRITE_FAREWELL)),
        _PAIRING,
        _PAIRING,
        person=person,
        programme=_PAIRING.c.programme_id,
        due_at=sa.case((active, first_due + number * sa.literal_column(f"interval '{every} seconds'", sa.Interval))),
        pairing_id=_PAIRING.c.id,
    ).where(
        in_pair(person),
        sa.or_(
            sa.and_(active, first_due <= NOW, ~answered),
            sa.and_(closing, ~sa.exists().where(*written(_FAREWELL))),
        ),
    )


def concerns() -> sa.Select[Any]:
    """Those that the caller looks after, and may: which pair it is about is told by the concern alone."""
    open_ones = (status for status in ConcernStatus if status is not ConcernStatus.RESOLVED)
    return task(
        named(TaskKind.HANDLE_CONCERN),
        _CONCERN,
        _CONCERN,
        person=ME,
        programme=_CONCERN.c.programme_id,
        concern_id=_CONCERN.c.id,
    ).where(is_one_of(_CONCERN.c.status, *open_ones), standing.looks_after(_CONCERN))
