"""The contract: committed as generated, true to the routes, valid, and kept by the answers."""

import re
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

from app.acting.intent import Intent
from app.contract import files as contract
from app.declared import INTENTS, RESOURCES
from app.main import create_app
from app.reading.resource import Resource
from app.routers import calendars, openapi
from app.routers.openapi_paths import camel, chapter
from app.routers.table import Table
from app.routers.wishes import MOST_EXPANSIONS
from app.webhooks.catalogue import EVENTS
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api
from tests.withheld import withheld

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2]
# The door's own pages are not part of what it describes.
PAGES = {
    *("/v1/openapi.json", "/v1/asyncapi.yaml", "/schemas/events/{type}.json", "/docs", "/graphql"),
    # It has documents of its own: /Schemas, /ResourceTypes and /ServiceProviderConfig.
    "/scim/v2{path:path}",
}
of_resources = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
of_intents = pytest.mark.parametrize(
    "intent",
    [intent for intent in INTENTS if intent.takes is not None and not intent.document],
    ids=lambda intent: intent.name,
)


@pytest.fixture(scope="module", name="document")
def _document() -> Any:
    """The document as callers get it."""
    return orjson.loads(orjson.dumps(openapi.document()))


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Path, method and operation of everything that the document describes."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def validator(document: Any, schema: Any) -> Draft202012Validator:
    """Holds values to a schema of the document."""
    whole = {"components": document["components"], **schema}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def nodes(value: Any) -> Iterator[Any]:
    """Every object inside a document."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(item)


def test_what_is_committed_is_what_the_code_says() -> None:
    assert contract.differences(ROOT / "openapi") == [], "make contract, and look at the diff"


def test_it_is_a_valid_openapi_document(document: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in app.router.routes:
        if isinstance(route, Table):
            yield from ((path, method) for path, methods in route.paths.items() for method in methods)
        elif isinstance(route, Route) and route.path not in PAGES:
            yield from ((route.path, method) for method in (route.methods or ()) if method != "HEAD")


def test_every_route_is_in_the_document_and_back(document: Any) -> None:
    assert {(path, method) for path, method, _ in operations(document)} == set(_routes(create_app()))


def test_operations_have_names_of_their_own(document: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    names += [hook["post"]["operationId"] for hook in document["webhooks"].values()]

    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in names)
    assert {camel(intent.name) for intent in INTENTS} <= set(names)


def test_every_operation_is_told_in_full(document: Any) -> None:
    tags = {tag["name"] for tag in document["tags"]}

    for path, method, operation in operations(document):
        assert operation["summary"].endswith("."), path
        assert operation["description"], path
        assert set(operation["tags"]) <= tags, path
        assert (operation["security"] == []) is not path.startswith("/v1/"), path
        assert ("x-scopes" in operation) is path.startswith("/v1/"), path
        assert ("requestBody" in operation) <= (method in ("POST", "PUT", "PATCH")), path
    assert {chapter(resource) for resource in RESOURCES} == tags - {"nodes", "health"}


def test_every_status_has_a_schema_and_every_answer_a_request_id(document: Any) -> None:
    for path, _, operation in operations(document):
        for status, said in operation["responses"].items():
            shared = document["components"]["responses"].get(said.get("$ref", "").rpartition("/")[2])
            assert shared is None or list(shared["content"]) == ["application/problem+json"]
            answer = shared or said
            assert ("content" in answer) is (status not in ("204", "304")), (path, status)
            assert "X-Request-Id" in answer["headers"], (path, status)


def test_every_operation_says_what_limits_it(document: Any) -> None:
    budget = {"RateLimit", "RateLimit-Policy"}
    shared = document["components"]["responses"]
    assert {"Retry-After", *budget} <= shared["RateLimited"]["headers"].keys()

    for path, method, operation in operations(document):
        statuses, answers = operation["responses"].keys(), operation["responses"].values()
        is_secured = bool(operation["security"])
        assert {"414", "431"} <= statuses, path
        assert ("429" in statuses) is (is_secured or path in ("/oauth/token", calendars.PATH)), path
        assert ({"408", "413", "415"} <= statuses) is (method not in ("GET", "HEAD")), path
        assert all((budget <= answer["headers"].keys()) is is_secured for answer in answers if "headers" in answer), (
            path
        )


def test_nothing_of_the_frameworks_own_is_in_it(document: Any) -> None:
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()


def test_every_name_is_fit_for_a_type(document: Any) -> None:
    assert all(re.fullmatch("[A-Z][A-Za-z]+", name) for name in document["components"]["schemas"])


def test_named_values_have_names_of_their_own(document: Any) -> None:
    for node in nodes(document["components"]["schemas"]):
        names = node.get("x-enum-varnames", [])
        assert len(names) == len(set(names))


def test_every_named_part_is_used(document: Any) -> None:
    used = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    named = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "parameters", "responses", "headers")
        for name in document["components"][kind]
    }

    assert used == named


def test_every_example_keeps_its_schema(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", ()):
            errors = [error.message for error in validator(document, schema).iter_errors(example)]
            assert errors == [], (name, errors)
    for path, _, operation in operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            validator(document, media["schema"]).validate(media["example"])
        assert path


@of_intents
def test_validation_takes_the_example_of_every_body(intent: Intent, document: Any) -> None:
    assert intent.takes is not None
    example = document["components"]["schemas"][intent.takes.__name__]["examples"][0]

    intent.takes.model_validate_json(orjson.dumps(example))


def _strict(document: Any) -> Any:
    """The document with schemas that refuse what they do not name."""
    strict = orjson.loads(orjson.dumps(document))
    for schema in strict["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema["additionalProperties"] = False
    return strict


@of_resources
async def test_answers_keep_the_contract(
    resource: Resource, document: Any, api: Api, acme: Full, clock: TestClock
) -> None:
    client = api(acme.world.keys[acme.reader(resource.name)])
    path, schemas = f"/v1/{resource.path}/{acme.objects[resource.name]}", document["components"]["schemas"]
    asked = [(path, "View"), (f"/v1/{resource.path}", "Page")]
    if resource.schema.__name__ in schemas:
        asked.append((path, "Read"))
    expansions = schemas.get(f"{resource.type_name}Expansion", {"enum": []})["enum"]
    for _, names in groupby(expansions, key=lambda name: name.partition(".")[0]):
        asked.append((f"{path}?fields=id&expand={','.join(islice(names, MOST_EXPANSIONS))}", "View"))
    strict = _strict(document)

    for address, kind in asked:
        answer = await client.get(address)

        assert answer.status_code == 200, address
        validator(strict, {"$ref": f"#/components/schemas/{resource.type_name}{kind}"}).validate(answer.json())


def test_what_a_role_never_sees_may_be_null(document: Any) -> None:
    schemas = document["components"]["schemas"]

    for resource in RESOURCES:
        properties = schemas[f"{resource.type_name}View"]["properties"]
        for field in withheld(resource):
            assert {"type": "null"} in properties[field]["anyOf"], (resource.name, field)


def test_every_event_is_a_webhook_without_a_credential(document: Any) -> None:
    assert list(document["webhooks"]) == [event.type for event in EVENTS]
    assert all(hook["post"]["security"] == [] for hook in document["webhooks"].values())


def test_files_are_written_and_strays_removed(tmp_path: Path) -> None:
    assert len(contract.differences(tmp_path)) == len(contract.files())
    stray = tmp_path / "events" / "session.forgotten.schema.json"
    contract.write(tmp_path)
    stray.write_text("{}")
    (tmp_path / "openapi.json").write_text("{}")

    assert contract.differences(tmp_path) == [
        "events/session.forgotten.schema.json is no longer part of the contract",
        "openapi.json differs from the code",
    ]
    written = contract.write(tmp_path)
    assert contract.differences(tmp_path) == []
    assert not stray.exists()
    assert all(path.read_text().endswith("\n") for path in written)
