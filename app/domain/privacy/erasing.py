"""Forgetting someone, step by step. Each step may be broken off and taken again: the end is the same.

The steps follow the inventory. The person's names go last, since until then they are needed to find them elsewhere.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from app import clock
from app import db as database
from app.db import Db
from app.domain.operations.work import Work
from app.domain.pairings.leaving import leave
from app.domain.people.events import PersonWasErased
from app.domain.people.models import Person
from app.domain.privacy import answers
from app.domain.privacy.inventory import EVERY_ROW, INVENTORY, Plan
from app.domain.privacy.models import Erasure
from app.domain.privacy.names import Names
from app.events import outbox
from app.reading import rows
from app.sealing import keeping

_LAST = "person"
# Not every table says when it changed; the driver wants to know what $3 would be.
_TIMED = "$3::timestamptz is not null"
Fetch = Callable[..., Awaitable[Any]]
Step = Callable[[Db, Person], Awaitable[None]]


async def erase(work: Work) -> None:
    """The job: one step after the other, each in a transaction of its own."""
    left = len(STEPS)
    while left:
        async with work.chunk() as db:
            left = await advance(db, work.parameters["erasure_id"])
            work.progress(len(STEPS) - left)


async def advance(db: Db, erasure_id: str) -> int:
    """Take the next step of an erasure that was approved; how many are left."""
    erasure = await rows.by_id(db, Erasure, erasure_id, lock=True)
    if erasure.steps_done < len(STEPS):
        person = await rows.by_id(db, Person, erasure.person_id, lock=True)
        await STEPS[erasure.steps_done](db, person)
        erasure.steps_done += 1
        if erasure.steps_done == len(STEPS):
            erasure.complete(clock.now())
    return len(STEPS) - erasure.steps_done


async def _leave(db: Db, person: Person) -> None:
    await leave(db, person.id)


async def _blank(db: Db, person: Person) -> None:
    for table, plan in INVENTORY.items():
        if plan.blank and table != _LAST and not plan.is_queue:
            await _blanked(db.fetch, table, plan, person)


async def _blank_queues(_: Db, person: Person) -> None:
    # Requests may add to a queue and change nothing; whoever works on queues may.
    async with database.current().queueing() as connection:
        for table, plan in INVENTORY.items():
            if plan.is_queue:
                await _blanked(connection.fetch, table, plan, person)


async def _rewrite(db: Db, person: Person) -> None:
    for table, plan in INVENTORY.items():
        if plan.rewrite and table != answers.TABLE:
            names = Names.full(person) if plan.where is EVERY_ROW else Names.familiar(person)
            await _rewritten(db, table, plan, person, names)


async def _shred(db: Db, person: Person) -> None:
    await keeping.shred(db, person.id)


async def _forget(db: Db, person: Person) -> None:
    await _blanked(db.fetch, _LAST, INVENTORY[_LAST], person)
    await db.refresh(person)
    outbox.record(db, PersonWasErased.of(person))


STEPS: tuple[Step, ...] = (_leave, _blank, _blank_queues, _rewrite, answers.forget, _shred, _forget)


async def _blanked(fetch: Fetch, table: str, plan: Plan, person: Person) -> None:
    """Put the plan's values in the place of what the person's rows held. What is blank already stays as it is."""
    differs = " or ".join(f"{column} is distinct from {value}" for column, value in plan.blank.items())
    sets = [f"{column} = {value}" for column, value in plan.blank.items()] + _revised(table)
    where = f"organisation_id = $1 and ({plan.whose}) and ({differs}) and {_TIMED}"
    await fetch(f"update {table} set {', '.join(sets)} where {where}", person.organisation_id, person.id, clock.now())  # noqa: S608


async def _rewritten(db: Db, table: str, plan: Plan, person: Person, names: Names) -> None:
    """Take someone's names out of what others wrote."""
    columns = plan.rewritten
    holds = " or ".join(f"{column}::text ~* $3" for column in columns)
    # A condition on everybody's rows names no person; the driver wants to know what $2 would be.
    where = f"organisation_id = $1 and $2::text is not null and ({plan.where}) and ({holds})"
    shown = ", ".join(f"{column}::text" for column in columns)
    select = f"select id, {shown} from {table} where {where} order by id for update"  # noqa: S608
    casts = ["::jsonb" if isinstance(_table(table).c[column].type, JSONB) else "" for column in columns]
    texts = [f"{column} = ${4 + place}::text{casts[place]}" for place, column in enumerate(columns)]
    sets = ", ".join(texts + _revised(table))
    change = f"update {table} set {sets} where organisation_id = $1 and id = $2 and {_TIMED}"  # noqa: S608
    for row in await db.fetch(select, person.organisation_id, person.id, names.expression):
        values = [_without(names, row[column], is_json=bool(cast)) for column, cast in zip(columns, casts, strict=True)]
        await db.fetch(change, person.organisation_id, row["id"], clock.now(), *values)


def _without(names: Names, value: Any, *, is_json: bool) -> str | None:
    if not is_json:
        return None if value is None else str(names.out_of(value))
    return orjson.dumps(names.out_of(orjson.loads(value))).decode()


def _revised(table: str) -> list[str]:
    """A changed row is another version of it: entity tags live on that."""
    return ["version = version + 1", "updated_at = $3"] if "version" in _table(table).c else []


def _table(name: str) -> sa.Table:
    return SQLModel.metadata.tables[name]
