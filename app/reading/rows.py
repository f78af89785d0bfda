"""Loading the rows that a service is about to change, under the same policy that governs reading."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound
from sqlmodel import SQLModel

from app import ids
from app.auth.actor import Actor, Role
from app.db import Db
from app.errors import Fault, Forbidden, Invalid
from app.loading import Model
from app.reading import admission
from app.reading.resource import ORGANISATION, Resource, owner
from app.reading.run import Absent
from app.reading.statement import Statement

_ID = sa.bindparam("id", type_=sa.Text)


class _Lock(StrEnum):
    NONE = "none"
    HOLD = "hold"
    CHANGE = "change"


class NotYours(Forbidden):
    """The caller sees the object but may not do this with it."""

    code = "not_allowed"

    def __init__(self) -> None:
        super().__init__("You may see this object, but not do this with it.")


class UnknownReference(Invalid):
    """A member names an object that does not exist, or that the caller may not see."""

    code = "unknown_reference"

    def __init__(self, pointer: str) -> None:
        super().__init__(
            "The request refers to an object that does not exist.",
            faults=(Fault("names no object that you may see", code="unknown_reference", pointer=pointer),),
        )


async def get(
    db: Db, actor: Actor, resource: Resource, object_id: str, action: str | None, *, lock: bool = True
) -> Any:
    """The row by its id, locked for change. Raises `Absent`, `NotYours` (by the policy row of `action`) or `Stale`."""
    if ids.prefix_of(object_id) != resource.prefix:
        raise Absent
    values = {"organisation": actor.organisation_id, "me": actor.id, "endpoint": actor.endpoint_id, "id": object_id}
    statement = _sought(resource, actor.role, action, lock)
    found = await db.fetch(statement.sql, *statement.bound(values))
    if not found:
        raise Absent
    (record,) = found
    if not record[-1]:
        raise NotYours
    row = db.entity(resource.model, record, refresh=lock)
    db.check_version(row)
    return row


async def refer(
    db: Db,
    actor: Actor,
    resource: Resource,
    object_id: str,
    action: str | None = None,
    *,
    pointer: str,
    lock: bool = False,
) -> Any:
    """The row that a member of the request names. As `get`, but absence is `UnknownReference` at `pointer`.

    Without an action it is enough that the caller sees the row.
    """
    try:
        return await get(db, actor, resource, object_id, action, lock=lock)
    except Absent:
        raise UnknownReference(pointer) from None


async def by_id(db: Db, model: type[Model], object_id: str, *, lock: bool = False) -> Model:
    """A row that is known to exist, whoever asks: for the consequences of a change that was allowed."""
    return _only(await every(db, model, lock=lock, id=object_id))


async def held(db: Db, model: type[Model], object_id: str) -> Model:
    """As `by_id`, and nobody changes the row until the transaction ends; others may hold it too."""
    return _only(await _every(db, model, _Lock.HOLD, {"id": object_id}))


async def every(db: Db, model: type[Model], *, lock: bool = False, **having: Any) -> list[Model]:
    """The rows whose columns have these values, whoever asks, in the order of their ids."""
    return await _every(db, model, _Lock.CHANGE if lock else _Lock.NONE, having)


async def free(
    db: Db, model: type[Model], *conditions: sa.ColumnElement[bool], order: Any = None, limit: int | None = None
) -> Sequence[Model]:
    """Rows that nobody else holds, locked, at most `limit`: for what time brings about. The others come up again."""
    table = model.__table__  # type: ignore[attr-defined]
    select = (
        sa.select(model)
        .where(owner(table) == db.organisation_id, *conditions)
        .order_by(*(() if order is None else (order,)), table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await db.execute(select)).scalars().all()


def any_of(texts: Iterable[str]) -> sa.CollectionAggregate[bool]:
    """For `column == any_of(texts)`: one statement, however many there are."""
    return sa.any_(sa.literal(list(texts), sa.ARRAY(sa.Text)))


def _only(found: list[Model]) -> Model:
    if not found:
        raise NoResultFound
    return found[0]


async def _every(db: Db, model: type[Model], lock: _Lock, having: Mapping[str, Any]) -> list[Model]:
    statement = _having(model, lock, tuple(having))
    found = await db.fetch(statement.sql, *statement.bound({ORGANISATION.key: db.organisation_id, **having}))
    return [db.entity(model, record, refresh=lock is not _Lock.NONE) for record in found]


@cache
def _having(model: type[SQLModel], lock: _Lock, names: tuple[str, ...]) -> Statement:
    table = model.__table__  # type: ignore[attr-defined]
    same = [table.c[name] == sa.bindparam(name, type_=table.c[name].type) for name in names]
    select = sa.select(*table.c).where(owner(table) == ORGANISATION, *same).order_by(table.c.id)
    return Statement.of(select if lock is _Lock.NONE else select.with_for_update(read=lock is _Lock.HOLD))


@cache
def _sought(resource: Resource, role: Role, action: str | None, lock: bool) -> Statement:
    """All columns of a row that the caller sees, and behind them whether they may do this with it."""
    table = resource.table
    may = sa.true() if action is None else admission.permitted(resource, table, role, action)
    select = sa.select(*table.c, may.label("may")).where(
        owner(table) == ORGANISATION, table.c.id == _ID, admission.visible(resource, table, role)
    )
    return Statement.of(select.with_for_update(of=table) if lock else select)
