"""The documents about events: each type has a schema, an example that keeps it, and somebody who emits it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

import app
from app import config
from app.domain.people.events import PersonCreated
from app.events.envelope import Event
from app.routers import asyncapi
from app.routers.openapi_events import HEADERS, standalone
from app.webhooks.catalogue import EVENTS
from app.webhooks.formats import native
from tests.conftest import NOON
from tests.routers.conftest import Api
from tests.world import World

APP = Path(app.__file__).parent
of_events = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)


@of_events
def test_the_example_of_every_event_keeps_its_schema(event: type[Event]) -> None:
    schema = standalone(event)

    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"https://flipside.example.com/schemas/events/{event.type}.json"
    assert {"$schema", "title", "description", "examples"} <= schema.keys()
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(schema["examples"][0])
    event.model_validate(schema["examples"][0]["data"])


@of_events
def test_events_are_sent_as_their_schema_says(event: type[Event]) -> None:
    schema = standalone(event)
    example = schema["examples"][0]
    row = {
        **{name: example[name] for name in ("id", "type", "sequence", "subject", "actor", "changed", "data")},
        "organisation_id": example["organisation"],
        "occurred_at": NOON,
    }

    sent = orjson.loads(native(row, "https://flipside.example.com"))

    Draft202012Validator(schema, format_checker=FormatChecker()).validate(sent)
    assert list(sent) == list(schema["properties"])


def _named() -> Iterator[str]:
    """Every name that code of ours uses, outside the lists in which each event stands anyway."""
    for path in APP.rglob("*.py"):
        if path != APP / "webhooks" / "catalogue.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute):
                    yield node.attr
                elif isinstance(node, ast.Name):
                    yield node.id


def test_somebody_emits_every_type_of_the_catalogue() -> None:
    named = set(_named())

    assert [event.type for event in EVENTS if event.__name__ not in named] == []


async def test_an_event_that_breaks_its_schema_is_found_wherever_the_service_records_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PersonCreated, "data", lambda self: self.model_dump(mode="json") | {"nickname": "Al"})

    with pytest.raises(AssertionError, match=r"person\.created at data: .*nickname"):
        await world.person()


async def test_a_schema_lies_where_its_id_says(api: Api, world: World) -> None:
    client = api(world.keys["service"])
    answer = await client.get("/schemas/events/goal.set.json")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json()["$id"] == f"{config.settings().base_url}/schemas/events/goal.set.json"
    assert (await client.get("/schemas/events/goal.unset.json")).status_code == 404


@pytest.fixture(scope="module", name="document")
def _document() -> Any:
    """The AsyncAPI document as callers read it."""
    return yaml.load(asyncapi.text(), yaml.CSafeLoader)


async def test_the_asyncapi_document_is_served(api: Api, world: World) -> None:
    answer = await api(world.keys["service"]).get(asyncapi.ADDRESS)

    assert answer.headers["content-type"].startswith("application/yaml")
    assert answer.text == asyncapi.text()


def test_every_type_is_a_message_of_its_family_and_every_family_is_sent(document: Any) -> None:
    channels = document["channels"]

    assert {name for channel in channels.values() for name in channel["messages"]} == {event.type for event in EVENTS}
    assert all(name.startswith(f"{family}.") for family in channels for name in channels[family]["messages"])
    sent = {operation["channel"]["$ref"].rpartition("/")[2] for operation in document["operations"].values()}
    assert sent == channels.keys()
    assert {operation["action"] for operation in document["operations"].values()} == {"send"}


def test_the_example_of_every_message_keeps_its_headers_and_payload(document: Any) -> None:
    for message in document["components"]["messages"].values():
        for part in ("headers", "payload"):
            schema = {**message[part], "components": document["components"]}
            checked = Draft202012Validator(schema, format_checker=FormatChecker())
            checked.validate(message["examples"][0][part])
    assert document["components"]["schemas"]["Headers"]["required"] == [h["name"] for h in HEADERS.values()]
