"""Configurations of endpoints over REST: what is refused, where, and that no value comes back."""

from typing import Any

import jsonschema
import pytest

from app.webhooks import formats
from app.webhooks.catalogue import EVENTS
from tests.routers.conftest import Api
from tests.world import World

URL = "https://lms.example/hooks"
SECRET = "s3cr3t"


def header(name: str, value: str = SECRET) -> dict[str, Any]:
    """The member that sends one header along."""
    return {"headers": [{"name": name, "value": value}]}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"filter": {"data": {"mode": {"$regex": SECRET}}}}, "/filter/data/mode/$regex"),
    ({"filter": {"data": {"mode": {"$gt": [SECRET]}}}}, "/filter/data/mode/$gt"),
    ({"filter": SECRET}, "/filter"),
    ({"programme_ids": [SECRET]}, "/programme_ids/0"),
    ({"changed_fields": ["status", "status"]}, "/changed_fields"),
    ({"format": SECRET}, "/format"),
    ({"payload": SECRET}, "/payload"),
    ({"transform": [{"op": "drop", "paths": [SECRET]}]}, "/transform/0/paths/0"),
    ({"transform": [{"op": SECRET}]}, "/transform/0/op"),
    ({"transform": [{"op": "drop", "paths": ["mode"]}] * 21}, "/transform"),
    ({"headers": [{"name": "x-a", "value": SECRET}, {"name": "x-a", "value": SECRET}]}, "/headers"),
    ({"headers": [{"name": f"x-{number}", "value": SECRET} for number in range(21)]}, "/headers"),
    *(
        (header(name), "/headers/0/name")
        for name in "host webhook-id flipside-attempt ce-id content-length connection X-A transfer-encoding user-agent "
        "cookie te x-forwarded-for proxy-authorization a:b x\u00e9 x\r\ny".split(" ")
    ),
    ({"format": "xapi", "auth": {"kind": "basic", "user": SECRET}}, "/auth/password"),
    ({"format": "xapi", "auth": {"kind": SECRET}}, "/auth/kind"),
    ({"auth": {"kind": "basic", "user": SECRET, "password": SECRET}}, "/auth"),
    *((header("x-a", value), "/headers/0/value") for value in ("", " a", "a\r\nb", "a\0", "\u00e9", "x" * 1025, "a\t")),
]


@pytest.mark.parametrize(("given", "pointer"), REFUSED)
async def test_what_is_refused_says_where_and_not_what(
    api: Api, world: World, given: dict[str, Any], pointer: str
) -> None:
    admin = api(world.keys["admin"])

    answer = await admin.post("/v1/webhook-endpoints", json={"url": URL, **given})

    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])
    assert SECRET not in answer.text


async def test_an_endpoint_shows_the_names_of_its_headers_alone(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])

    made = await admin.post("/v1/webhook-endpoints", json={"url": URL, **header("authorization", f"Bearer {SECRET}")})

    assert made.status_code == 201
    assert made.json()["header_names"] == ["authorization"]
    for answer in (made, await admin.get(made.headers["Location"]), await admin.get("/v1/webhook-endpoints")):
        assert SECRET not in answer.text


async def test_the_schemas_that_cloudevents_name_are_there(api: Api) -> None:
    stranger = api()
    for event in EVENTS:
        schema = (await stranger.get(formats.schema_url(event.type, ""))).json()

        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["properties"]["type"]["const"] == event.type
        assert "data" in schema["properties"]


async def test_there_is_no_schema_of_an_unknown_event(api: Api) -> None:
    assert (await api().get("/schemas/events/session.dreamt.json")).status_code == 404
