"""The PostgreSQL under a command: reached or started, at the right schema, stopped by whoever leaves last."""

import asyncio
import fcntl
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from app import db as database
from app import storage
from app.config import Settings
from app.db import WORKER_ROLE, Database
from app.embedded import Cluster
from app.sealing import rotating, wrapping
from app.sealing.wrapping import Keyring
from app.storage import DatabaseUnreachable

_SCHEME = re.compile(r"postgres(ql)?(\+asyncpg)?://")
_REVISION = "select version_num from alembic_version"


class DatabaseMissing(RuntimeError):
    """Production without `FLIPSIDE_DATABASE_URL`."""


class SchemaBehind(RuntimeError):
    """The database lacks migrations that this code needs."""


class MigrationFailed(RuntimeError):
    """The database refused a migration; nothing of it was kept."""


class DataFolderUnusable(RuntimeError):
    """`FLIPSIDE_DATA_DIR` names a folder that cannot be written."""


@contextmanager
def hosted(settings: Settings) -> Iterator[str]:
    """The owner's address of a database that answers, for as long as the block runs."""
    if settings.database_url is not None:
        address = plain(settings.database_url)
        asyncio.run(_ask(address, "select 1"))
        yield address
        return
    if not settings.is_development:
        raise DatabaseMissing(
            "FLIPSIDE_DATABASE_URL is not set. Production needs a PostgreSQL of its own: "
            "postgresql://user:password@host:5432/database."
        )
    with _guest_of(embedded(settings)):
        yield storage.owner_address(settings)


@contextmanager
def prepared(settings: Settings) -> Iterator[str]:
    """The address that requests are served from, at the schema of this code.

    The embedded server is migrated on the way; of any other that is an operator's decision (`flipside migrate`).
    """
    if settings.app_database_url is not None and settings.database_url is None:
        # Only the restricted connection is known here: it may serve, and cannot look at the migrations.
        yield plain(settings.app_database_url)
        return
    with hosted(settings) as owner:
        if settings.database_url is None:
            migrate(owner)
        else:
            require_current(owner)
        require_keys(owner, settings)
        yield plain(settings.app_database_url) if settings.app_database_url else owner


def migrate(owner: str, to: str = "head") -> None:
    """Bring the database up to a migration. Raises `MigrationFailed` with what the database said."""
    try:
        storage.migrate(owner, to)
    except CommandError as error:
        raise MigrationFailed(f"The migrations do not fit the database: {error}.") from error
    except DBAPIError as error:
        said = str(error.orig).partition(">: ")[2] or str(error.orig)
        raise MigrationFailed(f"The database refused a migration: {said}.") from error


@asynccontextmanager
async def opened(address: str, settings: Settings) -> AsyncIterator[Database]:
    """The database of this process, open for as long as the block runs; one that was open before comes back."""
    lanes = Database(address, settings)
    before = database.use(lanes)
    try:
        yield lanes
    finally:
        database.use(before)
        await lanes.close()


def embedded(settings: Settings) -> Cluster:
    """The server that comes along, running or not."""
    return Cluster(settings.data_dir / "postgres")


def plain(url: str) -> str:
    """An address as the driver reads it, however its scheme is spelt."""
    return _SCHEME.sub("postgresql://", url, count=1)


def require_current(address: str) -> None:
    """Raise `SchemaBehind` when migrations are missing.

    A revision that this code does not know is a newer one: the old version of a rolling deployment goes on.
    """
    scripts = ScriptDirectory.from_config(storage.alembic_config(address))
    present = asyncio.run(revision(address))
    known = {script.revision for script in scripts.walk_revisions()}
    if present is None or (present in known and present != scripts.get_current_head()):
        raise SchemaBehind("The database lacks migrations that this version needs. Run: flipside migrate")


def require_keys(owner: str, settings: Settings) -> str:
    """Raise `KeysUnfit` unless the key-encryption keys of the settings open the data keys of the database."""
    keyring = wrapping.keyring(settings)
    asyncio.run(_try_keys(owner, keyring))
    return f"{keyring.kek_id!r} wraps new data keys, and every data key can be opened"


async def _try_keys(owner: str, keyring: Keyring) -> None:
    connection = await _connected(owner)
    try:
        # Whoever owns a table may see no row of it; the worker sees those of every organisation.
        await connection.execute(f"set role {WORKER_ROLE}")
        await rotating.require_unwrappable(connection, keyring)
    finally:
        await connection.close()


async def revision(address: str) -> str | None:
    """The migration that the database stands at; `None` when it was never migrated."""
    try:
        found = await _ask(address, _REVISION)
    except asyncpg.UndefinedTableError:
        return None
    return None if found is None else str(found)


async def server_version(address: str) -> str:
    """The version of the server, as it names it itself."""
    return str(await _ask(address, "show server_version"))


async def _ask(address: str, question: str) -> object:
    """The one value that answers."""
    connection = await _connected(address)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def _connected(address: str) -> asyncpg.Connection:
    """A connection. Raises `DatabaseUnreachable`, whose text holds no password."""
    try:
        if not address.startswith("postgresql://"):
            # The driver would look for a server of its own choice.
            raise ValueError
        return await asyncpg.connect(address, timeout=5)
    except (ValueError, asyncpg.ClientConfigurationError):
        # What the driver says of a malformed address quotes parts of it.
        raise DatabaseUnreachable(
            "The database's address is no such: postgresql://user:password@host:5432/database is the form."
        ) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error) or type(error).__name__
        raise DatabaseUnreachable(
            f"The database cannot be reached ({reason}). Start it, or mend its address; "
            "without FLIPSIDE_DATABASE_URL the PostgreSQL that comes along is used."
        ) from error


@contextmanager
def _guest_of(cluster: Cluster) -> Iterator[None]:
    """Be counted among the processes that use a cluster; the last to leave stops it."""
    try:
        cluster.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        book = (cluster.root / "guests").open("w")
    except OSError as error:
        raise DataFolderUnusable(
            f"The data folder cannot be written ({error}). Name another in FLIPSIDE_DATA_DIR."
        ) from error
    # The kernel signs out whoever is killed, and whoever comes while the last one stops the server waits for that.
    with book:
        fcntl.flock(book, fcntl.LOCK_SH)
        try:
            yield
        finally:
            try:
                fcntl.flock(book, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                cluster.stop()
