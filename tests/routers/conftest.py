"""What tests of the REST door stand on: callers over ASGI, and two organisations with one object of every kind."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from app import clock, db
from app.main import create_app
from tests.conftest import NOON
from tests.full import Full, fill
from tests.world import found_world

Api = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def api(opened: db.Database) -> AsyncIterator[Api]:
    """Clients of the whole application: `api(world.keys["mentor"])`, or `api()` for a stranger."""
    transport = httpx.ASGITransport(create_app())
    async with AsyncExitStack() as stack:

        def client(key: str | None = None) -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            made = httpx.AsyncClient(transport=transport, base_url="http://flipside", headers=headers)
            stack.push_async_callback(made.aclose)
            return made

        yield client


@pytest.fixture(scope="session")
async def acme(opened: db.Database) -> AsyncIterator[Full]:
    """An organisation with one object of every kind, for tests that leave it as it is."""
    clock.use(lambda: NOON)
    filled = await fill(await found_world("Acme"))
    clock.use(None)
    yield filled


@pytest.fixture(scope="session")
async def rival(opened: db.Database) -> AsyncIterator[Full]:
    """Another one, to whom Acme's objects do not exist."""
    clock.use(lambda: NOON)
    filled = await fill(await found_world("Rival"))
    clock.use(None)
    yield filled
