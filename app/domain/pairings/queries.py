"""Questions about pairs that a change depends on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.pairings.agreements import OPEN, Agreement, AgreementStatus, Signature
from app.domain.pairings.models import LIVE, Pairing
from app.reading import rows


async def agreement_in_force(db: Db, pairing_id: str) -> Agreement | None:
    """The agreement that a pair lives by, locked."""
    return await _agreement(db, pairing_id, (AgreementStatus.IN_FORCE,))


async def open_agreement(db: Db, pairing_id: str) -> Agreement | None:
    """The agreement that waits for signatures, locked."""
    return await _agreement(db, pairing_id, OPEN)


async def _agreement(db: Db, pairing_id: str, states: Sequence[AgreementStatus]) -> Agreement | None:
    found = await rows.every(db, Agreement, lock=True, pairing_id=pairing_id)
    return next((agreement for agreement in found if agreement.status in states), None)


async def open_trainings(db: Db, pairing: Pairing) -> bool:
    """Whether one of the two has something left to learn before they meet."""
    both = (pairing.mentor_enrolment_id, pairing.mentee_enrolment_id)
    select = sa.exists().where(
        col(Enrolment.organisation_id) == db.organisation_id,
        col(Enrolment.id).in_(both),
        col(Enrolment.open_trainings) > 0,
    )
    return bool((await db.execute(sa.select(select))).scalar())


async def has_signed(db: Db, agreement_id: str, person_id: str) -> bool:
    """Whether a partner's signature stands under an agreement."""
    signed = sa.exists().where(
        col(Signature.organisation_id) == db.organisation_id,
        col(Signature.agreement_id) == agreement_id,
        col(Signature.person_id) == person_id,
    )
    return bool(await db.scalar(sa.select(signed)))


async def editions(db: Db, pairing_id: str) -> int:
    """How many versions of its agreement a pair has had."""
    return (
        await db.scalar(
            sa.select(sa.func.count()).where(
                col(Agreement.organisation_id) == db.organisation_id, col(Agreement.pairing_id) == pairing_id
            )
        )
    ) or 0


async def live_of_person(db: Db, person_id: str) -> Sequence[Pairing]:
    """The live pairings of a person, locked in id order."""
    return await _live(db, sa.or_(col(Pairing.mentor_id) == person_id, col(Pairing.mentee_id) == person_id))


async def live_of_programme(db: Db, programme_id: str) -> Sequence[Pairing]:
    """The live pairings of a programme, locked in id order."""
    return await _live(db, col(Pairing.programme_id) == programme_id)


async def _live(db: Db, condition: sa.ColumnElement[bool]) -> Sequence[Pairing]:
    select = (
        sa.select(Pairing)
        .where(col(Pairing.organisation_id) == db.organisation_id, col(Pairing.status).in_(LIVE), condition)
        .order_by(col(Pairing.id))
        .with_for_update()
    )
    return (await db.execute(select)).scalars().all()


async def meets_after(db: Db, pairing_id: str, day: date) -> bool:
    """Whether a pair has a session after a day, by the calendar of the session's zone; cancelled ones do not count."""
    # No zone begins a day more than 14 hours before UTC does.
    later = _sessions(db, pairing_id).where(_SESSION.c.starts_at >= datetime.combine(day, time(10), UTC))
    return any(clock.local_day(starts_at, zone) > day for starts_at, zone in await db.execute(later))


async def meets_before(db: Db, pairing_id: str, day: date) -> bool:
    """Whether a pair has a session before a day, by the calendar of the session's zone; cancelled ones do not count."""
    # No zone begins a day more than 12 hours after UTC does.
    earlier = _sessions(db, pairing_id).where(_SESSION.c.starts_at < datetime.combine(day, time(12), UTC))
    return any(clock.local_day(starts_at, zone) < day for starts_at, zone in await db.execute(earlier))


# The chapter of sessions stands above this one; its table is named, not imported.
_SESSION = sa.table("session", *map(sa.column, ("organisation_id", "pairing_id", "status", "starts_at", "zone")))


def _sessions(db: Db, pairing_id: str) -> sa.Select[Any, Any]:
    return sa.select(_SESSION.c.starts_at, _SESSION.c.zone).where(
        _SESSION.c.organisation_id == db.organisation_id,
        _SESSION.c.pairing_id == pairing_id,
        _SESSION.c.status != "cancelled",
    )


async def counts(db: Db, pairing_id: str) -> dict[str, int]:
    """What a pair has done. The chapters above this one are named by their tables, not imported."""
    session = sa.table("session", *map(sa.column, ("organisation_id", "pairing_id", "status")))
    goal = sa.table("goal", *map(sa.column, ("organisation_id", "pairing_id", "status")))

    def count(table: sa.TableClause, label: str, *conditions: sa.ColumnElement[bool]) -> sa.Label[int]:
        select = sa.select(sa.func.count()).select_from(table)
        mine = (table.c.organisation_id == db.organisation_id, table.c.pairing_id == pairing_id)
        return select.where(*mine, *conditions).scalar_subquery().label(label)

    row = (
        await db.execute(
            sa.select(
                count(session, "sessions_held", session.c.status == "completed"),
                count(session, "sessions_planned"),
                count(goal, "goals_achieved", goal.c.status == "achieved"),
                count(goal, "goals_set", goal.c.status != "draft"),
            )
        )
    ).one()
    return dict(row._mapping)
