"""Questions about people that a change depends on."""

import sqlalchemy as sa

from app.db import Db
from app.domain.people.models import DoNotPair, Person

# Deeper chains than this are data errors; the bound keeps a cycle that slipped in from running for ever.
_DEEPEST = 100


async def reports_to(db: Db, person_id: str, manager_id: str) -> bool:
    """Whether `manager_id` stands above `person_id` in the line, at any depth, or is that very person."""
    line = (
        sa.select(sa.literal(person_id, sa.Text).label("id"), sa.literal(0).label("depth")).cte("line", recursive=True)
    )
    above = (
        sa.select(Person.manager_id, line.c.depth + 1)  # type: ignore[call-overload]
        .join_from(line, Person, sa.and_(Person.organisation_id == db.organisation_id, Person.id == line.c.id))
        .where(Person.manager_id.is_not(None), line.c.depth < _DEEPEST)  # type: ignore[union-attr]
    )
    line = line.union(above)
    return bool(await db.scalar(sa.select(sa.exists().where(line.c.id == manager_id))))


async def lock_lines(db: Db) -> None:
    """Make changes of the reporting lines of this organisation one after the other, until the transaction ends."""
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"lines/{db.organisation_id}", 0))))


async def kept_apart(db: Db, one: str, other: str) -> bool:
    """Whether an entry bars these two from being paired."""
    first, second = sorted((one, other))
    barred = sa.exists().where(
        DoNotPair.organisation_id == db.organisation_id,
        DoNotPair.person_id == first,
        DoNotPair.other_person_id == second,
    )
    return bool(await db.scalar(sa.select(barred)))
