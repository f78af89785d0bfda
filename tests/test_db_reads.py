"""The read lane: single statements, each seen by the one organisation that asks."""

import asyncio
from contextlib import suppress

import asyncpg
import orjson
import pytest

from app import db as database
from app import ids
from app.config import Settings
from app.errors import Invalid, Unavailable
from app.events.models import OutboxEvent
from app.failures import Busy
from tests.lanes import opened_with, read_lane
from tests.world import World, found_world

NAMED = "select current_setting('app.organisation')"
BACKEND = "select pg_backend_pid()"
PEOPLE = "select id from person"


async def test_each_statement_is_seen_by_the_organisation_that_asks(address: str) -> None:
    names = [ids.new("org") for _ in range(5)]

    async with read_lane(address) as lane:
        seen = await asyncio.gather(*(lane.fetch(name, NAMED, ()) for name in names * 20))

    assert [rows[0][0] for rows in seen] == names * 20


async def test_callers_who_go_away_leave_no_organisation_behind(address: str) -> None:
    gone, here = ids.new("org"), ids.new("org")

    async with read_lane(address, size=1) as lane:
        for turn in range(30):
            task = asyncio.create_task(lane.fetch(gone, NAMED, ()))
            for _ in range(turn):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            assert (await lane.fetch(here, NAMED, ()))[0][0] == here


async def test_a_statement_that_fails_leaves_no_organisation_behind(address: str) -> None:
    failed, here = ids.new("org"), ids.new("org")

    async with read_lane(address, size=1) as lane:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await lane.fetch(failed, "select nonsense", ())

        assert (await lane.fetch(here, NAMED, ()))[0][0] == here


async def test_nobody_reads_the_rows_of_another_organisation(world: World) -> None:
    other, reads = await found_world("Other"), database.current().reads

    mine = {row[0] for row in await reads.fetch(world.organisation_id, PEOPLE, ())}
    theirs = {row[0] for row in await reads.fetch(other.organisation_id, PEOPLE, ())}

    assert mine == set(world.people.values())
    assert theirs == set(other.people.values())
    assert await reads.fetch("", PEOPLE, ()) == []


async def test_a_connection_outlives_the_statements_that_fail_on_it(address: str) -> None:
    async with read_lane(address, size=1) as lane:
        pids = set()
        for _ in range(3):
            with pytest.raises(asyncpg.UndefinedColumnError):
                await lane.fetch("", "select nonsense", ())
            pids.add((await lane.fetch("", BACKEND, ()))[0][0])

    assert len(pids) == 1


async def test_callers_who_go_away_while_a_connection_is_made_leave_none_open(
    address: str, owner: asyncpg.Connection
) -> None:
    name = ids.new("tst")
    for turns in range(30):
        async with read_lane(address, application_name=name) as lane:
            task = asyncio.create_task(lane.fetch("", NAMED, ()))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    assert await gone(owner, name)


async def gone(owner: asyncpg.Connection, name: str) -> bool:
    """Whether every connection of a lane has ended; the server takes a moment to see it."""
    for _ in range(200):
        if not await owner.fetchval("select count(*) from pg_stat_activity where application_name = $1", name):
            return True
    return False


async def test_a_lane_leaves_no_connection_open(address: str, owner: asyncpg.Connection) -> None:
    name = ids.new("tst")
    async with read_lane(address, size=2, application_name=name) as lane:
        # The first statement of a connection fails, the second is given up.
        with pytest.raises(asyncpg.UndefinedColumnError):
            await lane.fetch("", "select nonsense", ())
        waiting = [asyncio.create_task(lane.fetch("", "select pg_sleep(4)", ())) for _ in range(2)]
        while await owner.fetchval("select count(*) from pg_stat_activity where query ~ 'pg_sleep[(]4[)]'") < 2:
            pass
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    assert await gone(owner, name)


async def test_statements_are_prepared_once_and_not_kept_for_ever(address: str) -> None:
    async with read_lane(address, size=1) as lane:
        for _ in range(2):
            for number in range(401):
                assert (await lane.fetch("", f"select {number}", ()))[0][0] == number
        (kept,) = await lane.fetch("", "select count(*) from pg_prepared_statements", ())

    assert kept[0] <= 401


async def test_a_value_that_no_column_can_hold_is_the_callers_fault(address: str) -> None:
    async with read_lane(address) as lane:
        for sql, value in (("select $1::int", 2**31), ("select $1::text", "a\x00"), ("select $1::text::date", "x")):
            with pytest.raises(Invalid):
                await lane.fetch("", sql, (value,))


async def test_a_read_that_takes_too_long_can_be_repeated(address: str) -> None:
    async with read_lane(address, statement_timeout="20") as lane:
        with pytest.raises(Unavailable, match="took too long"):
            await lane.fetch("", "select pg_sleep(4)", ())


async def test_who_waits_in_vain_for_a_connection_is_told_so(address: str, settings: Settings) -> None:
    async with opened_with(address, settings, read_pool_size=1, pool_wait_seconds=0.05) as tight:
        first = asyncio.create_task(tight.reads.fetch("", "select pg_sleep(0.3)", ()))
        await asyncio.sleep(0)

        with pytest.raises(Busy) as refused:
            await tight.reads.fetch("", BACKEND, ())

        assert (refused.value.code, refused.value.status) == ("busy", 503)
        await first
        assert await tight.reads.fetch("", BACKEND, ())


async def test_who_waits_long_enough_gets_a_connection(address: str, settings: Settings) -> None:
    async with opened_with(address, settings, read_pool_size=1) as tight:
        await asyncio.gather(*(tight.reads.fetch("", "select pg_sleep(0.01)", ()) for _ in range(10)))


async def test_json_passes_through_as_the_bytes_that_postgresql_wrote(address: str) -> None:
    async with read_lane(address) as lane:
        ((body,),) = await lane.fetch("", "select json_build_object('a', $1::text)", ("é",))

    assert orjson.loads(body) == {"a": "é"}


async def test_a_worker_moves_the_queues_of_all_organisations_and_sees_nothing_else(world: World) -> None:
    async with database.current().queueing() as queue:
        found = await queue.fetch(f"select distinct organisation_id from {OutboxEvent.__tablename__}")  # noqa: S608

    assert world.organisation_id in {row[0] for row in found}
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.current().queueing() as queue:
            await queue.fetch(PEOPLE)


async def test_workers_that_begin_at_once_share_one_pool(
    address: str, settings: Settings, owner: asyncpg.Connection
) -> None:
    async def backend(opened: database.Database) -> int:
        async with opened.queueing() as queue:
            return int(await queue.fetchval(BACKEND))

    async with opened_with(address, settings) as opened:
        pids = await asyncio.gather(*(backend(opened) for _ in range(3)))

    assert await owner.fetchval("select count(*) from pg_stat_activity where pid = any($1)", pids) == 0
