"""What the tests of the demonstration stand on: a database of their own, and what is printed, run as it stands."""

import asyncio
import secrets
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from app import config, storage
from app.auth import bearer
from app.commands import hosting
from app.config import Settings
from app.db import Database
from app.demo import seed
from app.demo.handing_out import Demo, hand_out
from app.embedded import OWNER, Cluster
from app.main import create_app
from app.sealing import keeping
from tests.commanding import Command, command

Run = Callable[[str], Awaitable[httpx.Response]]


async def _execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="module")
def own_address(server: Cluster) -> Iterator[str]:
    """A database of one module's tests: the demonstration organisation has one id everywhere."""
    name = f"demonstration_{secrets.token_hex(4)}"
    asyncio.run(_execute(server.address(OWNER, "postgres"), f"create database {name}"))
    address = server.address(OWNER, name)
    storage.migrate(address)
    yield address
    asyncio.run(_execute(server.address(OWNER, "postgres"), f"drop database {name} with (force)"))


@pytest.fixture
async def lanes(own_address: str, settings: Settings) -> AsyncIterator[Database]:
    """That database, in the place of the others'."""
    _forget()
    async with hosting.opened(own_address, settings) as opened:
        yield opened
    _forget()


def _forget() -> None:
    """What one database holds says nothing of another, though an organisation has the same id in both."""
    bearer.forget()
    keeping.forget()


@pytest.fixture
def chosen(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a data folder of the test's own."""
    chosen = settings.model_copy(update={"data_dir": tmp_path, "port": 4321})
    monkeypatch.setattr(config, "settings", lambda: chosen)
    return chosen


@pytest.fixture
async def demo(lanes: Database, chosen: Settings) -> Demo:
    """The demonstration organisation and its keys."""
    await seed.seed()
    return await hand_out(chosen)


@pytest.fixture
def run(demo: Demo) -> Run:
    """Does what a curl command would do, against the application itself."""
    return _run


async def _run(command: str) -> httpx.Response:
    """What a printed curl command would do, against the application itself."""
    words = iter(shlex.split(command))
    assert next(words) == "curl"
    method, address, headers, body = "GET", "", {}, None
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            method, body = "POST", next(words)
        elif word != "-s":
            address = word
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(method, address, headers=headers, content=body)


@pytest.fixture
def flipside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `flipside`, run in this process."""
    return command(monkeypatch, capsys)
