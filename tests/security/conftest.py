"""What attacks stand on: both doors over ASGI, and two organisations with one object of every kind."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app import db
from app.main import create_app
from tests.full import Full, founded


@pytest.fixture(scope="session")
async def client(opened: db.Database) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP, straight into the application."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        yield client


@pytest.fixture(scope="session")
async def acme(opened: db.Database) -> Full:
    """An organisation with one object of every kind, for attacks that must leave it as it is."""
    return await founded("Acme")


@pytest.fixture(scope="session")
async def rival(opened: db.Database) -> Full:
    """Another one, to whom Acme's objects do not exist."""
    return await founded("Rival")
