"""Runs migrations as the owner role, one process at a time."""

import asyncio

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

from app import storage
from app.config import settings
from app.partitioning import ATTEMPTS
from app.tables import metadata

# Any number will do; whoever holds it migrates, the others wait and find nothing left to do.
_LOCK = 0x666C6970


def _address() -> str:
    return context.config.attributes.get("address") or storage.owner_address(settings())


def _run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transaction_per_migration=True,
        # Partitions come and go with the months, and no model knows them.
        include_name=lambda name, kind, _: kind != "table" or not ATTEMPTS.has_part(name or ""),
    )
    with context.begin_transaction():
        connection.execute(sa.text(f"select pg_advisory_xact_lock({_LOCK})"))
        context.run_migrations()


async def _main(address: str) -> None:
    engine = create_async_engine(address.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(_main(_address()))
