"""The second wall: with SQL of its own in hand, a role of the service reaches nothing of another organisation.

The cases are made from the metadata and from the catalogue of the database, so a new table is tested as it comes.
"""

from contextlib import suppress

import asyncpg
import pytest
import sqlalchemy as sa

from app import db as database
from app import ids
from app.config import Settings
from app.db import APP_ROLE, WORKER_ROLE
from app.partitioning import ATTEMPTS
from app.tables import metadata
from tests.lanes import opened_with
from tests.security.intruder import (
    LOCAL,
    LOOKED_UP,
    MINE,
    QUEUES,
    TABLES,
    THEIRS,
    VERBS,
    attempt,
    insertion,
    owner_column,
    privileges,
    two_rows,
)
from tests.world import World

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

RELATIONS = "from pg_class where relnamespace = 'public'::regnamespace"
ROLES = (APP_ROLE, WORKER_ROLE)
of_tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@of_tables
async def test_a_row_of_another_organisation_can_be_neither_read_nor_written(
    table: sa.Table, owner: asyncpg.Connection
) -> None:
    name, column = table.name, owner_column(table)
    may = await privileges(owner, APP_ROLE, name, *VERBS)
    async with two_rows(owner, table, APP_ROLE):
        await owner.execute(f"set local app.organisation = '{MINE}'")

        assert await attempt(owner, f"select from {name}") == (1 if "SELECT" in may else None)
        assert not await attempt(owner, f"select from {name} where {column} = '{THEIRS}'")
        assert not await attempt(owner, f"update {name} set {column} = {column} where {column} = '{THEIRS}'")
        assert not await attempt(owner, f"delete from {name} where {column} = '{THEIRS}'")


@of_tables
async def test_no_row_can_be_slipped_to_another_organisation(table: sa.Table, owner: asyncpg.Connection) -> None:
    async with two_rows(owner, table, APP_ROLE):
        await owner.execute(f"set local app.organisation = '{MINE}'")

        for statement in (
            insertion(table, ids.new("org")),
            f"{insertion(table, THEIRS)} on conflict do nothing",
            f"update {table.name} set {owner_column(table)} = '{THEIRS}'",
        ):
            assert await attempt(owner, statement) is None, statement


@of_tables
async def test_who_names_no_organisation_reaches_no_row(table: sa.Table, owner: asyncpg.Connection) -> None:
    name, column = table.name, owner_column(table)
    async with two_rows(owner, table, APP_ROLE):
        for said in ("reset app.organisation", "set local app.organisation = ''", "set local app.organisation = '%'"):
            await owner.execute(said)

            assert not await attempt(owner, f"select from {name}"), said
            assert not await attempt(owner, f"update {name} set {column} = {column}"), said
            assert not await attempt(owner, f"delete from {name}"), said
            assert await attempt(owner, insertion(table, "")) is None, said


@of_tables
async def test_no_role_can_turn_row_level_security_off(table: sa.Table, owner: asyncpg.Connection) -> None:
    for role in ROLES:
        async with two_rows(owner, table, role):
            # Instead of leaving rows out, PostgreSQL then refuses.
            assert await attempt(owner, f"set local row_security = off; select from {table.name}") is None
            assert await attempt(owner, f"alter table {table.name} disable row level security") is None
            assert await attempt(owner, f"truncate {table.name}") is None


@of_tables
async def test_the_worker_moves_its_queues_and_touches_nothing_else(table: sa.Table, owner: asyncpg.Connection) -> None:
    expected = QUEUES.get(table.name, set())

    assert await privileges(owner, WORKER_ROLE, table.name, *VERBS) == expected
    async with two_rows(owner, table, WORKER_ROLE):
        ours = f"{owner_column(table)} in ('{MINE}', '{THEIRS}')"
        sees = expected or table.name in LOOKED_UP
        assert await attempt(owner, f"select from {table.name} where {ours}") == (2 if sees else None)


