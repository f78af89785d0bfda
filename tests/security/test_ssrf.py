"""No caller makes us call inside our own network: not when an address is stored, nor when it is changed, at no door."""

import httpx
import pytest

from app import config
from app.config import Settings
from tests.conftest import TestClock
from tests.full import Full
from tests.graphql.client import Gql

# One of each way in; tests/outgoing/test_addresses.py knows many more.
INSIDE = [
    "http://hooks.example.com/in",
    "https://127.0.0.1/in",
    "https://2130706433/in",
    "https://0x7f.1/in",
    "https://0177.0.0.1/in",
    "https://[::1]/in",
    "https://[::ffff:169.254.169.254]/in",
    "https://[64:ff9b::a9fe:a9fe]/in",
    "https://[2002:7f00:1::]/in",
    "https://localhost/in",
    "https://metadata.google.internal/in",
    "https://hooks.example.com:22/in",
    "https://user:pass@hooks.example.com/in",
    "https://hooks.example.com@127.0.0.1/in",
    "https://hooks.example.com/in#x",
    "https://127.0.0.1.",
    "https://intranet/in",
    "ftp://hooks.example.com/in",
    "file:///etc/passwd",
    "gopher://hooks.example.com/in",
    "https://①②⑦.⓪.⓪.①/in",
    "https://hooks.example.com\\@127.0.0.1/in",
    "https://hooks.example.com/\r\nHost: other",
]


@pytest.fixture(autouse=True)
def _in_production(settings: Settings, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where private addresses are closed; the keys of session-wide worlds were made at noon."""
    strict = settings.model_copy(update={"webhook_allow_private": False})
    monkeypatch.setattr(config, "settings", lambda: strict)


@pytest.mark.parametrize("url", INSIDE)
async def test_an_address_inside_is_refused_wherever_it_is_named(
    url: str, client: httpx.AsyncClient, acme: Full
) -> None:
    endpoint, gql = acme.objects["webhook_endpoint"], Gql(client, acme.world)
    headers = {"Authorization": f"Bearer {acme.world.keys['admin']}"}
    problem = "{__typename ... on Problem{kind faults{path}}}"

    for answer in (
        await client.post("/v1/webhook-endpoints", json={"url": url}, headers=headers),
        await client.patch(f"/v1/webhook-endpoints/{endpoint}", json={"url": url}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")
        assert url not in answer.text
    for name, given in (("create", {"url": url}), ("update", {"url": url, "id": endpoint})):
        kind = f"{name.title()}WebhookEndpointInput"
        query = f"mutation($i:{kind}!){{done:{name}WebhookEndpoint(input:$i){problem}}}"
        assert await gql.data(query, i=given) == {
            "done": {"__typename": "Problem", "kind": "invalid", "faults": [{"path": ["input", "url"]}]}
        }
