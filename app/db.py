"""The only ways to the database: `reading()` for answers, `writing()` for changes, `queueing()` for the workers.

Three lanes, each with its own small pool: bare connections that hold prepared statements and send no
BEGIN (reads), SQLAlchemy sessions in one transaction (writes), bare transactions under the worker's role.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from sqlalchemy import event, exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state
from sqlmodel import SQLModel

from app import clock, config, inserting
from app.errors import Conflict, DomainError, Invalid, Unavailable

APP_ROLE, WORKER_ROLE = "flipside_app", "flipside_worker"
_ORGANISATION = re.compile(r"org_[0-7][0-9a-hjkmnp-tv-z]{25}")
# The server is gone, goes, comes back or takes nobody else in.
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # The driver's word for a connection that has read the server's farewell, but not yet its end.
    asyncpg.InternalClientError,
    OSError,
)
# What a statement of ours can raise: through SQLAlchemy, or straight from the driver.
_FAILED = (
    exc.DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
)
_PREPARED_PER_CONNECTION = 400
_SERVE = "select set_config('app.organisation', $1, false)"
# A statement takes 32,767 values; the widest table has about thirty columns.
_INSERTED_AT_ONCE = 500


class Busy(Unavailable):
    """No connection became free in time."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("The service is busy. Try again in a moment.")


class Stale(Conflict):
    """The object changed since the caller read it."""

    code, status, title = "stale_version", 412, "Stale version"

    def __init__(self) -> None:
        super().__init__("The object has changed since you read it. Read it again, then repeat the change.")


class Db(AsyncSession):
    """One write transaction. `actor_id` signs its events, `expected` holds the versions that callers named."""

    organisation_id: str
    actor_id: str | None = None
    expected: dict[str, int]
    facts: list[inserting.Row]

    def write_down(self, model: type[SQLModel], **values: Any) -> None:
        """Add a row that nobody looks at again in this transaction: no entity is made of it."""
        self.facts.append((model, values))

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """The rows of a fixed statement, sent straight to the driver: a fifth of what an entity's select costs."""
        return await (await _driver(await self.connection())).fetch(sql, *values)  # type: ignore[no-any-return]

    def check_version(self, row: Any) -> None:
        """Refuse to change a row of another version than the caller named."""
        if (version := self.expected.pop(row.id, None)) is not None and version != row.version:
            raise Stale

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Send what is pending: all new rows in one statement, then the changes."""
        if objects is None:
            new = sorted(self.new, key=_when_added)
            rows = [(type(row), row.__dict__) for row in new] + self.facts
            for start in range(0, len(rows), _INSERTED_AT_ONCE):
                sql, values = inserting.statement(rows[start : start + _INSERTED_AT_ONCE])
                await self.fetch(sql, *values)
            self.facts = []
            for row in new:
                self.expunge(row)
                make_transient_to_detached(row)
                self.add(row)
        await super().flush(objects)


def _when_added(row: Any) -> int:
    return instance_state(row).insert_order or 0


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
            if known := _translated(error):
                raise known from error
            raise
        finally:
            self._slots.release()

    async def _fetch(self, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        # A read may be repeated: once on each connection that turns out dead, then once on a new one.
        while self._free:
            with suppress(*_LOST, asyncpg.InvalidCachedStatementError):
                return await self._fetch_on(self._taken(organisation_id), organisation_id, sql, values)
        try:
            held = _Held(await _connect(self._dsn, self._settings))
            return await self._fetch_on(held, organisation_id, sql, values)
        except _LOST as error:
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
        except (*_LOST, asyncpg.InvalidCachedStatementError):
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
    await _json_as_bytes(connection)
    return connection


async def _json_as_bytes(connection: asyncpg.Connection) -> None:
    """PostgreSQL writes the JSON of answers; it passes through as bytes. Columns are jsonb, so none is concerned."""
    await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")


def _pass_json_through(connection: Any, _record: Any) -> None:
    connection.run_async(_json_as_bytes)


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
            connect_args={"server_settings": self._app, "timeout": 5},
        )
        event.listen(self.engine.sync_engine, "connect", _pass_json_through)
        self._queue: asyncpg.Pool | None = None
        self._queue_opening = asyncio.Lock()

    @asynccontextmanager
    async def writing(self, organisation_id: str) -> AsyncIterator[Db]:
        """One transaction in the name of one organisation: all of it is committed, or none.

        Raises `Busy` or `Unavailable` when there is no connection, the `DomainError` declared for a constraint
        that the changes break, and whatever the block raises.
        """
        if not _ORGANISATION.fullmatch(organisation_id):
            raise ValueError("not the id of an organisation")
        # A literal, not set_config(): a distributed engine hands only SET LOCAL on to its shards.
        async with self._begun(f"BEGIN; SET LOCAL app.organisation = '{organisation_id}'") as (connection, raw):
            try:
                async with Db(bind=connection, expire_on_commit=False, autoflush=False) as db:
                    db.organisation_id, db.expected, db.facts = organisation_id, {}, []
                    yield db
                    await db.flush()
                    if await raw.execute("COMMIT") != "COMMIT":
                        raise Unavailable("The change could not be kept. Nothing was changed; try again.")
            except _FAILED as error:
                await _roll_back(connection, raw)
                if known := _translated(error):
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
                if isinstance(error, _LOST):
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
        except (exc.DBAPIError, *_LOST) as error:
            raise Unavailable("The database cannot be reached. Try again in a moment.") from error

    @asynccontextmanager
    async def queueing(self) -> AsyncIterator[asyncpg.Connection]:
        """One transaction of a worker, over the queues of all organisations and nothing else."""
        # A worker's loops begin at once: without the lock each would open a pool, and all but one be lost unclosed.
        async with self._queue_opening:
            if self._queue is None:
                self._queue = await asyncpg.create_pool(self.dsn, min_size=0, max_size=4, server_settings=self._worker)
        async with self._queue.acquire() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Close every lane."""
        await self.reads.close()
        await self.engine.dispose()
        if self._queue is not None:
            await self._queue.close()


