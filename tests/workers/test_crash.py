"""A worker that is killed: nothing is lost, and little is sent twice."""

import asyncio
import os
import sys
from collections import Counter

import asyncpg
import pytest

from app import clock as clocks
from app.config import Settings
from app.workers.run import Worker
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms
from tests.workers.steps import rows_of
from tests.world import World

EVENTS = 60
PROGRAM = """
import asyncio, os
from app import config, db
from app.workers.run import Worker

async def main():
    db.use(db.Database(os.environ["ADDRESS"], config.settings()))
    await Worker().run()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_what_a_killed_worker_had_begun_is_done_by_the_next(
    world: World, owner: asyncpg.Connection, clock: TestClock, address: str, settings: Settings, endpoint: MakeEndpoint,
    receiver: Lms,
) -> None:  # fmt: skip
    made = await endpoint()
    for _ in range(EVENTS):
        await world.person()
    assert settings.secret_key is not None
    environment = os.environ | {"ADDRESS": address, "FLIPSIDE_SECRET_KEY": settings.secret_key.get_secret_value()}
    killed = asyncio.Event()

    async def kill(_hook: Hook) -> bytes:
        if len(receiver.hooks) == EVENTS // 2 and not killed.is_set():
            process.kill()
            killed.set()
        return OK

    receiver.reply = kill
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, env=environment)
    async with asyncio.timeout(60):
        await killed.wait()
        await process.wait()
    # It lived by the wall clock; an hour later its leases have run out.
    clocks.use(None)
    clock.set(clocks.now())
    clock.advance(hours=1)
    clocks.use(lambda: clock.time)
    await Worker().drain()

    deliveries = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert [one["status"] for one in deliveries] == ["delivered"] * EVENTS
    assert sorted(one["sequence"] for one in deliveries) == list(range(1, EVENTS + 1))
    arrived = Counter(hook.headers["webhook-id"] for hook in receiver.hooks)
    assert len(arrived) == EVENTS
    assert arrived.total() - EVENTS <= 10
