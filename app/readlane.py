"""The lane of the reads: a few bare connections that hold prepared statements and send no BEGIN."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from app.errors import Unavailable
from app.failures import LOST, Busy, translated

_PREPARED_PER_CONNECTION = 400
_SERVE = "select set_config('app.organisation', $1, false)"


@dataclass(slots=True)
class _Held:
    """A connection of the read lane, the statements it has prepared and the organisation it serves."""

    connection: asyncpg.Connection
    organisation_id: str | None = None
    prepared: dict[str, Any] = field(default_factory=dict)

    async def fetch(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        if self.organisation_id != organisation_id:
            # Forget first: a failure in the middle must not leave the wrong name on the connection.
            self.organisation_id = None
            await (await self._statement(_SERVE)).fetch(organisation_id)
            self.organisation_id = organisation_id
        return await (await self._statement(sql)).fetch(*values)  # type: ignore[no-any-return]

    async def _statement(self, sql: str) -> Any:
        statement = self.prepared.get(sql)
        if statement is None:
            if len(self.prepared) >= _PREPARED_PER_CONNECTION:
                self.prepared.clear()
            statement = self.prepared[sql] = await self.connection.prepare(sql)
        return statement


class ReadLane:
    """A stack of connections for single statements outside any transaction."""

    def __init__(self, dsn: str, size: int, settings: dict[str, str], wait_seconds: float) -> None:
        self._dsn, self._settings, self._wait = dsn, settings, wait_seconds
        self._free: list[_Held] = []
        self._slots = asyncio.Semaphore(size)

    async def fetch(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        """The rows of one statement, seen by one organisation. Raises `Busy` when no connection comes free."""
        if self._slots.locked():
            try:
                async with asyncio.timeout(self._wait):
                    await self._slots.acquire()
            except TimeoutError:
                raise Busy from None
        else:
            await self._slots.acquire()
        try:
            return await self._fetch(organisation_id, sql, values)
        except asyncpg.PostgresError as error:
            if known := translated(error):
                raise known from error
            raise
        finally:
            self._slots.release()

    async def _fetch(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        # A read may be repeated: once on each connection that turns out dead, then once on a new one.
        while self._free:
            with suppress(*LOST, asyncpg.InvalidCachedStatementError):
                return await self._fetch_on(self._taken(organisation_id), organisation_id, sql, values)
        try:
            held = _Held(await _connect(self._dsn, self._settings))
            return await self._fetch_on(held, organisation_id, sql, values)
        except LOST as error:
            raise Unavailable("The database cannot be reached. Try again in a moment.") from error

    def _taken(self, organisation_id: str) -> _Held:
        """A free connection, best the one that was used last and serves the organisation already."""
        for index in range(len(self._free) - 1, -1, -1):
            if self._free[index].organisation_id == organisation_id:
                return self._free.pop(index)
        return self._free.pop()

    async def _fetch_on(self, held: _Held, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            rows = await held.fetch(organisation_id, sql, values)
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
