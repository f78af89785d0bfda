"""The stage, set once, and the count of what was asked on it."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from app import clock
from app import db as database
from app.main import create_app
from tests.conftest import NOON
from tests.policy.facts import ALIKE, NEWCOMERS
from tests.policy.stage import Stage, build
from tests.policy.tally import TALLY

# Everyone of whom something else is expected than of all others.
PARTS = (
    "admin",
    "coordinator",
    "mentor",
    "mentee",
    "service",
    "portal",
    *(part for part in NEWCOMERS if part not in ALIKE),
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases there were. With several processes each counts its own, and none is told."""
    if TALLY.cases:
        terminalreporter.write_line(f"policy: {TALLY.cases} cases, {TALLY.failures} failures")


@pytest.fixture(scope="session")
async def stage(opened: database.Database, address: str) -> Stage:
    """Made once: nothing that is asked on it changes it."""
    clock.use(lambda: NOON)
    connection = await asyncpg.connect(address)
    try:
        built = await build(connection)
    finally:
        await connection.close()
        clock.use(None)
    return built


@pytest.fixture
async def client(opened: database.Database) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP, straight into the application."""
    clock.use(lambda: NOON)
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        yield client
    clock.use(None)
