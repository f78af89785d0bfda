"""Connections that die, and a database that cannot be reached: refused with a reason, healed without a restart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
import sqlalchemy as sa
from sqlmodel import col

from app import ids
from app.config import Settings
from app.db import Database
from app.domain.organisations.models import Rank
from app.errors import Unavailable
from app.failures import Busy
from tests.lanes import opened_with, terminate, terminate_unseen
from tests.world import World

BACKEND = "select pg_backend_pid()"


@pytest.fixture
async def pair(address: str, settings: Settings) -> AsyncIterator[Database]:
    """A database with two connections a lane."""
    async with opened_with(address, settings) as opened:
        yield opened


async def write(opened: Database, organisation_id: str) -> int:
    """The backend of one small write."""
    async with opened.writing(organisation_id) as db:
        return int(await db.scalar(sa.text(BACKEND)) or 0)


async def read(opened: Database, organisation_id: str) -> int:
    """The backend of one small read."""
    return int((await opened.reads.fetch(organisation_id, f"{BACKEND}, pg_sleep(0.02)", ()))[0][0])


Lane = Callable[[Database, str], Awaitable[int]]
both_lanes = pytest.mark.parametrize("lane", [read, write])


@both_lanes
async def test_a_connection_that_died_while_it_lay_idle_is_replaced(
    pair: Database, world: World, address: str, lane: Lane
) -> None:
    first = await lane(pair, world.organisation_id)
    await terminate(address, first)

    assert await lane(pair, world.organisation_id) != first


@both_lanes
async def test_the_first_statement_may_be_the_one_to_notice(
    pair: Database, world: World, address: str, lane: Lane
) -> None:
    pids = await asyncio.gather(lane(pair, world.organisation_id), lane(pair, world.organisation_id))
    terminate_unseen(address, *pids)

    assert await lane(pair, world.organisation_id) not in pids


async def test_a_write_whose_connection_dies_is_undone_and_can_be_repeated(
    pair: Database, world: World, address: str
) -> None:
    async def die(terminated: Callable[[int], Awaitable[None]], *, statement: bool) -> None:
        async with pair.writing(world.organisation_id) as db:
            db.add(Rank(organisation_id=world.organisation_id, id=ids.new("rnk"), level=50, name="Lost"))
            await db.flush()
            await terminated(int(await db.scalar(sa.text(BACKEND)) or 0))
            if statement:
                await db.scalar(sa.text("select 1"))

    async def seen(pid: int) -> None:
        await terminate(address, pid)

    async def unseen(pid: int) -> None:
        terminate_unseen(address, pid)

    for terminated in (seen, unseen):
        for statement in (True, False):
            with pytest.raises(Unavailable, match="connection was lost"):
                await die(terminated, statement=statement)

    async with pair.writing(world.organisation_id) as db:
        assert 50 not in set(await db.scalars(sa.select(col(Rank.level))))


async def test_a_read_whose_connection_dies_is_made_again(
    pair: Database, world: World, address: str, owner: asyncpg.Connection
) -> None:
    slow = "select pg_backend_pid(), pg_sleep(0.2) as slow_read"
    await read(pair, world.organisation_id)
    reading = asyncio.create_task(pair.reads.fetch(world.organisation_id, slow, ()))
    running = None
    while running is None:
        running = await owner.fetchval(
            "select pid from pg_stat_activity where query ~ 'as slow_rea[d]' and state = 'active'"
        )
    await terminate(address, running)

    assert (await reading)[0][0] != running


async def test_a_table_that_changes_its_form_does_not_break_the_reads_of_it(
    pair: Database, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("create table formed as select 1 as a; grant select on formed to flipside_app")
    try:
        assert len((await pair.reads.fetch("", "select * from formed", ()))[0]) == 1
        await owner.execute("alter table formed add column b int")
        assert len((await pair.reads.fetch("", "select * from formed", ()))[0]) == 2
    finally:
        await owner.execute("drop table formed")


@both_lanes
async def test_a_database_that_is_not_there_is_unavailable(world: World, settings: Settings, lane: Lane) -> None:
    async with opened_with("postgresql://nobody@/none?host=/nowhere", settings) as nowhere:
        with pytest.raises(Unavailable, match="cannot be reached"):
            await lane(nowhere, world.organisation_id)


@both_lanes
async def test_a_server_that_takes_nobody_else_in_is_unavailable(
    world: World, settings: Settings, address: str, owner: asyncpg.Connection, lane: Lane
) -> None:
    await owner.execute("create role crowded login connection limit 0")
    try:
        async with opened_with(address.replace("flipside_owner@", "crowded@"), settings) as crowded:
            with pytest.raises(Unavailable, match="cannot be reached"):
                await lane(crowded, world.organisation_id)
    finally:
        await owner.execute("drop role crowded")


async def test_a_writer_who_waits_in_vain_for_a_connection_is_told_so(
    world: World, address: str, settings: Settings
) -> None:
    async with opened_with(address, settings, write_pool_size=1, pool_wait_seconds=0.05) as tight:
        async with tight.writing(world.organisation_id):
            with pytest.raises(Busy):
                await write(tight, world.organisation_id)

        assert await write(tight, world.organisation_id)


async def test_a_writer_who_goes_away_gives_the_connection_back(world: World, address: str, settings: Settings) -> None:
    async with opened_with(address, settings, write_pool_size=1) as tight:
        for turns in range(40):
            await write(tight, world.organisation_id)
            task = asyncio.create_task(write(tight, world.organisation_id))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        assert await write(tight, world.organisation_id)
