"""Trails to look at: what is on record, and what becomes of it."""

from typing import Any

import asyncpg

from app import db as database
from app.workers import chaining
from tests.world import World

_SELECT = """
    select e.*, array(select person_id from audit_subject where entry_id = e.id) as subjects
    from audit_entry e where organisation_id = $1 order by id
"""


async def entries(owner: asyncpg.Connection, world: World, **like: Any) -> list[asyncpg.Record]:
    """The entries of an organisation that look like this, in the order of writing."""
    found = await owner.fetch(_SELECT, world.organisation_id)
    return [row for row in found if all(row[name] == value for name, value in like.items())]


async def with_trail(world: World) -> World:
    """The same organisation, in which three things were done."""
    for _ in range(3):
        await world.person()
    return world


async def chained(world: World) -> None:
    """Give every waiting entry of an organisation its place."""
    async with database.current().queueing() as connection:
        await chaining.place(connection, world.organisation_id)
