"""Where the data lives: the configured PostgreSQL or the one that comes along, brought to the newest schema."""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from app.config import Settings
from app.embedded import OWNER, Cluster

DATABASE = "flipside"
_ROOT = Path(__file__).resolve().parent.parent


class DatabaseUnreachable(RuntimeError):
    """`FLIPSIDE_DATABASE_URL` names a server that does not answer; the text says what it said."""


def owner_address(settings: Settings) -> str:
    """The address of the owner role: as configured, or of the embedded server, which is started if need be."""
    if settings.database_url is not None:
        return settings.database_url.replace("postgresql+asyncpg://", "postgresql://", 1)
    cluster = Cluster(settings.data_dir / "postgres")
    cluster.start()
    asyncio.run(_create_database(cluster.address(OWNER, "postgres")))
    return cluster.address(OWNER, DATABASE)


async def _create_database(address: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        # One of several processes that start at once creates it, the others wait here.
        await connection.execute("select pg_advisory_lock(7)")
        if not await connection.fetchval("select true from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()


def alembic_config(address: str) -> Config:
    """Alembic's settings for the database at `address`."""
    config = Config(toml_file=str(_ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(_ROOT / "alembic"))
    config.attributes["address"] = address
    return config


def migrate(address: str, revision: str = "head") -> None:
    """Bring the database at `address` to a revision. Raises `DatabaseUnreachable`."""
    try:
        command.upgrade(alembic_config(address), revision)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidCatalogNameError) as error:
        raise DatabaseUnreachable(
            f"The database in FLIPSIDE_DATABASE_URL cannot be reached ({error}). "
            "Start it, mend the address, or unset it to use the PostgreSQL that comes along."
        ) from error
