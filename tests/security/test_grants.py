"""What the roles of the service are, and what the database gives them: rows of tables, and nothing else."""

import asyncpg
import pytest

from app.db import APP_ROLE, WORKER_ROLE
from app.tables import metadata
from tests.security.intruder import LOCAL, LOOKED_UP, QUEUES, TABLES, UNTIED, VERBS, privileges

ROLES = pytest.mark.parametrize("role", [APP_ROLE, WORKER_ROLE])
OWN = "( SELECT NULLIF(current_setting('app.organisation'::text, true), ''::text) AS \"nullif\")"


@ROLES
async def test_a_role_of_the_service_is_nobody_special(role: str, owner: asyncpg.Connection) -> None:
    powers = await owner.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles "
        "where rolname = $1",
        role,
    )

    assert not any(powers.values())
    assert not await owner.fetch("select roleid::regrole from pg_auth_members where member = $1::regrole", role)


async def test_no_setting_of_a_role_or_database_names_an_organisation(owner: asyncpg.Connection) -> None:
    assert not await owner.fetch("select setdatabase, setrole, setconfig from pg_db_role_setting")


@ROLES
async def test_a_role_of_the_service_owns_and_makes_nothing(role: str, owner: asyncpg.Connection) -> None:
    assert not await owner.fetch("select objid from pg_shdepend where refobjid = $1::regrole and deptype = 'o'", role)
    assert not await owner.fetch("select nspname from pg_namespace where has_schema_privilege($1, oid, 'CREATE')", role)
    assert not await owner.fetchval("select has_database_privilege($1, current_database(), 'CREATE')", role)
    # A table of one's own would come before ours of the same name, for whoever is served by the connection next.
    assert not await owner.fetchval("select has_database_privilege($1, current_database(), 'TEMPORARY')", role)


async def test_a_policy_lets_a_request_to_its_own_organisation_alone(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "select tablename, roles::text[], cmd, qual, with_check from pg_policies "
        "where $1 = any(roles) or roles = '{public}'",
        APP_ROLE,
    )

    columns = {name: "id" if name == "organisation" else "organisation_id" for name in TABLES}
    own = {name: f"({column} = {OWN})" for name, column in columns.items()}
    assert sorted(map(tuple, found)) == sorted((name, [APP_ROLE], "ALL", own[name], own[name]) for name in TABLES)


async def test_a_policy_of_the_worker_stands_on_its_queues_alone(owner: asyncpg.Connection) -> None:
    found = await owner.fetch("select tablename, roles::text[] from pg_policies where $1 = any(roles)", WORKER_ROLE)

    assert {name for name, _ in found} == QUEUES.keys() | LOOKED_UP.keys()
    assert {tuple(roles) for _, roles in found} == {(WORKER_ROLE,)}


async def test_a_reference_never_leaves_its_organisation(owner: asyncpg.Connection) -> None:
    found = await owner.fetch("""
        select c.conname, c.confrelid::regclass::text, a.attname, f.attname
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
        where c.contype = 'f'
    """)

    assert found
    for name, target, column, referred in found:
        assert (column, referred) == ("organisation_id", "id" if target == "organisation" else "organisation_id"), name


async def test_every_table_refers_to_its_organisation(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "select conrelid::regclass::text from pg_constraint "
        "where contype = 'f' and confrelid = 'organisation'::regclass and conparentid = 0"
    )

    assert {name for (name,) in found} == TABLES.keys() - {"organisation", *UNTIED}


async def test_no_code_runs_inside_the_database(owner: asyncpg.Connection) -> None:
    # A function with its owner's rights would go round every policy, and so would a rule; a trigger acts unseen.
    assert not await owner.fetch(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and (prosecdef or not exists ("
        "select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = pg_proc.oid and d.deptype = 'e'))"
    )
    assert not await owner.fetch("select tgname from pg_trigger where not tgisinternal")
    assert not await owner.fetch("select rulename from pg_rules where schemaname = 'public'")
    assert not await owner.fetch("select evtname from pg_event_trigger")
    assert {name for (name,) in await owner.fetch("select extname from pg_extension")} == {"plpgsql", "btree_gist"}


async def test_nothing_is_granted_to_everybody_and_by_the_column_only_changes(owner: asyncpg.Connection) -> None:
    ours = "relnamespace = 'public'::regnamespace"

    assert not await owner.fetch(f"select relname from pg_class, aclexplode(relacl) a where {ours} and a.grantee = 0")
    # But for changes and look-ups, which the column narrows: of a whole row, they would be more.
    by_column = await owner.fetch(
        "select relname, attname, a.privilege_type from pg_class join pg_attribute on attrelid = pg_class.oid, "
        f"aclexplode(attacl) a where {ours}"
    )
    assert {table for table, _, verb in by_column if verb != "SELECT"} == {
        "data_key",
        "audit_entry",
        "audit_head",
        "operator",
        "webhook_secret",
    }
    assert {verb for *_, verb in by_column} == {"SELECT", "UPDATE"}
    looked_up = {(table, column) for table, columns in LOOKED_UP.items() for column in columns}
    assert {(table, column) for table, column, verb in by_column if verb == "SELECT"} == looked_up
    assert not {column for _, column, verb in by_column if verb == "UPDATE"} & {"organisation_id", "id"}
    assert not await owner.fetch("select defaclobjtype from pg_default_acl")


async def test_who_may_hand_out_what_they_were_given_is_the_owner_alone(owner: asyncpg.Connection) -> None:
    assert not await owner.fetch(
        "select relname, a.grantee::regrole from pg_class, aclexplode(relacl) a "
        "where relnamespace = 'public'::regnamespace and a.is_grantable and a.grantee <> relowner"
    )


async def test_what_was_recorded_cannot_be_unwritten_by_a_request(owner: asyncpg.Connection) -> None:
    for table in ("outbox_event", "audit_entry", "audit_subject", "credential"):
        assert await privileges(owner, APP_ROLE, table, *VERBS) == {"SELECT", "INSERT"}


def test_every_key_of_the_metadata_leads_with_the_organisation() -> None:
    for name, table in metadata.tables.items():
        if name not in {*LOCAL, "organisation"}:
            assert next(iter(table.primary_key.columns)).name == "organisation_id", name
