"""The lane of the reads: a few bare connections that hold prepared statements and send no BEGIN."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from app.errors import Unavailable
from app.failures import LOST, Busy, translated

_PREPARED_PER_CONNECTION = 400
# The condition needs no row, so the executor settles it before it asks for one: row-level security finds the
# organisation set, and set for this statement alone. "offset 0" keeps the two apart whatever the planner would gain.
_READ = """
    select * from ({} offset 0) as answer where (select set_config('app.organisation', ${}, true)) is not null
"""
_SERVE = "select set_config('app.organisation', $1, false)"


@dataclass(slots=True)
class _Held:
    """A connection of the read lane, the statements it has prepared and for which organisation it wrote last."""

    connection: asyncpg.Connection
    organisation_id: str | None = None
    prepared: dict[str, Any] = field(default_factory=dict)

    async def fetch(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        statement = self.prepared.get(sql) or await self._prepare(sql, _READ.format(sql, len(values) + 1))
        return await statement.fetch(*values, organisation_id)  # type: ignore[no-any-return]

    async def change(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        if self.organisation_id != organisation_id:
            # Forget first: a failure in the middle must not leave the wrong name on the connection.
            self.organisation_id = None
            await (self.prepared.get(_SERVE) or await self._prepare(_SERVE, _SERVE)).fetch(organisation_id)
            self.organisation_id = organisation_id
        return await (self.prepared.get(sql) or await self._prepare(sql, sql)).fetch(*values)  # type: ignore[no-any-return]

    async def _prepare(self, key: str, sql: str) -> Any:
        if len(self.prepared) >= _PREPARED_PER_CONNECTION:
            self.prepared.clear()
        statement = self.prepared[key] = await self.connection.prepare(sql)
        return statement


_Work = Callable[[_Held], Awaitable[list[Any]]]


class ReadLane:
    """A stack of connections for single statements outside any transaction."""

    def __init__(self, dsn: str, size: int, settings: dict[str, str], wait_seconds: float) -> None:
        self._dsn, self._settings, self._wait = dsn, settings, wait_seconds
        self._free: list[_Held] = []
        self._slots = asyncio.Semaphore(size)

    async def fetch(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        """The rows of one query, seen by one organisation. Raises `Busy` when no connection comes free."""
        return await self._run(lambda held: held.fetch(organisation_id, sql, values))

    async def change(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        """What one statement returns that writes, apart from any transaction. Raises `Busy` as `fetch` does."""
        return await self._run(lambda held: held.change(organisation_id, sql, values))

    async def _run(self, work: _Work) -> list[Any]:
        if self._slots.locked():
            try:
                async with asyncio.timeout(self._wait):
                    await self._slots.acquire()
            except TimeoutError:
                raise Busy from None
        else:
            await self._slots.acquire()
        try:
            return await self._run_somewhere(work)
        except asyncpg.PostgresError as error:
            if known := translated(error):
                raise known from error
            raise
        finally:
            self._slots.release()

    async def _run_somewhere(self, work: _Work) -> list[Any]:
        # It may be repeated: once on each connection that turns out dead, then once on a new one.
        while self._free:
            with suppress(*LOST, asyncpg.InvalidCachedStatementError):
                return await self._run_on(self._free.pop(), work)
        try:
            return await self._run_on(_Held(await _connect(self._dsn, self._settings)), work)
        except LOST as error:
            raise Unavailable("The database cannot be reached. Try again in a moment.") from error

    async def _run_on(self, held: _Held, work: _Work) -> list[Any]:
        try:
            rows = await work(held)
        except (*LOST, asyncpg.InvalidCachedStatementError):
            held.connection.terminate()
            raise
        except BaseException:
            held.prepared.clear()
            self._free.append(held)
            raise
        self._free.append(held)
        return rows

    async def close(self) -> None:
        """Close every idle connection."""
        while self._free:
            await self._free.pop().connection.close(timeout=2)


async def _connect(dsn: str, settings: dict[str, str]) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn, server_settings=settings, timeout=5)
    await json_as_bytes(connection)
    return connection


async def json_as_bytes(connection: asyncpg.Connection) -> None:
    """PostgreSQL writes the JSON of answers; it passes through as bytes. Columns are jsonb, so none is concerned."""
    await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")
