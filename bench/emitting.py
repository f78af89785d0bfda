"""What the webhook bench stands on: a database of its own, endpoints at the receivers, events, and real workers."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app import clock, config, ids, storage
from app import db as database
from app.db import Db
from app.domain.access import founding
from app.domain.sessions.events import SessionRescheduled
from app.domain.sessions.models import Mode, SessionStatus
from app.embedded import Cluster
from app.events import outbox
from app.webhooks import rotating
from app.webhooks.models import WebhookEndpoint
from app.workers.relay import Relay
from bench.receiver import Receivers
from bench.servers import stop

ROOT = Path("var/bench/webhooks")
ENVIRONMENT = {
    "FLIPSIDE_DATA_DIR": str(ROOT),
    "FLIPSIDE_ENVIRONMENT": "development",
    "FLIPSIDE_SECRET_KEY": "the bench seals its secrets with this and nothing else",
    "FLIPSIDE_LOG_LEVEL": "error",
}
PER_ORGANISATION = 50
_SERVER = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "none",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
# Copies of an organisation's newest event, as if they had been written one after another.
_COPY = """
    insert into outbox_event (
        organisation_id, id, type, subject, visibility, actor, changed, data, occurred_at, failures
    )
    select e.organisation_id, 'evt_0' || substr(md5(e.id || n), 1, 25), e.type, e.subject, e.visibility, e.actor,
        e.changed, e.data, now(), 0
    from (select * from outbox_event where organisation_id = $1 order by position desc limit 1) e,
        generate_series(1, $2) n
"""


@dataclass(frozen=True)
class Ground:
    """The database under measure."""

    cluster: Cluster
    address: str

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that may do everything."""
        connection = await asyncpg.connect(self.address)
        try:
            yield connection
        finally:
            await connection.close()


@contextmanager
def ground() -> Iterator[Ground]:
    """The database, running with durable settings and at the newest schema."""
    cluster = Cluster(ROOT / "postgres")
    address = storage.owner_address(config.settings())
    try:
        asyncio.run(_configure(address))
        cluster.stop()
        address = storage.owner_address(config.settings())
        storage.migrate(address)
        yield Ground(cluster, address)
    finally:
        cluster.stop()


async def _configure(address: str) -> None:
    connection = await asyncpg.connect(address)
    for name, value in _SERVER.items():
        await connection.execute(f"alter system set {name} = '{value}'")
    await connection.execute("create extension if not exists pg_stat_statements")
    await connection.close()


@asynccontextmanager
async def working(ground: Ground) -> AsyncIterator[database.Database]:
    """The database as this process writes to it."""
    lanes = database.Database(ground.address, config.settings())
    before = database.use(lanes)
    try:
        yield lanes
    finally:
        database.use(before)
        await lanes.close()


async def endpoints(ground: Ground, urls: list[str], **wishes: Any) -> list[str]:
    """A database that holds nothing but endpoints at these addresses, fifty to an organisation; the organisations."""
    async with ground.owner() as owner:
        await owner.execute("truncate organisation, event_counter, outbox_event, delivery, attempt cascade")
    organisations = []
    for at in range(0, len(urls), PER_ORGANISATION):
        organisation = (await founding.found(f"Organisation {at}")).organisation_id
        async with database.current().writing(organisation) as db:
            made = [
                WebhookEndpoint(organisation_id=organisation, id=ids.new("whe"), url=url, types=["session.*"], **wishes)
                for url in urls[at : at + PER_ORGANISATION]
            ]
            db.add_all(made)
            await db.flush()
            for endpoint in made:
                await rotating.new_secret(db, endpoint)
        organisations.append(organisation)
    async with ground.owner() as owner:
        await owner.execute("delete from outbox_event")
        await owner.execute("vacuum (analyze)")
    return organisations


def tell(db: Db) -> str:
    """Record an event in a transaction; its id."""
    now = clock.now()
    event = SessionRescheduled.model_construct(
        session_id=ids.new("ses"), pairing_id=ids.new("pai"), programme_id=ids.new("prg"), mentor_id=ids.new("per"),
        mentee_id=ids.new("per"), number=1, status=SessionStatus.SCHEDULED, starts_at=now, ends_at=now, minutes=60,
        zone="Europe/Paris", mode=Mode.REMOTE, calendar_uid=ids.new("ses"), calendar_sequence=1,
    )  # fmt: skip
    outbox.record(db, event, changed=("starts_at",))
    return str(db.facts[-1][1]["id"])


async def backlog(ground: Ground, organisations: list[str], events: int) -> None:
    """So many events of each organisation, to be relayed."""
    for organisation in organisations:
        async with database.current().writing(organisation) as db:
            tell(db)
        async with ground.owner() as owner:
            await owner.execute(_COPY, organisation, events - 1)


async def relayed() -> None:
    """Turn the backlog into deliveries, in this process."""
    relay = Relay()
    while await relay.step() is not None:
        pass


async def count(ground: Ground, what: str) -> int:
    """The rows of a table, or of a part of it."""
    async with ground.owner() as owner:
        return int(await owner.fetchval(f"select count(*) from {what}"))  # noqa: S608


@contextmanager
def worker(ground: Ground) -> Iterator[int]:
    """`flipside worker`; its process."""
    environment = {**os.environ, **ENVIRONMENT, "FLIPSIDE_DATABASE_URL": ground.address}
    with (ROOT / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment, stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            stop(process)


def urls(receivers: Receivers, count: int, hanging: int = 0) -> list[str]:
    """Addresses of so many endpoints, the first of which never answer."""
    return [receivers.url(number, "/hang" if number < hanging else "/in") for number in range(count)]
