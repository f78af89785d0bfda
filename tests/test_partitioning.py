"""The delivery log by months: as it is made, kept, let go of, and as it was before."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from alembic import command
from asyncpg.transaction import Transaction

from app import clock as clocks
from app import db as database
from app import ids, storage
from app.config import Settings
from app.embedded import OWNER, Cluster
from app.partitioning import ATTEMPTS, months, next_month
from app.webhooks.models import Attempt
from app.workers import partitions
from tests.conftest import TestClock
from tests.lanes import opened_with

BEFORE = "5a7e0d93c1b6"
ORGANISATION, ENDPOINT, DELIVERY = (ids.made_up(prefix, "one") for prefix in ("org", "whe", "dlv"))
NOW = datetime(2031, 5, 20, 12, tzinfo=UTC)
_ORGANISATION = """
    insert into organisation (id, name, region, default_zone, anonymity_k, version, created_at, updated_at)
    values ('{organisation}', 'Acme', 'eu', 'UTC', 5, 1, now(), now())
"""
_DELIVERY = """
    insert into delivery (organisation_id, id, version, created_at, updated_at, endpoint_id, event_id, event_type,
        sequence, status, attempts, due_at)
    values ('{organisation}', '{delivery}', 1, now(), now(), '{endpoint}', 'evt', 'x', 1, 'dead', 2, now())
"""
_OLD = """
    insert into attempt (organisation_id, id, version, created_at, updated_at, delivery_id, number, started_at,
        elapsed_ms, response)
    values ('{organisation}', '{id}', 3, '{at}', '{at}', '{delivery}', 1, '{at}', 12, 'Oh')
"""
_WRITE = """
    insert into attempt (organisation_id, id, version, created_at, updated_at, delivery_id, endpoint_id, number,
        started_at, elapsed_ms, request_headers)
    values ($1, $2, 1, $3, $3, $4, $5, 1, $3, 12, '{}') returning tableoid::regclass::text
"""
_PRESENT = "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'attempt'::regclass"


@pytest.fixture(scope="module")
def divided(server: Cluster, settings: Settings) -> Iterator[str]:
    """The owner's address of a database whose log was there before it was divided."""
    asyncio.run(_run(server.address(OWNER, "postgres"), "create database divided"))
    address = server.address(OWNER, "divided")
    storage.migrate(address, BEFORE)
    asyncio.run(_run(address, *_filled()))
    yield address
    asyncio.run(_run(server.address(OWNER, "postgres"), "drop database divided"))


def _filled() -> Iterator[str]:
    """Three attempts at one delivery, whose endpoint nobody looks for."""
    names = {"organisation": ORGANISATION, "delivery": DELIVERY, "endpoint": ENDPOINT}
    yield "set session_replication_role = replica"
    yield _ORGANISATION.format(**names)
    yield _DELIVERY.format(**names)
    for days in (0, 40, 1000):
        at = clocks.now() - timedelta(days=days)
        yield _OLD.format(id=ids.first_at(Attempt.prefix, at), at=at, **names)


async def _run(address: str, *statements: str) -> None:
    connection = await asyncpg.connect(address)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def _rows(address: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch("select *, tableoid::regclass::text as lies_in from attempt order by id"))
    finally:
        await connection.close()


def test_the_migration_keeps_every_row_and_so_does_its_way_back(divided: str) -> None:
    before = [dict(row) for row in asyncio.run(_rows(divided))]

    storage.migrate(divided)
    after = asyncio.run(_rows(divided))
    command.downgrade(storage.alembic_config(divided), BEFORE)
    back = [dict(row) for row in asyncio.run(_rows(divided))]
    storage.migrate(divided)

    assert back == before
    assert [{**row, "lies_in": "attempt"} for row in map(dict, after)] == [
        {**row, "endpoint_id": ENDPOINT, "request_headers": "{}"} for row in before
    ]
    now = clocks.now()
    # Nothing is divided that is older than anything may be kept.
    lie_in = ["attempt_rest", *(ATTEMPTS.name(now - timedelta(days=days)) for days in (40, 0))]
    assert [row["lies_in"] for row in after] == lie_in


@pytest.fixture
def migrated(divided: str) -> str:
    """The same, with the log divided."""
    storage.migrate(divided)
    return divided


