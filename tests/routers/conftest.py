"""What tests of the REST door stand on: callers over ASGI, and two organisations with one object of every kind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import asyncpg
import httpx
import pytest

from app import db
from app.main import create_app
from tests.full import Full, founded

Api = Callable[..., httpx.AsyncClient]
Snapshot = Callable[[Full], Awaitable[dict[str, str]]]


@pytest.fixture(scope="session")
def transport(opened: db.Database) -> httpx.ASGITransport:
    """The whole application, which keeps nothing from one request to the next."""
    return httpx.ASGITransport(create_app())


@pytest.fixture
async def api(transport: httpx.ASGITransport) -> AsyncIterator[Api]:
    """Clients of the whole application: `api(world.keys["mentor"])`, or `api()` for a stranger."""
    async with AsyncExitStack() as stack:

        def client(key: str | None = None) -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            made = httpx.AsyncClient(transport=transport, base_url="http://flipside", headers=headers)
            stack.push_async_callback(made.aclose)
            return made

        yield client


@pytest.fixture(scope="session")
async def acme(opened: db.Database) -> Full:
    """An organisation with one object of every kind, for tests that leave it as it is."""
    return await founded("Acme")


@pytest.fixture(scope="session")
async def rival(opened: db.Database) -> Full:
    """Another one, to whom Acme's objects do not exist."""
    return await founded("Rival")


@pytest.fixture
def snapshot(owner: asyncpg.Connection) -> Snapshot:
    """Every row of an organisation as text, by table: what a refused request leaves as it was."""

    async def taken(full: Full) -> dict[str, str]:
        tables = await owner.fetch(
            "select table_name from information_schema.columns where column_name = 'organisation_id' "
            "and table_schema = 'public'"
        )
        # Keys note when they were used last: that is no change of theirs.
        row = "(to_jsonb(t) - 'last_used_at')::text"
        # A refusal is on record, and nowhere else.
        rows = " union all ".join(
            f"select '{name}', md5(string_agg({row}, ';' order by {row})) from {name} t where organisation_id = $1"  # noqa: S608
            for (name,) in tables
            if not name.startswith("audit_")
        )
        return dict(await owner.fetch(rows, full.world.organisation_id))

    return taken
