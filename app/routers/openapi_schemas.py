"""The named schemas of the contract: what callers send, what they get, and the views and pages made of that."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from app import ids
from app.acting.intent import Kind
from app.declared import INQUIRIES, INTENTS, RESOURCES
from app.domain.goals.models import GoalMilestone
from app.domain.templates.schemas import ProgrammeTemplateRead
from app.events.models import OutboxEvent
from app.reading.resource import Resource
from app.routers import openapi_examples as examples
from app.text import Zone
from app.webhooks.catalogue import EVENTS
from app.webhooks.event_types import EventTypeRead
from app.webhooks.schemas import Pattern

Json = dict[str, Any]
PREFIX = "#/components/schemas/"
# Two chapters may use one word; the contract is a single space of names, the same as GraphQL's.
_PUBLIC_NAMES = {
    "app__domain__feedback__models__Audience": "FeedbackAudience",
    "app__domain__programmes__contents__Audience": "ResourceAudience",
    "app__domain__sessions__models__Mode": "SessionMode",
    "app__matching__policy__Mode": "CriterionMode",
    "app__domain__programmes__schemas__Objective": "Objective",
    "app__matching__policy__Objective": "MatchingObjective",
    "Report": "SessionOutcome",
    "Tier": "NoteTier",
}
# Long lists of values, written once.
_LISTED = {
    "TimeZone": (Zone, "A time zone of the IANA database."),
    "EventPattern": (Pattern, "Which events one wants."),
}
_NULL = {"type": "null"}


class _Untitled(GenerateJsonSchema):
    """JSON Schema whose members have no titles: `Pairing Id` says no more than `pairing_id`."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def ref(name: str) -> Json:
    """A reference to a named schema."""
    return {"$ref": PREFIX + name}


@cache
def components() -> dict[str, Json]:
    """Every named schema, in the order of names."""
    named = _declared()
    for name, (kind, description) in _LISTED.items():
        listed = _listed(kind)
        # Generators of clients derive one name from `Etc/GMT+1` and `Etc/GMT-1`, unless they are told better.
        names = [_spelt(value) for value in listed["enum"]]
        named[name] = {**listed, "description": description, "x-enum-varnames": names}
    for resource in RESOURCES:
        _mark_ids(named[resource.schema.__name__], resource.prefix)
    for event in EVENTS:
        _mark_ids(named[event.__name__])
    for intent in INTENTS:
        if intent.kind is Kind.PUT and intent.takes is not None:
            # The address says it.
            named[intent.takes.__name__]["required"].remove(intent.named_by)
    for name in tuple(named):
        if named[name].get("type") == "object":
            named[name]["examples"] = [examples.of(name, named[name], named)]
    for resource in RESOURCES:
        named[f"{resource.type_name}View"] = _view(resource, named[resource.schema.__name__])
        page = f"{resource.type_name}Page"
        named[page] = _page(page, f"{resource.type_name}View")
    for resource in {intent.answer for intent in INTENTS if intent.reveals}:
        named[f"{resource.type_name}WithSecret"] = _with_secret(resource)
    for resource in set(RESOURCES) - {intent.answer for intent in INTENTS if intent.kind is not Kind.DELETE}:
        # Nobody makes or changes it, so nothing answers the whole of it unasked.
        del named[resource.schema.__name__]
    for listed_kind in ("EventType", "ProgrammeTemplate"):
        named[f"{listed_kind}Page"] = _page(f"{listed_kind}Page", f"{listed_kind}Read")
    named |= {"Problem": _PROBLEM, "Fault": _FAULT}
    return dict(sorted(named.items()))


def answer_of(resource: Resource, *, reveals: bool) -> Json:
    """The schema of what a write answers."""
    return ref(f"{resource.type_name}WithSecret") if reveals else ref(resource.schema.__name__)


