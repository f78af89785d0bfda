"""The only ways to the database: `reading()` for answers, `writing()` for changes, `queueing()` and `claiming()` for
the workers.

Each lane has its own small pool: bare connections that hold prepared statements and send no BEGIN (reads), SQLAlchemy
sessions in one transaction (writes), bare transactions under the worker's role, on disk when they end or soon after.
"""

import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import asyncpg
import orjson
from sqlalchemy import event, exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import SQLModel

from app import changing, clock, config, loading
from app.errors import Conflict, Unavailable
from app.failures import FAILED, LOST, Busy, translated
from app.loading import Model
from app.queuelane import QueueLane
from app.readlane import ReadLane, json_as_bytes

APP_ROLE, WORKER_ROLE = "flipside_app", "flipside_worker"
_ORGANISATION = re.compile(r"org_[0-7][0-9a-hjkmnp-tv-z]{25}")
# Longer ones would be held in memory for nothing.
_INSERTED_AT_ONCE = 5000
# What was stamped longer ago than this is committed, or never will be: who walks along `updated_at` relies on it.
LONGEST_SECONDS = 120.0


class Stale(Conflict):
    """The object changed since the caller read it."""

    code, status, title = "stale_version", 412, "Stale version"

    def __init__(self) -> None:
        super().__init__("The object has changed since you read it. Read it again, then repeat the change.")


# Where the version stands that a caller expects of what they call by a name of theirs.
BY_NAME = ""


