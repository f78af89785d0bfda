"""Pairs that rest without having asked to: a partner is on leave, or stands in one line with the other."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.pairings.events import PairingPaused, PairingResumed
from app.domain.pairings.models import Pairing, PairingStatus
from app.domain.people.models import Person
from app.events import outbox
from app.reading import rows

_MEMBERS = (col(Pairing.mentor_id), col(Pairing.mentee_id))
_IS_AWAY = sa.exists().where(
    col(Person.organisation_id) == col(Pairing.organisation_id),
    sa.or_(*(col(Person.id) == member for member in _MEMBERS)),
    col(Person.is_on_leave).is_(True),
)


async def begin_leave(db: Db, person_ids: Collection[str]) -> None:
    """Suspend the active pairs of those of these people who are on leave."""
    of_them = sa.or_(*(member == rows.any_of(person_ids) for member in _MEMBERS))
    await _suspend(db, of_them, _IS_AWAY)


async def suspend(db: Db, pairing_ids: Collection[str]) -> None:
    """Let those of these pairs rest that are active."""
    await _suspend(db, col(Pairing.id) == rows.any_of(pairing_ids))


async def go_on(db: Db, pairing_ids: Collection[str]) -> None:
    """Let those of these pairs go on that were suspended, and of whom nobody is away any more."""
    for pairing in await _locked(
        db, col(Pairing.is_suspended).is_(True), col(Pairing.id) == rows.any_of(pairing_ids), sa.not_(_IS_AWAY)
    ):
        pairing.go_on(clock.now())
        outbox.record(db, PairingResumed.of(pairing), changed=("status",))


async def _suspend(db: Db, *conditions: sa.ColumnElement[bool]) -> None:
    for pairing in await _locked(db, col(Pairing.status) == PairingStatus.ACTIVE, *conditions):
        pairing.suspend()
        outbox.record(db, PairingPaused.of(pairing), changed=("status",))


async def _locked(db: Db, *conditions: sa.ColumnElement[bool]) -> Collection[Pairing]:
    select = (
        sa.select(Pairing)
        .where(col(Pairing.organisation_id) == db.organisation_id, *conditions)
        .order_by(col(Pairing.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await db.execute(select)).scalars().all()
