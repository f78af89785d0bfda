"""Running a compiled shape: one statement on the read lane, bytes out; what is watched is on record before that."""

from dataclasses import dataclass
from typing import Any

from app import clock, ids
from app import db as database
from app.auth.actor import Actor
from app.db import Db
from app.errors import NotFound
from app.reading import compile as compiler
from app.reading import opening, witness
from app.reading.shape import Page, Wanted
from app.reading.statement import Statement


@dataclass(frozen=True, slots=True)
class Answer:
    """One object as JSON bytes, and the version of its row."""

    body: bytes
    version: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The objects of one page as a JSON list, and the sort keys of the last when there are more."""

    body: bytes
    next_keys: str | None


class Absent(NotFound):
    """There is no such object, or it is not the caller's to see."""

    def __init__(self) -> None:
        super().__init__("There is no such object, or you may not see it.")


async def one(
    actor: Actor, wanted: Wanted, object_id: str, values: dict[str, Any] | None = None, *, db: Db | None = None
) -> Answer:
    """One object by its id. Raises `Absent`. Inside a transaction when `db` is given, else on the read lane."""
    if ids.prefix_of(object_id) != wanted.resource.prefix:
        raise Absent
    statement = compiler.one(wanted, actor.role)
    rows = await _fetch(actor, statement, {**(values or {}), "id_0": object_id}, db)
    if not rows:
        raise Absent
    if statement.witnesses:
        await witness.record(actor, rows[0][2:], db=db, apart_from=None if db is None else object_id)
    return Answer(rows[0][0], rows[0][1])


async def page(actor: Actor, listed: Page, values: dict[str, Any]) -> Rows:
    """One page of a list; `values` holds its limit, filters and cursor keys by slot."""
    statement = compiler.page(listed, actor.role)
    body, next_keys, *watched = (await _fetch(actor, statement, values, None))[0]
    if watched:
        await witness.record(actor, watched)
    return Rows(body, next_keys)


async def fields(
    actor: Actor, wanted: tuple[tuple[str, Wanted | Page], ...], values: dict[str, Any], *, db: Db | None = None
) -> list[bytes]:
    """Several answers in one statement, each as JSON bytes (`null` for an object that is absent or hidden)."""
    return await columns(actor, compiler.fields(wanted, actor.role), values, db=db)


async def columns(actor: Actor, statement: Statement, values: dict[str, Any], *, db: Db | None = None) -> list[bytes]:
    """As `fields`, for a caller who keeps the compiled statement."""
    (row,) = await _fetch(actor, statement, values, db)
    shown = len(row) - statement.witnesses
    if statement.witnesses:
        await witness.record(actor, row[shown:], db=db)
    return [b"null" if value is None else value for value in row[:shown]]


async def _fetch(actor: Actor, statement: Statement, values: dict[str, Any], db: Db | None) -> list[Any]:
    bound = statement.bound(
        {
            "organisation": actor.organisation_id,
            "me": actor.id,
            "endpoint": actor.endpoint_id,
            "now": clock.now(),
            **values,
        }
    )
    if db is not None:
        rows = await db.fetch(statement.sql, *bound)
    else:
        rows = await database.current().reads.fetch(actor.organisation_id, statement.sql, bound)
    return await opening.opened(actor.organisation_id, rows) if statement.is_sealed else rows
