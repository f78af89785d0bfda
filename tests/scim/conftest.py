"""What tests of the SCIM door stand on: an HR system that calls the whole application over ASGI."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app import db
from app.main import create_app
from tests.world import World

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MENTORING = "urn:flipside:scim:schemas:extension:mentoring:1.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


@dataclass
class Hris:
    """An HR system: its world, and requests in SCIM that are expected to succeed unless a status is named."""

    world: World
    http: httpx.AsyncClient

    async def send(self, method: str, path: str, status: int, body: Any = None, **headers: str) -> dict[str, Any]:
        """Send a request; its answer, once it has the expected status."""
        answer = await self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, (answer.status_code, answer.text)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def get(self, path: str, status: int = 200) -> dict[str, Any]:
        """Read."""
        return await self.send("GET", path, status)

    async def create(self, user_name: str, status: int = 201, **members: Any) -> dict[str, Any]:
        """Create a user."""
        given = {"schemas": [CORE], "userName": user_name, "name": {"givenName": "Ada", "familyName": "King"}}
        return await self.send("POST", "/Users", status, given | members)

    async def patch(self, path: str, *operations: dict[str, Any], status: int = 204, **headers: str) -> dict[str, Any]:
        """Patch a user or a group."""
        return await self.send("PATCH", path, status, {"schemas": [PATCH], "Operations": operations}, **headers)

    async def find(self, filter_: str, path: str = "/Users", **query: Any) -> list[str]:
        """The ids that a filter finds."""
        answer = await self.http.get(path, params={"filter": filter_} | query)
        assert answer.status_code == 200, answer.text
        return [found["id"] for found in answer.json().get("Resources", [])]


@pytest.fixture(scope="session")
def transport(opened: db.Database) -> httpx.ASGITransport:
    """The whole application, which keeps nothing from one request to the next."""
    return httpx.ASGITransport(create_app())


@pytest.fixture
async def hris(transport: httpx.ASGITransport, world: World) -> AsyncIterator[Hris]:
    """An HR system with a key of a service account, in an organisation of its own."""
    headers = {"Authorization": f"Bearer {world.keys['service']}", "Content-Type": "application/scim+json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside/scim/v2", headers=headers) as http:
        yield Hris(world, http)


def members(text: str) -> dict[str, Any]:
    """A user of the enterprise and mentoring extensions: `members("department=Sales rank=Director")`."""
    found: dict[str, Any] = {ENTERPRISE: {}, MENTORING: {}}
    for name, _, value in (item.partition("=") for item in text.split()):
        found[MENTORING if name in _MENTORING else ENTERPRISE][name] = value
    return {urn: given for urn, given in found.items() if given}


_MENTORING = {"hireDate", "terminationDate", "leaveStatus", "rank", "location"}
