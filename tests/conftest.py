"""What tests stand on: a real PostgreSQL per test process, a clock that they set, an organisation of their own."""

import asyncio
import gc
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app import clock, config, storage
from app import db as database
from app.auth import bearer
from app.config import Settings
from app.embedded import OWNER, Cluster
from app.events import outbox
from tests import emitted
from tests.brokers.servers import NatsServer
from tests.tracing import Tracing
from tests.world import World, found_world

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Trace what counts."""
    config.pluginmanager.register(Tracing())


def pytest_collection_finish() -> None:
    """The tests and the service stay as long as the run: collections need not walk them each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def terminating() -> Iterator[object]:
    """What SIGTERM does now, and again after the test: a role leaves it ignored, and children would inherit that."""
    before = signal.getsignal(signal.SIGTERM)
    yield before
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that the read lane runs, without those that put a watched read on record."""
    seen: list[str] = []
    lane = type(database.current().reads)
    fetch: Any = lane.fetch

    async def noted(self: Any, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        if "insert into" not in sql:
            seen.append(sql)
        found: list[Any] = await fetch(self, organisation_id, sql, values)
        return found

    monkeypatch.setattr(lane, "fetch", noted)
    return seen


class TestClock:
    """The time of a test: it stands still until it is told to move."""

    __test__ = False

    def __init__(self) -> None:
        self.time = NOON

    def set(self, time: datetime) -> None:
        """Go to a time."""
        self.time = time

    def advance(self, **amount: float) -> datetime:
        """Go forward: `clock.advance(hours=1)`."""
        self.time += timedelta(**amount)
        return self.time


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of the test run, for every `config.settings()`."""
    chosen = Settings(
        data_dir=tmp_path_factory.mktemp("var"),
        secret_key="a secret of the test run, long enough",  # type: ignore[arg-type]
        write_pool_size=20,
        read_pool_size=4,
        pool_wait_seconds=10,
        # Tests of the limits set their own.
        rate_limit_credential=0,
        rate_limit_organisation=0,
        rate_limit_operation=0,
        rate_limit_address=0,
    )
    patch = pytest.MonkeyPatch()
    patch.setattr(config, "settings", lambda: chosen)
    yield chosen
    patch.undo()


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL of this test process, in memory where there is a tmpfs; stopped at the end."""
    memory = Path("/dev/shm")  # noqa: S108
    root = Path(tempfile.mkdtemp(prefix="flipside-", dir=memory if memory.is_dir() else None))
    cluster = Cluster(root, durable=False)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def address(server: Cluster) -> str:
    """The owner's address of a migrated database."""
    asyncio.run(_execute(server.address(OWNER, "postgres"), "create database flipside"))
    address = server.address(OWNER, "flipside")
    storage.migrate(address)
    return address


async def _execute(address: str, *statements: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def opened(address: str, settings: Settings) -> AsyncIterator[database.Database]:
    """The database that all code of this process works on."""
    opened = database.Database(address, settings)
    database.use(opened)
    yield opened
    database.use(None)
    await opened.close()


@pytest.fixture(scope="session", autouse=True)
def _events_keep_their_schema() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "record", emitted.record)
        yield


@pytest.fixture(scope="session")
def _nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    yield server
    server.kill()


@pytest.fixture(name="nats")
def _nats_that_runs(_nats: NatsServer) -> NatsServer:
    """A NATS server of this test process, whatever the test before did to it."""
    _nats.start()
    return _nats


@pytest.fixture(name="clock")
def _clock() -> Iterator[TestClock]:
    """The clock of the whole service."""
    moved = TestClock()
    clock.use(lambda: moved.time)
    yield moved
    clock.use(None)


@pytest.fixture
async def owner(address: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may look at everything and change everything."""
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


@pytest.fixture
async def world(opened: database.Database, clock: TestClock) -> World:
    """An organisation of the test's own; row-level security keeps the others out of sight, so nothing is cleaned up."""
    bearer.forget()
    return await found_world()
