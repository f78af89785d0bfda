"""A token for one endpoint: everything of that endpoint, and nothing else is there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from app import db as database
from app.acting.run import perform
from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.main import create_app
from app.workers.relay import Relay
from tests.outcomes import refused
from tests.workers.steps import relay_all
from tests.world import World

ISSUE = "issue_webhook_portal_token"
URL = "https://hooks.example.com/in"
_TRY = """
    insert into attempt (
        organisation_id, id, version, created_at, updated_at, delivery_id, endpoint_id, number, started_at, elapsed_ms,
        request_headers
    )
    select organisation_id, 'tri_' || right(id, 26), 1, now(), now(), id, endpoint_id, 1, now(), 7, '{}' from delivery
    where organisation_id = $1
"""


@dataclass
class Embedded:
    """Two endpoints with all that belongs to them; the token is for the first."""

    world: World
    ours: dict[str, str]
    theirs: dict[str, str]
    client: httpx.AsyncClient

    async def list(self, path: str, **query: str) -> list[dict[str, Any]]:
        """A list over REST."""
        answer = await self.client.get(f"/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def ask(self, query: str) -> dict[str, Any]:
        """A query over GraphQL."""
        answer = await self.client.post("/graphql", json={"query": query})
        data: dict[str, Any] = answer.json()["data"]
        return data


async def things_of(owner: asyncpg.Connection, endpoint_id: str) -> dict[str, str]:
    """One of each kind that belongs to an endpoint."""
    delivery = await owner.fetchval("select id from delivery where endpoint_id = $1 limit 1", endpoint_id)
    return {
        "webhook-endpoints": endpoint_id,
        "webhook-secrets": await owner.fetchval("select id from webhook_secret where endpoint_id = $1", endpoint_id),
        "deliveries": delivery,
        "attempts": await owner.fetchval("select id from attempt where delivery_id = $1", delivery),
    }


@pytest.fixture
async def embedded(world: World, owner: asyncpg.Connection) -> AsyncIterator[Embedded]:
    """Both endpoints, and a caller with the token."""
    first, second = [(await world.do("admin", "create_webhook_endpoint", url=URL))["id"] for _ in range(2)]
    await relay_all(Relay())
    await owner.execute(_TRY, world.organisation_id)
    token = (await world.do("service", ISSUE, world.organisation_id, endpoint_id=first))["secret"]
    world.actors["portal"] = await authenticate(f"Bearer {token}")
    transport, headers = httpx.ASGITransport(create_app()), {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside", headers=headers) as client:
        yield Embedded(world, await things_of(owner, first), await things_of(owner, second), client)


KINDS = ("webhook-endpoints", "webhook-secrets", "deliveries", "attempts")
TYPES = ("webhookEndpoint", "webhookSecret", "delivery", "attempt")


async def test_over_rest_nothing_of_another_endpoint_is_there(embedded: Embedded) -> None:
    for kind in KINDS:
        ours, theirs = embedded.ours[kind], embedded.theirs[kind]
        assert (await embedded.client.get(f"/v1/{kind}/{ours}")).status_code == 200, kind
        assert (await embedded.client.get(f"/v1/{kind}/{theirs}")).status_code == 404, kind
        found = {item["id"] for item in await embedded.list(kind)}
        assert ours in found, kind
        assert theirs not in found, kind
    assert await embedded.list("deliveries", endpoint_id=embedded.theirs["webhook-endpoints"]) == []
    assert (await embedded.client.get(f"/v1/nodes/{embedded.theirs['deliveries']}")).status_code == 404


async def test_over_graphql_nothing_of_another_endpoint_is_there(embedded: Embedded) -> None:
    for kind, name in zip(KINDS, TYPES, strict=True):
        ours, theirs = embedded.ours[kind], embedded.theirs[kind]
        found = await embedded.ask(f'{{ ours: {name}(id: "{ours}") {{ id }} theirs: {name}(id: "{theirs}") {{ id }} }}')
        assert found == {"ours": {"id": ours}, "theirs": None}, kind
    deliveries = "deliveries(first: 5) { nodes { endpoint { id } tries(first: 5) { nodes { id } } } }"
    edges = f"{{ webhookEndpoints(first: 5) {{ nodes {{ id {deliveries} }} }} }}"
    (only,) = (await embedded.ask(edges))["webhookEndpoints"]["nodes"]
    assert only["id"] == embedded.ours["webhook-endpoints"]
    assert {one["endpoint"]["id"] for one in only["deliveries"]["nodes"]} == {only["id"]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("webhook-signing-keys", 200),
        ("events", 403),
        ("people", 403),
        ("programmes", 403),
        ("event-types", 200),
    ],
)
async def test_nothing_else_of_the_organisation_is_there(embedded: Embedded, path: str, status: int) -> None:
    answer = await embedded.client.get(f"/v1/{path}")

    assert answer.status_code == status
    if path == "webhook-signing-keys":
        await embedded.world.do("admin", "rotate_webhook_signing_key")
        assert (await embedded.client.get(f"/v1/{path}")).json()["items"] == []


VERBS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("webhook-endpoints", "rotate-secret", {}),
    ("webhook-endpoints", "disable", {}),
    ("webhook-endpoints", "enable", {}),
    ("webhook-endpoints", "ping", {}),
    ("webhook-endpoints", "test", {"type": "session.completed"}),
    ("webhook-endpoints", "verify", {}),
    ("deliveries", "retry", {}),
)


@pytest.mark.parametrize(("kind", "verb", "body"), VERBS)
async def test_what_can_be_done_is_done_to_its_own_endpoint_alone(
    embedded: Embedded, kind: str, verb: str, body: dict[str, Any]
) -> None:
    answers = [
        await embedded.client.post(f"/v1/{kind}/{things[kind]}/{verb}", json=body)
        for things in (embedded.theirs, embedded.ours)
    ]

    # What the state of its own does not allow is told, since it is there.
    assert answers[0].status_code == 404
    assert answers[1].status_code in (200, 409)


async def test_over_graphql_another_endpoint_cannot_be_changed(embedded: Embedded) -> None:
    theirs = embedded.theirs["webhook-endpoints"]
    change = f'updateWebhookEndpoint(input: {{id: "{theirs}", rateLimit: 7}}) {{ ... on Problem {{ kind }} }}'

    assert await embedded.ask(f"mutation {{ {change} }}") == {"updateWebhookEndpoint": {"kind": "not_found"}}


async def test_its_own_endpoint_can_be_changed_and_no_other_is_made(embedded: Embedded) -> None:
    world, ours = embedded.world, embedded.ours["webhook-endpoints"]

    assert (await world.do("portal", "update_webhook_endpoint", ours, rate_limit=7))["rate_limit"] == 7
    with refused("forbidden"):
        await world.do("portal", "create_webhook_endpoint", url=URL)
    with refused("forbidden"):
        await world.do("portal", "rotate_webhook_signing_key")
    with refused("scope_missing"):
        await world.do("portal", ISSUE, world.organisation_id)


async def test_an_endpoint_that_is_not_there_gets_no_token(world: World) -> None:
    with refused("unknown_reference", "/endpoint_id"):
        await world.do("service", ISSUE, world.organisation_id, endpoint_id="whe_01jd0000000000000000000000")


async def test_it_is_not_answered_what_others_were_under_the_same_idempotency_key(embedded: Embedded) -> None:
    world, theirs = embedded.world, embedded.theirs["webhook-endpoints"]
    await perform(world.call("service", "rotate_webhook_secret", theirs, key="k"))

    with refused("not_found"):
        await perform(world.call("portal", "rotate_webhook_secret", theirs, key="k"))


async def test_the_trail_says_that_it_was_a_portal(embedded: Embedded) -> None:
    world = embedded.world
    await world.do("portal", "ping_webhook_endpoint", embedded.ours["webhook-endpoints"])

    query = "select principal, role from audit_entry where organisation_id = $1 and action = 'ping_webhook_endpoint'"
    rows = await database.current().reads.fetch(world.organisation_id, query, (world.organisation_id,))
    assert [tuple(row) for row in rows] == [(world.actors["service"].principal, Role.WEBHOOK_PORTAL.value)]
