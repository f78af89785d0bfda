"""Entries get their place: without gaps, in the order of writing, whoever works and whoever dies."""

import asyncio

import asyncpg
import pytest

from app import db as database
from app.audit import trail, verifying
from app.audit.verifying import Counted
from app.workers import chaining
from app.workers.chaining import Chainer
from tests.audit.trails import chained, entries, with_trail
from tests.world import World, found_world


@pytest.fixture(name="world")
async def _world(world: World) -> World:
    """An organisation of which something is on record."""
    return await with_trail(world)


async def finish() -> None:
    """Chain until nothing waits."""
    chainer = Chainer()
    while await chainer.step():
        pass


async def test_every_entry_gets_a_place_in_the_order_of_writing(world: World, owner: asyncpg.Connection) -> None:
    await finish()

    assert [entry["sequence"] for entry in await entries(owner, world)] == list(
        range(1, len(await entries(owner, world)) + 1)
    )
    assert not await Chainer().step()


async def test_a_long_queue_is_taken_in_bites(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(await entries(owner, world))
    monkeypatch.setattr(chaining, "BATCH", 2)
    monkeypatch.setattr(trail, "PAGE", 2)

    assert await verifying.verify(world.organisation_id) == Counted(0, count)
    await chained(world)
    assert await verifying.verify(world.organisation_id) == Counted(2, count - 2)
    await finish()
    assert await verifying.verify(world.organisation_id) == Counted(count, 0)


async def test_many_writers_and_workers_make_one_chain(world: World, owner: asyncpg.Connection) -> None:
    async def work() -> None:
        for _ in range(6):
            await Chainer().step()

    await asyncio.gather(*(world.person() for _ in range(20)), *(work() for _ in range(4)))
    await finish()

    count = len(await entries(owner, world))
    assert count >= 23
    assert await verifying.verify(world.organisation_id) == Counted(count, 0)


async def test_a_worker_that_dies_in_the_middle_leaves_no_gap(world: World, owner: asyncpg.Connection) -> None:
    count = len(await entries(owner, world))

    async def die() -> None:
        async with database.current().queueing() as connection:
            await chaining.place(connection, world.organisation_id)
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await die()
    assert await verifying.verify(world.organisation_id) == Counted(0, count)

    await finish()
    assert await verifying.verify(world.organisation_id) == Counted(count, 0)


async def test_while_one_worker_chains_another_finds_nothing_to_do(world: World) -> None:
    await world.person()
    async with database.current().queueing() as connection:
        await connection.execute("select pg_advisory_xact_lock($1)", chaining._LOCK)

        assert not await Chainer().step()


async def test_organisations_take_turns(
    world: World, monkeypatch: pytest.MonkeyPatch, owner: asyncpg.Connection
) -> None:
    await finish()
    other = await with_trail(await found_world("Elsewhere"))
    await world.person()
    await world.person()
    monkeypatch.setattr(chaining, "BATCH", 1)
    chainer = Chainer()

    await chainer.step()
    await chainer.step()

    assert [len(await entries(owner, it, sequence=None)) for it in (world, other)] == [
        1,
        len(await entries(owner, other)) - 1,
    ]
    await finish()
