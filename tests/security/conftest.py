"""What attacks stand on: both doors over ASGI, and two organisations with one object of every kind."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app import clock, db
from app.main import create_app
from tests.conftest import NOON
from tests.full import Full, fill
from tests.world import found_world


@pytest.fixture(scope="session")
async def client(opened: db.Database) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP, straight into the application."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        yield client


@pytest.fixture(scope="session")
async def acme(opened: db.Database) -> Full:
    """An organisation with one object of every kind, for attacks that must leave it as it is."""
    clock.use(lambda: NOON)
    filled = await fill(await found_world("Acme"))
    clock.use(None)
    return filled


@pytest.fixture(scope="session")
async def rival(opened: db.Database) -> Full:
    """Another one, to whom Acme's objects do not exist."""
    clock.use(lambda: NOON)
    filled = await fill(await found_world("Rival"))
    clock.use(None)
    return filled
