"""The database that is measured on: a PostgreSQL of its own with durable settings, seeded once and kept."""

import asyncio
import hashlib
import json
import random
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from app import clock, config, storage
from app import db as database
from app.auth.actor import Role
from app.domain.access import founding
from app.embedded import Cluster
from bench import sealed

ROOT = Path("var/bench")
# The settings of the bench and of the service that it starts.
ENVIRONMENT = {
    "FLIPSIDE_DATA_DIR": str(ROOT),
    "FLIPSIDE_SECRET_KEY": "the bench signs cursors with this and nothing else",
    "FLIPSIDE_LOG_LEVEL": "info",
    # Budgets are drawn from, as they are in service, but hold more than a bench can ask for.
    "FLIPSIDE_RATE_LIMIT_CREDENTIAL": "10000000",
    "FLIPSIDE_RATE_LIMIT_ORGANISATION": "10000000",
}
_SEED, _SEALED = (Path(__file__).with_name(name) for name in ("seed.sql", "sealed.py"))
_KEYS = ROOT / "keys.json"
# Sessions that W4 makes start this many days after the seeded day, behind all that the seed holds.
FIRST_FREE_DAY, FREE_DAYS = 60, 300
_KEPT = timedelta(days=30)
_TABLES = "organisation person programme enrolment pairing session attendance goal feedback"
# Wherever a full page of the sessions held follows.
_PLACES = """
    select organisation_id, programme_id, keys from (
      select organisation_id, programme_id, json_build_array(starts_at, id)::text as keys,
        row_number() over w as place, count(*) over (partition by organisation_id, programme_id) as total
      from session where status = 'completed'
      window w as (partition by organisation_id, programme_id order by starts_at desc, id desc)) s
    where place % 50 = 0 and place + 51 <= total order by organisation_id, programme_id, place
"""
# A few of those who have somebody to mentor.
_MENTORS = """
    select organisation_id, (array_agg(mentor_id order by id))[:10] as people from pairing
    where status = 'active' group by organisation_id
"""
_BUSY = """
    select exists (select from pg_stat_activity
      where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid())
"""
_SERVER = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "none",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Place:
    """A row of a list after which a page may begin, and its sort keys as JSON text."""

    organisation_id: str
    programme_id: str
    keys: str


@dataclass(frozen=True)
class Data:
    """Where the data is, and what requests may name of it."""

    cluster: Cluster
    address: str
    day: datetime
    # By organisation: its key, those of some of its people, programmes, pairings, and those pairings that may meet.
    keys: dict[str, str]
    people: dict[str, dict[str, str]]
    programmes: dict[str, list[str]]
    pairings: dict[str, list[str]]
    active: list[tuple[str, str]]
    places: list[Place]


def prepared() -> Data:
    """The database, running, migrated and seeded; made anew when the seed has changed or grown old."""
    cluster = Cluster(ROOT / "postgres")
    address = storage.owner_address(config.settings())
    if not asyncio.run(_is_current(address)):
        print("Seeding the bench's database (a minute, once) ...", flush=True)
        cluster.stop()
        shutil.rmtree(cluster.root)
        address = storage.owner_address(config.settings())
        asyncio.run(_configure(address))
        cluster.stop()
        address = storage.owner_address(config.settings())
        storage.migrate(address)
        asyncio.run(_seed(address))
    return asyncio.run(_read(cluster, address))


def _version() -> str:
    return hashlib.sha256(_SEED.read_bytes() + _SEALED.read_bytes() + _migrations()).hexdigest()[:16]


def _migrations() -> bytes:
    folder = Path(__file__).parent.parent / "alembic" / "versions"
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))


async def _is_current(address: str) -> bool:
    connection = await asyncpg.connect(address)
    try:
        row = await connection.fetchrow("select version, day from bench_seed")
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
    return row["version"] == _version() and row["day"] > clock.now() - _KEPT and _KEYS.exists()


async def _configure(address: str) -> None:
    connection = await asyncpg.connect(address)
    for name, value in _SERVER.items():
        await connection.execute(f"alter system set {name} = '{value}'")
    await connection.close()


async def _seed(address: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("create extension if not exists pg_stat_statements")
        async with connection.transaction():
            await connection.execute(_SEED.read_text().replace("VERSION", _version()))
            await sealed.seal_feedback(connection)
        await connection.execute("vacuum (analyze)")
        organisations = [row["id"] for row in await connection.fetch("select id from organisation order by id")]
        mentors = {row["organisation_id"]: row["people"] for row in await connection.fetch(_MENTORS)}
    finally:
        await connection.close()
    keys: dict[str, str] = {}
    people: dict[str, dict[str, str]] = {}
    lanes = database.Database(address, config.settings())
    for organisation_id in organisations:
        async with lanes.writing(organisation_id) as db:
            keys[organisation_id] = await founding.grant(db, Role.SERVICE_ACCOUNT, service_account="bench")
            people[organisation_id] = {
                person_id: await founding.grant(db, Role.PARTICIPANT, person_id=person_id)
                for person_id in mentors[organisation_id]
            }
    await lanes.close()
    _KEYS.touch(mode=0o600)
    _KEYS.write_text(json.dumps({"keys": keys, "people": people}))


async def _read(cluster: Cluster, address: str) -> Data:
    connection = await asyncpg.connect(address)
    try:
        await clear(connection)
        programmes = await connection.fetch("select organisation_id, id from programme order by id")
        pairings = await connection.fetch("select organisation_id, id, status from pairing order by id")
        day = await connection.fetchval("select day from bench_seed")
        places = [Place(*row) for row in await connection.fetch(_PLACES)]
    finally:
        await connection.close()
    active = [(row["organisation_id"], row["id"]) for row in pairings if row["status"] == "active"]
    random.Random(4).shuffle(active)
    return Data(
        cluster=cluster,
        address=address,
        day=day,
        **json.loads(_KEYS.read_text()),
        programmes=_grouped(programmes),
        pairings=_grouped(pairings),
        active=active,
        places=places,
    )


def _grouped(rows: list[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["organisation_id"], []).append(row["id"])
    return found


async def clear(connection: asyncpg.Connection) -> None:
    """Take back what W4 has made, so that every round finds the same data."""
    await _idle(connection)
    since = await connection.fetchval("select day from bench_seed") + timedelta(days=FIRST_FREE_DAY)
    # Without asking every table that may refer to a session: nothing refers to these.
    await connection.execute("set session_replication_role = replica")
    for table in ("attendance", "session"):
        await connection.execute(f"delete from {table} where starts_at >= $1", since)  # noqa: S608
    await connection.execute("reset session_replication_role")
    await connection.execute("truncate outbox_event, idempotency_record")
    await connection.execute("vacuum (analyze) session, attendance")


async def _idle(connection: asyncpg.Connection) -> None:
    """Wait for what a load has left under way: it would hold the locks that clearing takes."""
    async with asyncio.timeout(30):
        while await connection.fetchval(_BUSY):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def counts(address: str) -> dict[str, int]:
    """How many rows each table holds."""
    connection = await asyncpg.connect(address)
    try:
        return {name: await connection.fetchval(f"select count(*) from {name}") for name in _TABLES.split()}  # noqa: S608
    finally:
        await connection.close()