@pytest.fixture
async def log(migrated: str, settings: Settings, clock: TestClock) -> AsyncIterator[asyncpg.Connection]:
    """The divided database is the one in use, on a day in 2031; a connection of its owner. Nothing is in it."""
    clock.set(NOW)
    owner = await asyncpg.connect(migrated)
    await owner.execute("delete from attempt")
    for name in await present(owner):
        if name != ATTEMPTS.rest:
            await owner.execute(f"drop table {name}")
    async with opened_with(migrated, settings) as opened:
        before = database.use(opened)
        await partitions.keep(1)
        yield owner
        database.use(before)
    await owner.close()


async def present(owner: asyncpg.Connection) -> list[str]:
    """The partitions there are."""
    return sorted(row["name"] for row in await owner.fetch(_PRESENT))


async def write(owner: asyncpg.Connection, at: datetime) -> str:
    """An attempt of this time; where it lies."""
    row = ORGANISATION, ids.first_at(Attempt.prefix, at), at, DELIVERY, ENDPOINT
    return str(await owner.fetchval(_WRITE, *row))


async def test_this_month_and_the_next_two_are_there_before_they_are_needed(log: asyncpg.Connection) -> None:
    assert await present(log) == ["attempt_2031_05", "attempt_2031_06", "attempt_2031_07", "attempt_rest"]
    assert await write(log, NOW) == "attempt_2031_05"
    assert await write(log, datetime(2031, 5, 31, 23, 59, 59, tzinfo=UTC)) == "attempt_2031_05"
    assert await write(log, datetime(2031, 6, 1, tzinfo=UTC)) == "attempt_2031_06"


async def test_what_came_before_its_month_was_there_lies_in_the_rest_and_moves(
    log: asyncpg.Connection, clock: TestClock
) -> None:
    assert await write(log, NOW + timedelta(days=90)) == "attempt_rest"

    clock.advance(days=40)
    await partitions.keep(365)

    (moved,) = await log.fetch("select tableoid::regclass::text as lies_in from attempt")
    assert moved["lies_in"] == "attempt_2031_08"
    assert await log.fetchval("select relforcerowsecurity from pg_class where relname = 'attempt_rest'")


async def test_a_month_goes_as_a_whole_once_nobody_keeps_its_last_day(
    log: asyncpg.Connection, clock: TestClock
) -> None:
    await write(log, NOW)

    clock.set(datetime(2031, 6, 1, tzinfo=UTC) + timedelta(days=90) - timedelta(seconds=1))
    await partitions.keep(90)
    assert "attempt_2031_05" in await present(log)
    clock.advance(seconds=1)
    await partitions.keep(90)

    assert "attempt_2031_05" not in await present(log)
    assert not await log.fetch("select from attempt")


async def test_two_workers_divide_once(log: asyncpg.Connection, clock: TestClock) -> None:
    clock.advance(days=30)
    held: Transaction = log.transaction()
    await held.start()
    await log.execute("select pg_advisory_xact_lock($1)", partitions._LOCK)

    await partitions.keep(1)
    assert "attempt_2031_08" not in await present(log)
    await held.rollback()
    await asyncio.gather(*(partitions.keep(1) for _ in range(3)))

    assert await present(log) == ["attempt_2031_06", "attempt_2031_07", "attempt_2031_08", "attempt_rest"]


async def test_whoever_does_not_own_the_log_leaves_it_be(
    log: asyncpg.Connection, divided: str, clock: TestClock
) -> None:
    await log.execute("create role restricted login in role flipside_worker")
    clock.advance(days=30)
    try:
        await partitions.divide(divided.replace(f"//{OWNER}", "//restricted"), 1)
    finally:
        await log.execute("drop role restricted")

    assert "attempt_2031_08" not in await present(log)


async def test_the_doctor_misses_a_month(log: asyncpg.Connection, divided: str, clock: TestClock) -> None:
    assert await partitions.require_months(divided) == "divided by months up to July 2031"

    clock.advance(days=45)

    with pytest.raises(partitions.MonthMissing, match="flipside migrate"):
        await partitions.require_months(divided)


def test_months_follow_one_another() -> None:
    december = datetime(2030, 12, 1, tzinfo=UTC)

    assert next_month(december) == datetime(2031, 1, 1, tzinfo=UTC)
    assert [f"{month:%Y-%m}" for month in months(december, NOW)][1:] == [f"2031-0{number}" for number in range(1, 6)]
    assert ATTEMPTS.month(ATTEMPTS.name(december)) == december