async def _driver(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


async def _roll_back(connection: AsyncConnection, raw: Any) -> None:
    if raw.is_closed():
        with suppress(exc.SQLAlchemyError):
            await connection.invalidate()
        return
    try:
        await raw.execute("ROLLBACK")
    except (*_LOST, asyncpg.PostgresError):
        await connection.invalidate()


@event.listens_for(SyncSession, "before_flush")
def _stamp(session: SyncSession, *_: Any) -> None:
    """Raise the version of every changed row: strong ETags and If-Match live on it."""
    for row in session.dirty:
        if hasattr(row, "version") and session.is_modified(row):
            row.version += 1
            row.updated_at = clock.now()


_violations: dict[str, type[DomainError]] = {}


def on_violation(constraint: str, error: type[DomainError]) -> None:
    """Answer a broken constraint with an error of the domain; declared beside the table."""
    _violations[constraint] = error


def _translated(error: BaseException) -> DomainError | None:
    """What a failure of the database means to callers; `None` when it is a bug."""
    cause = error.orig.__cause__ if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    if isinstance(cause, asyncpg.IntegrityConstraintViolationError):
        return _violated(cause)
    if isinstance(cause, asyncpg.DataError):
        return Invalid("A value is outside what can be stored.")
    if isinstance(cause, asyncpg.LockNotAvailableError | asyncpg.DeadlockDetectedError):
        return Unavailable("Others are changing the same objects. Nothing was changed; try again.")
    if isinstance(cause, asyncpg.QueryCanceledError):
        return Unavailable("The database took too long. Nothing was changed; try again.")
    if isinstance(cause, _LOST):
        return Unavailable("The database connection was lost. Try again in a moment.")
    return None


def _violated(cause: asyncpg.IntegrityConstraintViolationError) -> DomainError | None:
    # A distributed engine appends the shard's number to the name.
    name = re.sub(r"_\d{6,}$", "", cause.constraint_name or "")
    if known := _violations.get(name):
        return known(known.__doc__ or known.title)
    if isinstance(cause, asyncpg.UniqueViolationError):
        return Conflict("An object with the same key exists already.")
    if isinstance(cause, asyncpg.ForeignKeyViolationError):
        return Conflict("Another object still refers to this one, or one that this refers to is gone.")
    return None


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
