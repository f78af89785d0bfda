"""What the tests of sealing stand on: a pair that has written to each other, and clients of both doors."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.main import create_app
from app.sealing import keeping
from tests.graphql.client import Gql
from tests.world import World

CANARY = 'The canary "sings" at dawn \\ {"$sealed": 1} é\n'


@dataclass
class Confidence:
    """What two people wrote in confidence, by its kind."""

    world: World
    session: str
    note: str
    reply: str
    feedback: str
    bar: str
    pairing: str


@pytest.fixture
async def confidence(world: World) -> Confidence:
    """Notes of both, feedback of the mentor, and what the office noted about them."""
    keeping.forget()
    pairing = (await world.pairing(shared_manager_waiver=CANARY))["id"]
    session = (await world.session(pairing))["id"]
    given: dict[str, Any] = {"session_id": session, "tier": "pair", "text": CANARY}
    word: dict[str, Any] = {"type": "partner", "audience": "partner", "rating": 4, "text": CANARY}
    people: dict[str, Any] = {"person_id": world.people["admin"], "other_person_id": world.people["coordinator"]}
    return Confidence(
        world,
        session,
        note=(await world.do("mentor", "create_note", **given))["id"],
        reply=(await world.do("mentee", "create_note", **given))["id"],
        feedback=(await world.do("mentor", "give_feedback", pairing_id=pairing, **word))["id"],
        bar=(await world.do("admin", "create_do_not_pair", **people, reason=CANARY))["id"],
        pairing=pairing,
    )


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP, straight into the application."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        yield client


@pytest.fixture
def gql(client: httpx.AsyncClient, world: World) -> Gql:
    """The GraphQL door."""
    return Gql(client, world)
