"""Databases with pools of a test's own, and connections that die."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from app.config import Settings
from app.db import APP_ROLE, Database
from app.readlane import ReadLane


@asynccontextmanager
async def opened_with(address: str, settings: Settings, **changes: Any) -> AsyncIterator[Database]:
    """A database with other settings, of two connections a lane unless they say more."""
    small = {"read_pool_size": 2, "write_pool_size": 2, "pool_wait_seconds": 5}
    database = Database(address, settings.model_copy(update=small | changes))
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def read_lane(address: str, size: int = 2, **settings: str) -> AsyncIterator[ReadLane]:
    """A read lane of its own."""
    lane = ReadLane(address, size, {"role": APP_ROLE, **settings}, 5)
    try:
        yield lane
    finally:
        await lane.close()


async def terminate(address: str, *pids: int) -> None:
    """End these backends of the server, and wait until they are gone."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("select pg_terminate_backend(pid, 5000) from unnest($1::int[]) as pid", list(pids))
    finally:
        await connection.close()


def terminate_unseen(address: str, *pids: int) -> None:
    """As `terminate`, while this thread's loop stands still: the next statement is the first to notice."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, terminate(address, *pids)).result()