def _declared() -> dict[str, Json]:
    """The schemas of pydantic's models, under public names."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((intent.takes, "validation") for intent in INTENTS if intent.takes is not None),
        *((inquiry.takes, "validation") for inquiry in INQUIRIES if inquiry.takes is not None),
        *((inquiry.gives, "serialization") for inquiry in INQUIRIES),
        *((resource.schema, "serialization") for resource in RESOURCES),
        *((event, "serialization") for event in EVENTS),
        (EventTypeRead, "serialization"),
        (ProgrammeTemplateRead, "serialization"),
    ]
    _, found = models_json_schema(
        list(dict.fromkeys(models)), ref_template=PREFIX + "{model}", schema_generator=_Untitled
    )
    named = {_PUBLIC_NAMES.get(name, name): schema for name, schema in found["$defs"].items()}
    for name, schema in named.items():
        schema["title"] = name
        for node in _nodes(schema):
            _tidy(node)
    for event in EVENTS:
        # Events grow inside version 1: who reads them must not refuse a member that is new.
        named[event.__name__].pop("additionalProperties", None)
    return named


def _nodes(schema: Any) -> Iterator[Json]:
    if isinstance(schema, dict):
        yield schema
        for value in list(schema.values()):
            yield from _nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _nodes(value)


def _tidy(node: Json) -> None:
    """Public names in references, long lists of values by reference."""
    if isinstance(target := node.get("$ref"), str):
        name = target.removeprefix(PREFIX)
        node["$ref"] = PREFIX + _PUBLIC_NAMES.get(name, name)
    for name, (kind, _) in _LISTED.items():
        listed = _listed(kind)
        if node.get("enum") == listed["enum"]:
            for key in listed:
                node.pop(key, None)
            node["$ref"] = PREFIX + name


@cache
def _listed(kind: Any) -> Json:
    return TypeAdapter(kind).json_schema()


@cache
def _prefixes() -> dict[str, str]:
    """Which kind of id a member holds, by its name, which is the same everywhere."""
    found = {f"{resource.name}_id": resource.prefix for resource in RESOURCES}
    for resource in RESOURCES:
        found |= {edge.column: edge.to.prefix for edge in resource.references.values()}
    return found | {"milestone_id": GoalMilestone.prefix, "event_id": OutboxEvent.prefix}


def _spelt(value: str) -> str:
    """A value as a name: `Etc/GMT+1` as `ETC_GMT_PLUS_1`, `session.*` as `SESSION_ALL`."""
    signed = re.sub(r"-(?=[0-9])", "_minus_", value).replace("+", "_plus_").replace("*", "all")
    return re.sub("[^A-Za-z0-9]+", "_", signed).upper()


def _mark_ids(schema: Json, own: str = "") -> None:
    """Say of every id of which kind it is."""
    for member, node in schema["properties"].items():
        prefix = own if member == "id" else _prefixes().get(member)
        for part in _nodes(node):
            if prefix and part.get("type") == "string":
                part["pattern"] = ids.pattern(prefix)


def _view(resource: Resource, read: Json) -> Json:
    """What GET answers: nothing is promised, since `fields` may leave it out; and what `expand` adds."""
    members = dict(read["properties"])
    for name, edge in resource.references.items():
        members[name] = {
            "anyOf": [ref(f"{edge.to.type_name}View"), _NULL],
            "description": f"{edge.description} With `expand`; null where it is absent or hidden.".lstrip(),
        }
    for name, collection in resource.collections.items():
        page = ref(f"{collection.resource.type_name}Page")
        members[name] = {**page, "description": f"{collection.description} With `expand`.".lstrip()}
    return {
        "title": f"{resource.type_name}View",
        "description": f"{read['description']} All its own fields, unless `fields` names some of them.",
        "type": "object",
        "properties": members,
        "examples": read["examples"],
    }


def _page(name: str, item: str) -> Json:
    return {
        "title": name,
        "description": "One page of a list.",
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": ref(item)},
            "next_cursor": {
                "type": ["string", "null"],
                "description": "Pass it on as `cursor` for the next page; null on the last.",
            },
        },
        "required": ["items", "next_cursor"],
    }


def _with_secret(resource: Resource) -> Json:
    return {
        "title": f"{resource.type_name}WithSecret",
        "description": "With its secret, which is in this answer and nowhere else.",
        "allOf": [
            ref(resource.schema.__name__),
            {"type": "object", "properties": {"secret": {"type": "string"}}, "required": ["secret"]},
        ],
    }


_FAULT: Json = {
    "title": "Fault",
    "description": "One faulty part of a request. What was sent is never repeated.",
    "type": "object",
    "properties": {
        "detail": {"type": "string", "description": "What is wrong, for people."},
        "code": {"type": "string", "description": "What is wrong, for programs."},
        "pointer": {"type": "string", "description": "Where in the body, as a JSON Pointer (RFC 6901)."},
        "parameter": {"type": "string", "description": "Which parameter, or header."},
    },
    "required": ["detail", "code"],
}
_PROBLEM: Json = {
    "title": "Problem",
    "description": "Why a request failed (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Names the kind of problem."},
        "title": {"type": "string", "description": "The kind of problem, for people."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What went wrong this time, for people."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The path of the request."},
        "code": {"type": "string", "pattern": "^[a-z][a-z_]*$", "description": "Stable name, for programs."},
        "request_id": {"type": "string", "description": "The request as our logs know it; as in `X-Request-Id`."},
        "errors": {"type": "array", "items": ref("Fault"), "description": "Every faulty part of the request."},
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
}
