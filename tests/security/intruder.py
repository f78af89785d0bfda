"""Somebody with SQL of their own in hand: rows of two organisations, and what a role of the service reaches of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import sqlalchemy as sa

from app import ids
from app.tables import metadata

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Looked up before the organisation of a request is known: nothing may stand in them but what that look-up takes.
LOCAL = {
    "credential": {"prefix_text", "organisation_id"},
    "issuer_binding": {"issuer", "audience", "organisation_id", "provider_id", "bound_at"},
    # The service's own: it signs its tokens with them, and they lie here sealed.
    "signing_key": {"period", "sealed"},
    # Who runs the installation, and belongs to no organisation: of their tokens the hashes.
    "operator": {"id", "name", "token_hash", "created_at", "removed_at"},
}
TABLES = {name: table for name, table in metadata.tables.items() if name not in LOCAL}
# What the worker may do with the rows of all organisations: move these queues. A new line here is a decision.
QUEUES = {
    # Forgets what is too old, too.
    "outbox_event": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "event_counter": {"SELECT", "UPDATE"},
    # Remembers how far a broker was told.
    "broker_cursor": {"SELECT", "INSERT", "UPDATE"},
    "webhook_endpoint": {"SELECT", "UPDATE"},
    # And of a secret, when it last signed.
    "webhook_secret": {"SELECT"},
    "webhook_signing_key": {"SELECT"},
    "delivery": {"SELECT", "INSERT", "UPDATE"},
    "attempt": {"SELECT", "INSERT"},
    # Wraps keys anew; what they are, only who holds the master key can tell.
    "data_key": {"SELECT"},
    # Chains what was recorded, and may write nothing of its content.
    "audit_entry": {"SELECT"},
    "audit_subject": {"SELECT"},
    "audit_head": {"SELECT", "INSERT"},
    "operation": {"SELECT", "UPDATE"},
    "quota_level": {"SELECT", "INSERT", "UPDATE", "DELETE"},
}
# And what it may look up, column by column: which programme an event belongs to.
LOOKED_UP = {
    "pairing": {"organisation_id", "id", "programme_id"},
    "goal": {"organisation_id", "id", "pairing_id"},
}
# Of no worth after a minute, and written by the second: nothing is to be looked up for it.
UNTIED = {"quota_level"}
MINE, THEIRS = ids.new("org"), ids.new("org")
# A value of each kind, as SQL writes it; of every other kind it is a letter.
SAMPLES = {
    "int": "1",
    "float": "1",
    "bool": "false",
    "object": "'{}'",
    "bytes": r"'\x00'",
    "datetime": "now()",
    "date": "current_date",
}


def owner_column(table: sa.Table) -> str:
    """The column that says whose a row is."""
    return "id" if table.name == "organisation" else "organisation_id"


def insertion(table: sa.Table, organisation_id: str) -> str:
    """A statement that adds the simplest row; that of another organisation differs in the organisation alone."""
    needed = [column for column in table.columns if not column.nullable and column.identity is None]
    values = [
        f"'{organisation_id}'"
        if column.name == owner_column(table)
        else SAMPLES.get(column.type.python_type.__name__, "'x'")
        for column in needed
    ]
    names = ", ".join(column.name for column in needed)
    return f"insert into {table.name} ({names}) overriding system value values ({', '.join(values)})"


@asynccontextmanager
async def undone(connection: asyncpg.Connection, *before: str) -> AsyncIterator[None]:
    """A transaction that is taken back, whatever happens in it."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for statement in before:
            await connection.execute(statement)
        yield
    finally:
        await transaction.rollback()


@asynccontextmanager
async def two_rows(owner: asyncpg.Connection, table: sa.Table, role: str) -> AsyncIterator[None]:
    """One row of each organisation in the table, before the eyes of a role. Only row-level security is in its way."""
    checks = await owner.fetch(
        "select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'", table.name
    )
    dropped = [f"alter table {table.name} drop constraint {name}" for (name,) in checks]
    rows = [insertion(table, organisation_id) for organisation_id in (MINE, THEIRS)]
    async with undone(owner, "set local session_replication_role = replica", *dropped, *rows, f"set local role {role}"):
        yield


async def attempt(connection: asyncpg.Connection, statement: str) -> int | None:
    """How many rows a statement reached; `None` if it was refused."""
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            return int((await connection.execute(statement)).rpartition(" ")[2])
    return None


async def privileges(connection: asyncpg.Connection, role: str, table: str, *asked: str) -> set[str]:
    """What a role may do with a table."""
    return {
        verb for verb in asked if await connection.fetchval("select has_table_privilege($1, $2, $3)", role, table, verb)
    }
