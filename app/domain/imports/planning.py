"""Changes announced for a later day: kept sealed until it comes, then put as if they had come that day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlmodel import col

from app import clock, ids, logs
from app import db as database
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.imports.models import PlannedChange, PlannedChangeStatus
from app.domain.imports.resource import PLANNED_CHANGES
from app.domain.people.putting import KEY, Batch
from app.domain.people.schemas import PersonPut
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.reading import rows
from app.sealing import columns, keeping
from app.sealing.envelope import KEY_ID_SQL

_SAID = f"""
    select c.said, k.wrapped from planned_change c
    join data_key k on k.organisation_id = c.organisation_id and k.id = {KEY_ID_SQL.format("c.said")}
    where c.organisation_id = $1 and c.id = $2
"""  # noqa: S608


def today(zone: str) -> date:
    """The day that it is where the organisation is."""
    return clock.now().astimezone(ZoneInfo(zone)).date()


async def plan(batch: Batch, data: PersonPut, on: date) -> PlannedChange:
    """Keep what is said of one person until its day begins in the organisation's zone."""
    actor, db, person = batch.actor, batch.db, batch.roll.named(data.external_id)
    change = PlannedChange(
        organisation_id=db.organisation_id,
        id=ids.new(PlannedChange.prefix),
        external_id=data.external_id,
        person_id=person.id if person else None,
        effective_at=on,
        due_at=datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(batch.ladder.zone)),
        changed=sorted(data.model_fields_set - {KEY}),
        requested_by=actor.id,
        principal=actor.principal,
        role=actor.role,
        scopes=sorted(actor.scopes),
    )
    await columns.seal(db, change, said=data.model_dump_json(exclude_unset=True))
    db.add(change)
    return change


async def cancel(db: Db, actor: Actor, planned_change_id: str) -> PlannedChange:
    """Call off a change that was announced for a later day."""
    change: PlannedChange = await rows.get(db, actor, PLANNED_CHANGES, planned_change_id, "cancel_planned_change")
    change.settle("cancel", clock.now())
    return change


async def apply_next(organisation_id: str) -> bool:
    """Put the first change whose day has come, in the name of whoever announced it; whether there was one."""
    change: PlannedChange | None = None
    try:
        async with database.current().writing(organisation_id) as db:
            change = await _due(db)
            if change is not None:
                await _apply(db, change)
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        assert change is not None  # noqa: S101
        async with database.current().writing(organisation_id) as db:
            (await rows.by_id(db, PlannedChange, change.id, lock=True)).refuse(error, clock.now())
    return change is not None


async def _due(db: Db) -> PlannedChange | None:
    planned, due_at = col(PlannedChange.status) == PlannedChangeStatus.PLANNED, col(PlannedChange.due_at)
    return next(iter(await rows.free(db, PlannedChange, planned, due_at <= clock.now(), order=due_at, limit=1)), None)


async def _apply(db: Db, change: PlannedChange) -> None:
    scopes = frozenset(map(Scope, change.scopes))
    actor = Actor(db.organisation_id, change.principal, change.role, scopes, _person_of(change))
    db.actor_id = change.requested_by
    ((sealed, wrapped),) = await db.fetch(_SAID, db.organisation_id, change.id)
    text = await keeping.opened(sealed, wrapped, db.organisation_id, "planned_change", change.id, "said")
    said: Mapping[str, Any] = orjson.loads(text)
    batch = await Batch.of(db, actor, [said])
    with logs.serving(change.id):
        await batch.take(PersonPut.model_validate(said))
    await db.flush()
    change.person_id = batch.roll.id_of(change.external_id)
    change.settle("apply", clock.now())


def _person_of(change: PlannedChange) -> str | None:
    """The person who announced it; a service is nobody."""
    return change.requested_by if ids.prefix_of(change.requested_by) == "per" else None