class Db(AsyncSession):
    """One write transaction. `actor_id` signs its events, `expected` holds the versions that callers named, by id."""

    organisation_id: str
    actor_id: str | None = None
    expected: dict[str, int]
    facts: list[changing.Row]
    driver: Any

    def write_down(self, model: type[SQLModel], **values: Any) -> None:
        """Add a row that nobody looks at again in this transaction: no entity is made of it."""
        self.facts.append((model, values))

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """The rows of a fixed statement, sent straight to the driver: a seventh of what an entity's select costs."""
        return await self.driver.fetch(sql, *values)  # type: ignore[no-any-return]

    def entity(self, kind: type[Model], record: Any, *, refresh: bool = False) -> Model:
        """The entity of a row that `fetch` answered, as `loading.entity`: what is set on it is written at the end."""
        return loading.entity(self.sync_session, kind, record, refresh=refresh)

    def check_version(self, row: Any) -> None:
        """Refuse to change a row of another version than the caller named."""
        if (version := self.expected.pop(row.id, None)) is not None and version != row.version:
            raise Stale

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Send what is pending: all new and changed rows in one statement, then what is deleted."""
        for row in await self._pending():
            self.expunge(row)
            make_transient_to_detached(row)
            self.add(row)
        if self.deleted:
            await super().flush(objects)

    async def finish(self) -> None:
        """As `flush`, when nobody will ask for the new rows again: telling the session of them costs more than them."""
        await (self.flush() if self.deleted else self._pending())

    async def _pending(self) -> Sequence[Any]:
        """Send the new and the changed rows; the new ones."""
        new = sorted(self.new, key=_when_added)
        rows = [(type(row), row.__dict__) for row in new] + self.facts
        while len(rows) > _INSERTED_AT_ONCE:
            await self._send(rows[:_INSERTED_AT_ONCE], [])
            rows = rows[_INSERTED_AT_ONCE:]
        await self._send(rows, [change for row in self.dirty if (change := _changed(row))])
        self.facts = []
        return new

    async def _send(self, rows: Sequence[changing.Row], changes: Sequence[changing.Change]) -> None:
        if rows or changes:
            sql, values = changing.statement(rows, changes)
            answer = await self.fetch(sql, *values)
            if changes and answer[0][0] != len(changes):
                raise StaleDataError("a row that was to be changed is not there")


def _when_added(row: Any) -> int:
    return instance_state(row).insert_order or 0


def _changed(row: Any) -> changing.Change | None:
    """What was set on a row, from here on taken as sent. Its version rises: strong ETags and If-Match live on it."""
    before, now = instance_state(row).committed_state, row.__dict__
    names = [name for name, value in before.items() if now[name] != value]
    if names and "version" in now:
        names += {"version", "updated_at"} - {*names}
        row.version, row.updated_at = now["version"] + 1, clock.now()
    for name in tuple(before):
        set_committed_value(row, name, now[name])
    return (type(row), now, tuple(sorted(names))) if names else None


def _pass_json_through(connection: Any, _record: Any) -> None:
    connection.run_async(json_as_bytes)


class Database:
    """The lanes to one PostgreSQL server."""

    def __init__(self, dsn: str, settings: config.Settings) -> None:
        self.dsn = dsn
        served = {
            "timezone": "UTC",
            "statement_timeout": str(settings.statement_timeout_ms),
            "lock_timeout": str(settings.statement_timeout_ms),
            "idle_in_transaction_session_timeout": "10000",
            "jit": "off",
            # Every list walks an index that fits it, whatever the values: planning each time anew finds nothing better.
            "plan_cache_mode": "force_generic_plan",
        }
        self._app = served | {"role": APP_ROLE}
        self._worker = served | {"role": WORKER_ROLE, "statement_timeout": "30000"}
        self._writers = settings.write_pool_size
        self.reads = ReadLane(dsn, settings.read_pool_size, self._app, settings.pool_wait_seconds)
        self.engine: AsyncEngine = create_async_engine(
            dsn.replace("postgresql://", "postgresql+asyncpg://", 1),
            # We speak BEGIN and COMMIT ourselves: BEGIN and the organisation go out in one round trip.
            isolation_level="AUTOCOMMIT",
            pool_size=settings.write_pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_wait_seconds,
            pool_reset_on_return=None,
            json_serializer=changing.json_text,
            json_deserializer=orjson.loads,
            connect_args={"server_settings": self._app, "timeout": 5},
        )
        event.listen(self.engine.sync_engine, "connect", _pass_json_through)
        self._queue = QueueLane(dsn, self._worker)
        self._claims = QueueLane(dsn, self._worker | {"synchronous_commit": "off"})

    @asynccontextmanager
    async def writing(self, organisation_id: str) -> AsyncIterator[Db]:
        """One transaction in the name of one organisation: all of it is committed, or none.

        Raises `Busy` or `Unavailable` when there is no connection, the `DomainError` declared for a constraint
        that the changes break, and whatever the block raises.
        """
        if not _ORGANISATION.fullmatch(organisation_id):
            raise ValueError("not the id of an organisation")
        began = time.monotonic()
        # A literal, not set_config(): a distributed engine hands only SET LOCAL on to its shards.
        async with self._begun(f"BEGIN; SET LOCAL app.organisation = '{organisation_id}'") as (connection, raw):
            try:
                async with Db(bind=connection, expire_on_commit=False, autoflush=False) as db:
                    db.organisation_id, db.expected, db.facts, db.driver = organisation_id, {}, [], raw
                    yield db
                    await db.finish()
                    if time.monotonic() - began > LONGEST_SECONDS:
                        raise Unavailable("The change took too long. Nothing was changed; try again.")
                    if await raw.execute("COMMIT") != "COMMIT":
                        raise Unavailable("The change could not be kept. Nothing was changed; try again.")
            except FAILED as error:
                await _roll_back(connection, raw)
                if known := translated(error):
                    raise known from error
                raise
            except BaseException:
                await _roll_back(connection, raw)
                raise

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[tuple[AsyncConnection, Any]]:
        """A connection in a transaction that has begun; those that died while they lay in the pool are passed over."""
        for _ in range(self._writers + 1):
            connection = await self._connect()
            try:
                raw = await _driver(connection)
                await raw.execute(begin)
            except BaseException as error:
                await connection.invalidate()
                await connection.close()
                if isinstance(error, LOST):
                    continue
                raise
            try:
                yield connection, raw
            finally:
                await connection.close()
            return
        raise Unavailable("The database cannot be reached. Try again in a moment.")

    async def _connect(self) -> AsyncConnection:
        try:
            return await self.engine.connect()
        except exc.TimeoutError:
            raise Busy from None
        except (exc.DBAPIError, *LOST) as error:
            raise Unavailable("The database cannot be reached. Try again in a moment.") from error

    def queueing(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """One transaction of a worker, over the queues of all organisations and nothing else."""
        return self._queue.transaction()

    def claiming(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """As `queueing`, for what would only be done again: its commit does not wait for the disk.

        A crash of PostgreSQL can undo the last half second of it, though never a part of a transaction.
        """
        return self._claims.transaction()

    async def claim(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """As `claiming`, with one statement; what it answers."""
        return await self._claims.fetch(statement, *values)

    async def close(self) -> None:
        """Close every lane."""
        await self.reads.close()
        await self.engine.dispose()
        await self._queue.close()
        await self._claims.close()


async def _driver(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


async def _roll_back(connection: AsyncConnection, raw: Any) -> None:
    if raw.is_closed():
        with suppress(exc.SQLAlchemyError):
            await connection.invalidate()
        return
    try:
        await raw.execute("ROLLBACK")
    except (*LOST, asyncpg.PostgresError):
        await connection.invalidate()


_database: Database | None = None


def use(database: Database | None) -> Database | None:
    """Make `database` the one that this process works on; the one before."""
    global _database
    before, _database = _database, database
    return before


def current() -> Database:
    """The database of this process."""
    if _database is None:
        raise RuntimeError("no database is open")
    return _database