async def test_every_table_of_the_database_is_one_we_know(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        f"select relname, relkind, relispartition {RELATIONS} and relkind in ('r', 'p', 'f', 'm')"
    )

    assert {name for name, _, is_part in found if not is_part} == {*TABLES, *LOCAL, "alembic_version"}
    assert {name for name, kind, _ in found if kind == b"p"} == {ATTEMPTS.table}
    assert {kind for _, kind, _ in found} == {b"r", b"p"}


@pytest.mark.parametrize("role", ROLES)
async def test_a_partition_is_reached_through_its_table_alone(role: str, owner: asyncpg.Connection) -> None:
    found = await owner.fetch(f"select relname {RELATIONS} and relispartition and relkind = 'r'")

    assert found
    for (name,) in found:
        assert ATTEMPTS.has_part(name)
        assert not await privileges(owner, role, name, *VERBS), name


@pytest.mark.parametrize("name", LOCAL)
def test_a_table_of_all_organisations_says_so_and_holds_keys_alone(name: str) -> None:
    assert metadata.tables[name].info == {"kind": "local"}
    assert set(metadata.tables[name].columns.keys()) == LOCAL[name]


async def test_row_level_security_is_on_and_binds_the_owner_too(owner: asyncpg.Connection) -> None:
    open_tables = await owner.fetch(
        f"select relname {RELATIONS} and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)"
    )

    assert {name for (name,) in open_tables} == {*LOCAL, "alembic_version"}


async def test_a_key_that_must_be_unique_is_so_within_its_organisation(owner: asyncpg.Connection) -> None:
    # A key over all organisations would tell each of them what another one has.
    first_columns = await owner.fetch(
        "select c.relname, i.indexrelid::regclass::text, a.attname from pg_index i "
        "join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace "
        "left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] "
        "where i.indisunique or i.indisexclusion"
    )

    keys = {(index, column) for table, index, column in first_columns if table in TABLES and table != "organisation"}
    assert {column for _, column in keys} == {"organisation_id"}, keys


async def test_a_view_shows_each_caller_their_own(owner: asyncpg.Connection) -> None:
    views = await owner.fetch(
        f"select relname {RELATIONS} and relkind = 'v' "
        "and not coalesce(reloptions @> '{security_invoker=true}', false)"
    )

    assert not views


@pytest.mark.parametrize("role", ROLES)
async def test_no_role_may_empty_a_table_or_reach_round_its_rows(role: str, owner: asyncpg.Connection) -> None:
    tables = await owner.fetch(f"select relname {RELATIONS} and relkind in ('r', 'p', 'v', 'm', 'f')")
    reach = {name: await privileges(owner, role, name, "TRUNCATE", "REFERENCES", "TRIGGER") for (name,) in tables}

    assert not {name: verbs for name, verbs in reach.items() if verbs}
    assert not await privileges(owner, role, "alembic_version", *VERBS)


async def test_the_name_of_an_organisation_ends_with_its_transaction(address: str, settings: Settings) -> None:
    class Stop(Exception):
        """Ends a transaction in the middle."""

    async with opened_with(address, settings, write_pool_size=1) as opened:
        for fault in (None, Stop()):
            with suppress(Stop):
                async with opened.writing(MINE) as db:
                    before = await db.fetch("select pg_backend_pid(), current_setting('app.organisation')")
                    if fault is not None:
                        raise fault
            async with opened.engine.connect() as connection:
                after = await connection.execute(
                    sa.text("select pg_backend_pid(), current_setting('app.organisation', true)")
                )
                assert tuple(after.one()) == (before[0][0], "")
            assert before[0][1] == MINE


async def test_a_reader_who_names_nobody_gets_nothing_from_a_connection_that_served_somebody(world: World) -> None:
    reads = database.current().reads
    served = await reads.fetch(world.organisation_id, "select pg_backend_pid(), count(*) from person", ())

    rows = [await reads.fetch("", "select pg_backend_pid(), count(*) from person", ()) for _ in range(4)]

    assert served[0][1] > 0
    assert {row[0][1] for row in rows} == {0}


async def test_a_worker_has_no_organisation(opened: database.Database) -> None:
    async with opened.queueing() as queue:
        assert not await queue.fetchval("select current_setting('app.organisation', true)")
