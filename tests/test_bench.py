"""The reference of the benchmarks is of today's schema, and answers what the service answers."""

from datetime import timedelta

import asyncpg
import orjson
import pytest

from app import clock, ids
from bench import limit
from tests.world import World


@pytest.mark.parametrize("sql", limit.STATEMENTS)
async def test_every_statement_of_the_reference_is_one_of_this_schema(owner: asyncpg.Connection, sql: str) -> None:
    await owner.prepare(sql)


async def test_the_reference_shows_of_a_new_session_what_the_service_shows(
    world: World, owner: asyncpg.Connection
) -> None:
    pairing = await world.pairing()
    shown = await world.session(pairing["id"])
    new = [ids.new(prefix) for prefix in ("ses", "att", "att", "evt")]
    values = [clock.now() + timedelta(days=9), 60, "remote", "A topic"]

    async with owner.transaction():
        made = await owner.fetchval(limit.CREATE, world.organisation_id, pairing["id"], new[0], *values, *new[1:])

    assert orjson.loads(made).keys() == shown.keys()
