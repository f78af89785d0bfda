"""A company whose people are talked to through every door."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from app.main import create_app
from app.workers.run import Worker
from tests.graphql.client import Gql
from tests.scim.conftest import PATCH
from tests.world import World

_CONFLICTS = """
    query($pair: ID!) { pairing(id: $pair) { status isSuspended conflicts(first: 10) {
        nodes { id rule cause status options dueOn causePerson { id } }
    } } }
"""


class Company:
    """A world, called over HTTP: by REST, GraphQL and SCIM."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self.world, self._client, self.gql = world, client, Gql(client, world)

    async def call(self, method: str, path: str, part: str, status: int = 200, **body: Any) -> Any:
        """A request by somebody; its answer. What follows from it has happened."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {self.world.keys[part]}", "Content-Type": kind}
        if method == "PATCH" and path.startswith("/v1/"):
            headers["If-Match"] = "*"
        content = orjson.dumps(body) if body else None
        answer = await self._client.request(method, path, content=content, headers=headers)
        assert answer.status_code == status, answer.text
        await Worker().drain()
        return answer.json() if answer.content else None

    async def scim(self, part: str, path: str, value: Any) -> None:
        """The HR system says something else of somebody."""
        await self.call(
            "PATCH",
            f"/scim/v2/Users/{self.world.people[part]}",
            "service",
            204,
            schemas=[PATCH],
            Operations=[{"op": "replace", "path": path, "value": value}],
        )

    async def seen(self, pairing: dict[str, Any], part: str = "coordinator") -> tuple[str, bool, list[dict[str, Any]]]:
        """A pairing and its conflicts as somebody sees them, alike through both doors."""
        found = (await self.gql.data(_CONFLICTS, part, pair=pairing["id"]))["pairing"]
        by_rest = await self.call("GET", f"/v1/pairing-conflicts?pairing_id={pairing['id']}", part)
        assert {one["id"] for one in by_rest["items"]} == {one["id"] for one in found["conflicts"]["nodes"]}
        return found["status"], found["isSuspended"], found["conflicts"]["nodes"]

    async def told(self, subject: str) -> list[str]:
        """The events about an object; those in nobody's name are starred."""
        return [event.type + "*" * (event.actor is None) for event in await self.world.told(subject)]


@pytest.fixture
async def company(world: World) -> AsyncIterator[Company]:
    """A company whose people come by their name in the story."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        yield Company(world, client)
