"""Questions about people that a change depends on."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.people.models import DoNotPair, Person

# UNION, not UNION ALL: nobody is visited twice, so a cycle that slipped in does not run for ever.
_LINES = """
    with recursive line as (
        select id, manager_id from person where organisation_id = $1 and id = any($2)
        union
        select p.id, p.manager_id from person p join line on p.id = line.manager_id where p.organisation_id = $1
    ) select id, manager_id from line
"""
_HOLD = "select pg_advisory_xact_lock{}(hashtextextended($1, 0))"


async def reports_to(db: Db, person_id: str, manager_id: str) -> bool:
    """Whether `manager_id` stands above `person_id` in the line, at any depth, or is that very person."""
    line = sa.select(sa.literal(person_id, sa.Text).label("id")).cte("line", recursive=True)
    here = sa.and_(col(Person.organisation_id) == db.organisation_id, col(Person.id) == line.c.id)
    above = sa.select(col(Person.manager_id)).join_from(line, Person, here).where(col(Person.manager_id).is_not(None))
    # UNION, not UNION ALL: nobody is visited twice, so a cycle that slipped in does not run for ever.
    line = line.union(above)
    return bool(await db.scalar(sa.select(sa.exists().where(line.c.id == manager_id))))


async def managers(db: Db, person_ids: Iterable[str]) -> dict[str, str | None]:
    """The manager of everybody in the lines of these people, up to the roots; `None` for who has none."""
    return dict(map(tuple, await db.fetch(_LINES, db.organisation_id, list(person_ids))))


async def lock_lines(db: Db) -> None:
    """Let nobody else change or rely on this organisation's reporting lines until the transaction ends."""
    await db.fetch(_HOLD.format(""), f"lines/{db.organisation_id}")


async def hold_lines(db: Db) -> None:
    """Let nobody change this organisation's reporting lines, or whom it keeps apart, until the transaction ends."""
    await db.fetch(_HOLD.format("_shared"), f"lines/{db.organisation_id}")


async def lock_arrivals(db: Db) -> None:
    """Of those who hold the lines, let nobody else give people the manager whom they waited for."""
    await db.fetch(_HOLD.format(""), f"arrivals/{db.organisation_id}")


async def kept_apart(db: Db, one: str, other: str) -> bool:
    """Whether an entry bars these two from being paired."""
    first, second = sorted((one, other))
    barred = sa.exists().where(
        col(DoNotPair.organisation_id) == db.organisation_id,
        col(DoNotPair.person_id) == first,
        col(DoNotPair.other_person_id) == second,
    )
    return bool(await db.scalar(sa.select(barred)))
