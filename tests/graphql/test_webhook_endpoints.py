"""Configurations of endpoints over GraphQL: free JSON goes through as it is, and the same is refused as over REST."""

from typing import Any

import pytest

from app.declared import INTENTS
from tests.graphql.client import Gql

CREATE = next(intent for intent in INTENTS if intent.name == "create_webhook_endpoint")
URL = "https://lms.example/hooks"
WANTED = (
    "... on WebhookEndpointWithSecret{webhookEndpoint{id filter format changedFields headerNames "
    "transform{op paths to value}}}"
)


async def test_the_names_in_a_filter_stay_the_callers_own(gql: Gql) -> None:
    filter_ = {"data": {"pairing_id": {"$startsWith": "pai_"}}, "$not": {"data.startsAt": {"$exist": True}}}
    steps = [{"op": "CONSTANT", "to": "myTenant", "value": 1.5}]

    made = await gql.do(
        CREATE,
        wanted=WANTED,
        url=URL,
        filter=filter_,
        transform=steps,
        format="CLOUDEVENTS_BINARY",
        headers=[{"name": "x-a", "value": "b"}],
    )

    endpoint = made["webhookEndpoint"]
    assert endpoint["filter"] == filter_
    assert endpoint["transform"] == [{"op": "CONSTANT", "paths": [], "to": "myTenant", "value": 1.5}]
    assert (endpoint["format"], endpoint["headerNames"]) == ("CLOUDEVENTS_BINARY", ["x-a"])
    read = await gql.data("query($id:ID!){webhookEndpoint(id:$id){filter}}", id=endpoint["id"])
    assert read["webhookEndpoint"]["filter"] == filter_


async def test_a_filter_may_be_written_into_the_document(gql: Gql) -> None:
    query = f'mutation{{done:createWebhookEndpoint(input:{{url:"{URL}",filter:{{type:"goal.set"}}}}){{{WANTED}}}}}'

    found = await gql.data(query)

    assert found["done"]["webhookEndpoint"]["filter"] == {"type": "goal.set"}


async def test_an_lrs_shows_the_kind_of_its_credentials_alone(gql: Gql) -> None:
    auth = {"kind": "BASIC", "user": "flipside", "password": "s3cr3t"}
    wanted = "... on WebhookEndpointWithSecret{webhookEndpoint{format xapiVersion authKind}}"

    made = await gql.do(CREATE, wanted=wanted, url=URL, format="XAPI", xapiVersion="2.0.0", auth=auth)

    assert made["webhookEndpoint"] == {"format": "XAPI", "xapiVersion": "2.0.0", "authKind": "BASIC"}


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"filter": {"data": {"mode": {"$regex": "s3cr3t"}}}}, ["input", "filter", "data", "mode", "$regex"]),
    ({"filter": ["s3cr3t"]}, ["input", "filter"]),
    ({"transform": [{"op": "DROP", "paths": ["s3cr3t"]}]}, ["input", "transform", "0", "paths", "0"]),
    ({"headers": [{"name": "host", "value": "s3cr3t"}]}, ["input", "headers", "0", "name"]),
    ({"headers": [{"name": "x-a", "value": "s3cr3t\n"}]}, ["input", "headers", "0", "value"]),
    ({"auth": {"kind": "BASIC", "user": "s3cr3t:", "password": "s3cr3t"}}, ["input", "auth", "user"]),
    ({"format": "XAPI", "auth": {"kind": "BASIC", "user": "s3cr3t"}}, ["input", "auth", "password"]),
]


@pytest.mark.parametrize(("given", "path"), REFUSED)
async def test_what_is_refused_says_where_and_not_what(gql: Gql, given: dict[str, Any], path: list[str]) -> None:
    found = await gql.do(CREATE, url=URL, **given)

    assert (found["__typename"], found["path"]) == ("Problem", path)
    assert "s3cr3t" not in str(found)


async def test_a_number_that_no_json_of_ours_holds_is_no_bug(gql: Gql) -> None:
    number = "9" * 40
    query = f'mutation{{createWebhookEndpoint(input:{{url:"{URL}",filter:{{sequence:{number}}}}}){{__typename}}}}'

    assert (await gql.post(query)).status_code == 400
