"""The delivery log over both doors, and what is begun to send again what it holds."""

from typing import Any

import pytest

from app import ids
from tests.full import Full
from tests.routers.conftest import Api
from tests.world import World

LONG_AGO = "2001-01-01T00:00:00Z"
_RECOVER = """
    mutation($input: RecoverWebhookEndpointInput!) {
        recoverWebhookEndpoint(input: $input) {
            ... on Operation { kind subjectIds }
            ... on Problem { code faults { path } }
        }
    }
"""
_ATTEMPTS = """
    query($filter: AttemptFilter) { attempts(filter: $filter) { nodes { endpointId requestHeaders } } }
"""


async def endpoint(world: World) -> str:
    """A new endpoint."""
    return str((await world.do("admin", "create_webhook_endpoint", url="https://lms.example/hooks"))["id"])


@pytest.mark.parametrize("verb", ["recover", "replay"])
async def test_sending_again_is_begun_once_and_answered_with_the_operation(api: Api, world: World, verb: str) -> None:
    admin, path = api(world.keys["admin"]), f"/v1/webhook-endpoints/{await endpoint(world)}/{verb}"
    asked: dict[str, Any] = {"json": {"since": "2026-03-01T00:00:00Z"}, "headers": {"Idempotency-Key": ids.new("key")}}

    begun, again = await admin.post(path, **asked), await admin.post(path, **asked)
    unnamed = await admin.post(path, json=asked["json"])

    operation = begun.json()
    assert (begun.status_code, begun.headers["Location"]) == (202, f"/v1/operations/{operation['id']}")
    assert (operation["kind"], operation["status"]) == (f"{verb}_webhook_endpoint", "queued")
    assert (await admin.get(begun.headers["Location"])).headers["ETag"] == begun.headers["ETag"]
    assert (again.json()["id"], again.headers["Idempotency-Replayed"]) == (operation["id"], "true")
    assert unnamed.status_code == 422


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/since"),
        ({"since": "yesterday"}, "/since"),
        ({"since": LONG_AGO}, "/since"),
        ({"since": "2026-03-02T11:00:00Z", "until": "2026-03-02T10:00:00Z"}, "/since"),
        ({"since": "2026-03-02T11:00:00Z", "types": ["session.s3cr3t"]}, "/types/0"),
        ({"since": "2026-03-02T11:00:00Z", "types": []}, "/types"),
        ({"since": "2026-03-02T11:00:00Z", "states": ["delivered"]}, "/states/0"),
    ],
)
async def test_what_makes_no_sense_is_refused_where_it_stands(
    api: Api, world: World, given: dict[str, Any], pointer: str
) -> None:
    path = f"/v1/webhook-endpoints/{await endpoint(world)}/recover"

    answer = await api(world.keys["admin"]).post(path, json=given, headers={"Idempotency-Key": ids.new("key")})

    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])
    assert "s3cr3t" not in answer.text


async def test_graphql_begins_the_same_and_refuses_the_same(api: Api, world: World) -> None:
    endpoint_id = await endpoint(world)

    async def asked(since: str) -> Any:
        given = {"id": endpoint_id, "since": since, "states": ["DEAD"], "idempotencyKey": ids.new("key")}
        body = {"query": _RECOVER, "variables": {"input": given}}
        return (await api(world.keys["admin"]).post("/graphql", json=body)).json()["data"]["recoverWebhookEndpoint"]

    assert await asked("2026-03-02T10:00:00Z") == {"kind": "recover_webhook_endpoint", "subjectIds": [endpoint_id]}
    assert await asked(LONG_AGO) == {"code": "out_of_reach", "faults": [{"path": ["input", "since"]}]}


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"created_after": LONG_AGO}, 1),
        ({"created_after": "1900-01-01T00:00:00Z"}, 1),
        ({"created_before": LONG_AGO}, 0),
        ({"endpoint_id": ids.made_up("whe", "none")}, 0),
    ],
    ids=str,
)
async def test_the_log_of_an_endpoint_is_read_by_time(api: Api, acme: Full, asked: dict[str, str], count: int) -> None:
    admin = api(acme.world.keys["admin"])
    mine = {"endpoint_id": acme.objects["webhook_endpoint"]}
    names = {"endpoint_id": "endpointId", "created_after": "createdAfter", "created_before": "createdBefore"}
    filter_ = {names[name]: [text] if name == "endpoint_id" else text for name, text in {**mine, **asked}.items()}

    listed = (await admin.get("/v1/attempts", params={**mine, **asked})).json()["items"]
    told = (await admin.post("/graphql", json={"query": _ATTEMPTS, "variables": {"filter": filter_}})).json()

    assert [one["id"] for one in listed] == [acme.objects["attempt"]] * count
    assert told["data"]["attempts"]["nodes"] == [{"endpointId": mine["endpoint_id"], "requestHeaders": {}}] * count
