"""A worker that is killed: nothing is lost, little is sent twice, and every line keeps its order."""

import asyncio
import os
import sys
from contextlib import AsyncExitStack

import asyncpg
import pytest

from app import clock as clocks
from app.config import Settings
from app.workers.run import Worker
from tests.chaos.proof import Listener, account
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, listening
from tests.world import World

ORDERINGS = ("none", "key", "strict")
EVENTS, PEOPLE = 48, 12
PROGRAM = """
import asyncio, os
from app import config, db
from app.workers import run

async def nothing():
    pass  # it lives by the wall clock, by which what other tests have made may be too old to keep

async def main():
    db.use(db.Database(os.environ["ADDRESS"], config.settings()))
    run.sweep = nothing
    await run.Worker().run()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_what_a_killed_worker_had_begun_is_done_by_the_next_in_every_ordering(
    world: World, owner: asyncpg.Connection, clock: TestClock, address: str, settings: Settings, endpoint: MakeEndpoint
) -> None:
    assert settings.secret_key is not None
    environment = os.environ | {"ADDRESS": address, "FLIPSIDE_SECRET_KEY": settings.secret_key.get_secret_value()}
    killed = asyncio.Event()

    async def kill(_hook: Hook) -> bytes:
        if sum(len(it.hooks) for it in listeners) == len(ORDERINGS) * EVENTS // 2:
            process.kill()
            killed.set()
        return OK

    async with AsyncExitStack() as servers:
        heard = {one: await servers.enter_async_context(listening()) for one in ORDERINGS}
        made = {one: await endpoint(lms.url, ordering=one) for one, lms in heard.items()}
        listeners = [Listener(one, made[one]["id"], made[one]["secret"], lms.hooks) for one, lms in heard.items()]
        people = [await world.person() for _ in range(PEOPLE)]
        for place in range(PEOPLE, EVENTS):
            await world.do("admin", "update_person", people[place % PEOPLE], title=f"Title {place}")
        for lms in heard.values():
            lms.reply = kill
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, env=environment)
        async with asyncio.timeout(60):
            await killed.wait()
            await process.wait()
        for it in listeners:
            await it.look(owner)
        # It lived by the wall clock; an hour later its leases have run out.
        clocks.use(None)
        clock.set(clocks.now())
        clock.advance(hours=1)
        clocks.use(lambda: clock.time)
        await Worker().drain()
    accounts = [await account(owner, it) for it in listeners]

    assert [one for one in accounts if one.sent != EVENTS or not one.holds] == []
    assert sum(one.in_flight for one in accounts) > 0
