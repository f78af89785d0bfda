"""The events of the contract: the envelope of each type as a schema, and the webhooks that carry them."""

from functools import cache
from typing import Any

from app import ids
from app.domain.organisations.models import Organisation
from app.events.envelope import Event
from app.events.models import OutboxEvent
from app.routers import openapi_examples as examples
from app.routers.openapi_schemas import PREFIX, Json, components, ref
from app.webhooks.catalogue import API_VERSION, EVENTS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


@cache
def envelopes() -> dict[str, Json]:
    """The schema of every event as endpoints get it, by its name in the OpenAPI document."""
    return {_name(event): _envelope(event) for event in EVENTS}


def standalone(event: type[Event]) -> Json:
    """The schema of one event as a document of its own."""
    body = dict(envelopes()[_name(event)])
    defs: dict[str, Json] = {}
    _gather(body, defs)
    schema = {"$schema": _DRAFT, "$id": f"urn:flipside:event:{event.type}:1", **body, "$defs": defs}
    return _localised(schema)  # type: ignore[no-any-return]


def webhooks() -> dict[str, Json]:
    """The `webhooks` section: one POST of ours per type of event."""
    return {event.type: {"post": _webhook(event)} for event in EVENTS}


def _name(event: type[Event]) -> str:
    return f"{event.__name__}Event"


def _envelope(event: type[Event]) -> Json:
    data = components()[event.__name__]
    subject = data["properties"][event.subject]
    actor: Json = {"type": ["string", "null"], "description": "Who caused it: a person, or the key of a service."}
    if not event.names_actor:
        actor = {"type": "null", "description": "Not told."}
    properties: Json = {
        "id": {"type": "string", "pattern": ids.pattern(OutboxEvent.prefix), "description": "The same on every try."},
        "type": {"type": "string", "const": event.type},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "sequence": {"type": "integer", "minimum": 1, "description": "Rises with every event of the organisation."},
        "api_version": {"type": "string", "const": API_VERSION},
        "organisation": {"type": "string", "pattern": ids.pattern(Organisation.prefix)},
        "subject": {**subject, "description": f"What it is about; `data.{event.subject}`."},
        "actor": actor,
        "changed": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Which fields of the subject changed.",
        },
        "data": ref(event.__name__),
        "url": {"type": "string", "format": "uri", "description": "Where to read the subject."},
    }
    return {
        "title": _name(event),
        "description": f"`{event.type}`: {event.__doc__}",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "examples": [_example(event, data["examples"][0])],
    }


def _example(event: type[Event], data: Json) -> Json:
    subject = data[event.subject]
    return {
        "id": examples.an_id(OutboxEvent.prefix, "id"),
        "type": event.type,
        "timestamp": "2027-03-09T15:04:05Z",
        "sequence": 1042,
        "api_version": API_VERSION,
        "organisation": examples.an_id(Organisation.prefix, "organisation"),
        "subject": subject,
        "actor": examples.an_id("per", "actor") if event.names_actor else None,
        "changed": [],
        "data": data,
        "url": f"https://flipside.example.com/v1/nodes/{subject}",
    }


def _gather(node: Any, defs: dict[str, Json]) -> None:
    """Collect every schema that `node` refers to, through any number of others."""
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix(PREFIX)
        if name and name not in defs:
            defs[name] = components()[name]
            _gather(defs[name], defs)
        for value in node.values():
            _gather(value, defs)
    elif isinstance(node, list):
        for value in node:
            _gather(value, defs)


def _localised(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: value.replace(PREFIX, "#/$defs/") if key == "$ref" else _localised(value)
            for key, value in node.items()
        }
    return [_localised(value) for value in node] if isinstance(node, list) else node


def _webhook(event: type[Event]) -> Json:
    words = event.type.replace(".", "_").split("_")
    return {
        "operationId": "on" + "".join(word.title() for word in words),
        "summary": (event.__doc__ or "").partition("\n")[0],
        "description": "Signed as Standard Webhooks say: verify the signature before you read the body. "
        "It comes at least once, in no promised order; `webhook-id` stays the same on every try.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in HEADERS],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref(_name(event))}}},
        "responses": {
            "2XX": {"description": "Taken. Answer within 20 seconds; the body is kept for the log, up to 16 kB."},
            "410": {"description": "Gone for good: the endpoint is disabled."},
            "default": {"description": "Not taken. It is sent again by the schedule."},
        },
    }


def _header(name: str, description: str, example: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


HEADERS: dict[str, Json] = {
    "WebhookId": _header("webhook-id", "The event's id.", examples.an_id(OutboxEvent.prefix, "id")),
    "WebhookTimestamp": _header("webhook-timestamp", "When this try was signed, in seconds since 1970.", "1804604645"),
    "WebhookSignature": _header(
        "webhook-signature",
        "One `v1,` signature (HMAC-SHA256, base64) for each live secret, parted by spaces; then one `v1a,` (Ed25519) "
        "for each published key, if the endpoint asks for them.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}
