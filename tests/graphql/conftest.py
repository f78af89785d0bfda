"""What tests of the GraphQL door stand on: a client, and two organisations with one object of every kind and more."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app import clock, db
from app.main import create_app
from tests.conftest import NOON
from tests.full import Full, fill, founded
from tests.graphql.client import Gql
from tests.world import World, found_world


@pytest.fixture(scope="session")
async def client(opened: db.Database) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP, straight into the application."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        yield client


@pytest.fixture
def gql(client: httpx.AsyncClient, world: World) -> Gql:
    """The door, for an organisation of the test's own."""
    return Gql(client, world)


@pytest.fixture(scope="session")
async def acme(opened: db.Database) -> Full:
    """An organisation with one object of every kind, and lists of several, for tests that leave it as it is."""
    clock.use(lambda: NOON)
    filled = await fill(await found_world("Acme"))
    await _several(filled)
    clock.use(None)
    return filled


@pytest.fixture(scope="session")
async def rival(opened: db.Database) -> Full:
    """Another one, to whom Acme's objects do not exist."""
    return await founded("Rival")


@pytest.fixture(scope="session")
async def workshop(opened: db.Database) -> Full:
    """One in which anything may be changed."""
    return await founded("Workshop")


@pytest.fixture
def reader(client: httpx.AsyncClient, acme: Full) -> Gql:
    """The door, for Acme."""
    return Gql(client, acme.world)


@pytest.fixture
def stranger(client: httpx.AsyncClient, rival: Full) -> Gql:
    """The door, for Rival."""
    return Gql(client, rival.world)


async def _several(full: Full) -> None:
    world, pairing_id = full.world, full.objects["pairing"]
    for days in (-28, -14, 28):
        await world.session(pairing_id, days=days, topic=f"Day {days}")
    for number in range(6):
        await world.do("mentor", "set_goal", pairing_id=pairing_id, title=f"Goal {number}", due_on=None)
    await world.do(
        "coordinator",
        "update_sponsorship",
        full.objects["sponsorship"],
        commitments=[{"text": "Attend"}, {"text": "Speak", "kept_at": NOON}],
    )
    await world.do(
        "coordinator",
        "create_programme",
        name="Another",
        purpose="To compare.",
        starts_on=NOON.date(),
        objectives=[
            {"type": "innovation", "description": "New ideas"},
            {"type": "culture", "description": "One house"},
        ],
    )
