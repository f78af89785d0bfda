"""The door as it is mounted: its address, its methods, its settings."""

from typing import Any

import httpx
import pytest

from app import config
from app.config import Settings
from tests.full import Full

RANK = 'mutation{createRank(input:{level:95,name:"A"}){__typename}}'


@pytest.fixture
def headers(acme: Full) -> dict[str, str]:
    return {"Authorization": f"Bearer {acme.world.keys['admin']}"}


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Other settings, for this test."""
    chosen = settings.model_copy(update=changes)
    monkeypatch.setattr(config, "settings", lambda: chosen)


async def test_get_is_off_unless_asked_for(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await client.get("/graphql", params={"query": "{__typename}"}, headers=headers)

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


async def test_get_answers_queries_and_changes_nothing(
    client: httpx.AsyncClient, headers: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, monkeypatch, graphql_get=True)

    read = await client.get(
        "/graphql",
        params={"query": "query($n:Int){ranks(first:$n){nodes{level}}}", "variables": '{"n":1}'},
        headers=headers,
    )
    acted = await client.get("/graphql", params={"query": RANK}, headers=headers)
    both = f"query A{{__typename}} {RANK.replace('mutation', 'mutation B')}"
    chosen = await client.get("/graphql", params={"query": both, "operationName": "B"}, headers=headers)

    assert read.json() == {"data": {"ranks": {"nodes": [{"level": 1}]}}}
    assert (acted.status_code, chosen.status_code) == (405, 405)
    assert acted.headers["allow"] == "POST"
    ranks = await client.get("/v1/ranks?level=95", headers=headers)
    assert ranks.json()["items"] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(method: str, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await client.request(method, "/graphql", headers=headers)

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.json()["errors"][0]["extensions"]["code"] == "method_not_allowed"


async def test_the_largest_body_is_a_setting(
    client: httpx.AsyncClient, headers: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, monkeypatch, body_limit_bytes=1024)

    small = await client.post("/graphql", json={"query": "{__typename}"}, headers=headers)
    large = await client.post(
        "/graphql", json={"query": "{__typename}", "variables": {"x": "y" * 1024}}, headers=headers
    )

    assert small.json() == {"data": {"__typename": "Query"}}
    assert large.status_code == 413
    assert large.json()["errors"][0]["extensions"]["code"] == "body_too_large"


async def test_a_browsers_form_opens_nothing(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        sent = {**headers, "Content-Type": kind}
        response = await client.post("/graphql", content=f'{{"query":"{{__typename}}","x":"{RANK[:5]}"}}', headers=sent)
        assert response.status_code == 415


async def test_every_answer_names_its_request(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    sent = {**headers, "X-Request-Id": "mine-1"}
    response = await client.post("/graphql", json={"query": "{people(first:0){nodes{id}}}"}, headers=sent)

    assert response.headers["x-request-id"] == "mine-1"
    assert response.json()["errors"][0]["extensions"]["requestId"] == "mine-1"
