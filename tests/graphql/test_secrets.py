"""Secrets: in the answer of the mutation that makes them, and nowhere else."""

from typing import Any

import pytest

from app.declared import INTENTS
from tests.graphql.client import Gql

DO = {intent.name: intent for intent in INTENTS}
SECRETS: dict[str, tuple[str, dict[str, Any]]] = {
    "create_api_key": (
        "apiKey",
        {"name": "K", "role": "SERVICE_ACCOUNT", "serviceAccount": "bi", "scopes": ["goals:read"]},
    ),
    "create_webhook_endpoint": ("webhookEndpoint", {"url": "https://hooks.example.com/in"}),
}


@pytest.mark.parametrize("name", SECRETS)
async def test_a_secret_is_shown_once(name: str, gql: Gql) -> None:
    field, given = SECRETS[name]
    kind = field[0].upper() + field[1:]
    wanted = f"... on {kind}WithSecret{{secret s:secret {field}{{id version}} x:{field}{{id:version y:id}}}}"

    found = await gql.do(DO[name], wanted=wanted, **given)

    assert found["secret"] == found["s"]
    assert len(found["secret"]) > 30
    made = found[field]
    assert found["x"] == {"id": made["version"], "y": made["id"]}
    read = await gql.post(
        f"query($id:ID!){{{field}(id:$id){{id createdAt}} {field}s{{nodes{{id}}}}}}", variables={"id": made["id"]}
    )
    assert made["id"] in read.text
    assert found["secret"] not in read.text


async def test_a_rotated_secret_is_another(gql: Gql) -> None:
    wanted = "... on WebhookEndpointWithSecret{secret webhookEndpoint{id}}"
    first = await gql.do(DO["create_webhook_endpoint"], wanted=wanted, url="https://hooks.example.com/in")

    second = await gql.do(DO["rotate_webhook_secret"], wanted=wanted, id=first["webhookEndpoint"]["id"])

    assert second["webhookEndpoint"] == first["webhookEndpoint"]
    assert second["secret"] != first["secret"]


async def test_a_made_key_opens_the_door(gql: Gql) -> None:
    found = await gql.do(DO["create_api_key"], wanted="... on ApiKeyWithSecret{secret}", **SECRETS["create_api_key"][1])

    assert await gql.data("{goals{nodes{id}}}", found["secret"]) == {"goals": {"nodes": []}}
    assert await gql.codes("{people{nodes{id}}}", found["secret"]) == ["scope_missing"]
