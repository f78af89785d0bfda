"""A worker's few connections, for short transactions over the queues of all organisations."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

_MOST = 4


class QueueLane:
    """Connections with these settings, opened when they are first needed."""

    def __init__(self, dsn: str, served: Mapping[str, str]) -> None:
        self._dsn, self._served = dsn, served
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """One transaction, which ends with the block."""
        async with (await self._opened()).acquire() as connection, connection.transaction():
            yield connection

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """One statement, a transaction of its own: one round trip instead of three."""
        async with (await self._opened()).acquire() as connection:
            found: list[asyncpg.Record] = await connection.fetch(statement, *values)
            return found

    async def _opened(self) -> asyncpg.Pool:
        # A worker's loops begin at once: without the lock each would open a pool, and all but one be lost unclosed.
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn, min_size=0, max_size=_MOST, server_settings=self._served, reset=_as_it_is
                )
        return self._pool

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.close()


async def _as_it_is(_connection: Any) -> None:
    """Clear nothing away between two transactions, which leave nothing behind: it would be a round trip for each."""
