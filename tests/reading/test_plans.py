"""How the database finds what is asked for among thousands of rows: along an index, and no further than it must."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from app import clock, storage
from app.auth import policy
from app.auth.actor import Role
from app.auth.policy import Relation
from app.config import Settings
from app.db import APP_ROLE
from app.declared import RESOURCES
from app.embedded import OWNER, Cluster
from app.reading import asking
from app.reading import compile as compiler
from app.reading.resource import Collection, Resource
from app.reading.shape import ToMany, Wanted
from app.reading.statement import Statement
from app.scim import filtering
from app.scim.kinds import USERS, search
from app.scim.models import ENTERPRISE
from app.scim.paging import COUNT
from app.webhooks import feed
from tests.reading.shapes import page_of

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

Plan = dict[str, Any]
ORGANISATION = "org_0" + "c" * 25
ENDPOINT = "whe_" + "15".zfill(26)
# They fit a page or two: reading all of it is the shortest way.
TINY = {"organisation", "rank", "retention_policy", "break_glass", "webhook_signing_key", "matching_policy"}
TINY |= {"hr_source"}
# The few that there are in each of several tables are found along an index, and put in order together.
TOGETHER = {
    each.name for each in RESOURCES if each.is_derived or each.table.dialect_options["postgresql"]["partition_by"]
}
CALLERS = {
    Role.ORGANISATION_ADMIN: "per_" + "1500".zfill(26),
    Role.SERVICE_ACCOUNT: "key_" + "15".zfill(26),
    Role.AUDITOR: "per_" + "1600".zfill(26),
    Role.PLATFORM_ADMIN: None,
    Role.WEBHOOK_PORTAL: None,
    Role.COORDINATOR: "per_" + "14".zfill(26),
    Role.PARTICIPANT: "per_" + "15".zfill(26),
}
WAYS_BACK = [(resource, way) for resource in RESOURCES for way in resource.collections.values()]


@pytest.fixture(scope="module")
def crowded(server: Cluster, settings: Settings) -> Iterator[str]:
    """The address of a database with a large organisation in it."""
    asyncio.run(_execute(server.address(OWNER, "postgres"), "create database crowded"))
    address = server.address(OWNER, "crowded")
    storage.migrate(address)
    rows = Path(__file__).with_name("crowd.sql").read_text().replace(":organisation", f"'{ORGANISATION}'")
    asyncio.run(_execute(address, rows))
    yield address
    asyncio.run(_execute(server.address(OWNER, "postgres"), "drop database crowded"))


async def _execute(address: str, sql: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def connection(crowded: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the read lane has it."""
    made = await asyncpg.connect(crowded, server_settings={"role": APP_ROLE, "jit": "off"})
    await made.execute("select set_config('app.organisation', $1, false)", ORGANISATION)
    yield made
    await made.close()


async def explained(connection: asyncpg.Connection, statement: Statement, role: Role, **values: Any) -> list[Plan]:
    """Every node of a statement's plan, after it has run."""
    shared: dict[str, Any] = {
        "organisation": ORGANISATION,
        "me": CALLERS[role],
        "endpoint": ENDPOINT,
        "limit": 25,
        "scope": "s",
    }
    shared["now"] = clock.now()
    known = {**statement.constants, **shared, **values}
    sql = f"explain (analyze, timing off, format json) {statement.sql}"
    (row,) = await connection.fetch(sql, *[known[name] for name in statement.names])
    return list(_nodes(orjson.loads(row[0])[0]["Plan"]))


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def listing(resource: Resource, order: str, role: Role) -> Statement:
    """The first page of a list in some order."""
    sort = order.removeprefix("-")
    return compiler.page(page_of(resource, sort=sort, descending=sort != order), role)


def behind(resource: Resource, way: Collection, role: Role) -> Statement:
    """One object with the first page of what refers to it."""
    return compiler.one(Wanted(resource, (ToMany("list", way.column, page_of(way.resource)),)), role)


def overseer(resource: Resource) -> Role | None:
    """A role that sees every row of a resource."""
    seers = (role for role in Role if Relation.ORGANISATION in policy.readers(resource.name, role))
    return next(seers, None)


def kinds(plan: list[Plan]) -> set[str]:
    """The kinds of a plan's nodes."""
    return {node["Node Type"] for node in plan}


def is_ordered_walk(plan: list[Plan], table: str) -> bool:
    """Whether the rows of a table come off an index in the order that was asked for."""
    found = {node["Node Type"] for node in plan if node.get("Relation Name") == table}
    return found <= {"Index Scan", "Index Only Scan"} and not kinds(plan) & {"Sort", "Incremental Sort", "BitmapAnd"}


def touched(plan: list[Plan]) -> int:
    """How many rows the plan looked at in all tables."""
    looked_at = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    scans = [node for node in plan if "Relation Name" in node]
    return sum(int(node["Actual Loops"] * sum(node.get(name, 0) for name in looked_at)) for node in scans)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
async def test_whoever_sees_everything_walks_along_an_index(connection: asyncpg.Connection, resource: Resource) -> None:
    role = overseer(resource)
    if role is None or resource.name in TINY:
        return

    for order in resource.orders:
        plan = await explained(connection, listing(resource, order, role), role)
        # An id that is made of another is not what the walk is ordered by: it is looked at one row ahead.
        assert "Sort" not in kinds(plan) if resource.is_derived else is_ordered_walk(plan, resource.table.name), order
        assert touched(plan) <= 26 + resource.is_derived, order


@pytest.mark.parametrize(("resource", "way"), WAYS_BACK, ids=lambda it: it.name)
async def test_a_way_back_walks_along_an_index(
    connection: asyncpg.Connection, resource: Resource, way: Collection
) -> None:
    role = overseer(way.resource) or Role.PARTICIPANT
    object_id = f"{resource.prefix}_{15:026d}"

    plan = await explained(connection, behind(resource, way, role), role, id_0=object_id)

    if way.resource.name in TOGETHER:
        assert touched(plan) <= 30
    else:
        assert is_ordered_walk(plan, way.resource.table.name)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
async def test_a_list_looks_at_little_more_than_it_shows(
    connection: asyncpg.Connection, resource: Resource, role: Role
) -> None:
    # A coordinator's rows are picked out of the programmes, of which there are a thousand here.
    # So are awards, which everybody sees beside what is their own, and what programmes tell their people.
    picked = ("recognition", "success_story", "announcement")
    most = 1200 if role is Role.COORDINATOR or resource.name in picked else 300

    for order in resource.orders:
        plan = await explained(connection, listing(resource, order, role), role)
        assert "BitmapAnd" not in kinds(plan), order
        assert touched(plan) <= most, order


@pytest.mark.parametrize("given", [{}, {"types": ["session.*"]}, {"subject": [f"ses_{15:026d}"]}], ids=str)
@pytest.mark.parametrize("is_first", [True, False])
async def test_the_feed_walks_along_an_index_from_its_cursor(
    connection: asyncpg.Connection, given: dict[str, list[str]], is_first: bool
) -> None:
    filters = asking.filters(feed.EVENTS, given)
    statement = compiler.fields(feed.parts(filters.wheres, is_first=is_first), Role.SERVICE_ACCOUNT)
    values = {**filters.values, "one": 1, "after_0": "3000", "after_1": f"evt_{3000:026d}"}

    plan = await explained(connection, statement, Role.SERVICE_ACCOUNT, **values)

    assert {node.get("Index Name") for node in plan if "Relation Name" in node} <= {
        "ix_outbox_event_feed",
        "ix_outbox_event_subject",
    }
    # One more than is shown, the few that the filter passes over, and either end.
    assert touched(plan) <= 32


@pytest.mark.parametrize(
    ("filter_", "column"),
    [
        ('userName eq "ANA"', "login_key"),
        ('externalId eq "E-1"', "external_id"),
        ('emails.value eq "ana@example.com"', "work_email_key"),
        ('emails[type eq "work" and value eq "ana@example.com"]', "work_email_key"),
        (f'{ENTERPRISE}:employeeNumber eq "7"', "employee_number_key"),
        (f'{ENTERPRISE}:department eq "Sales"', "department_key"),
    ],
)
async def test_whom_a_scim_filter_names_is_found_along_an_index(
    connection: asyncpg.Connection, filter_: str, column: str
) -> None:
    form, values = filtering.form(filter_, USERS.model)

    plan = await explained(connection, search(USERS, form, None, COUNT), Role.SERVICE_ACCOUNT, **values)

    (found,) = [node for node in plan if node.get("Relation Name") == "person"]
    assert f"{column} = " in found["Index Cond"]
