"""The events of the contract: the envelope of each type as a schema, and the webhooks that carry them."""

from functools import cache
from typing import Any

from app import ids
from app.domain.organisations.models import Organisation
from app.events.envelope import Event
from app.events.models import OutboxEvent
from app.routers.openapi_schemas import PREFIX, Json, components, ref
from app.webhooks import examples as made_up
from app.webhooks import formats
from app.webhooks.catalogue import API_VERSION, EVENTS
from app.webhooks.models import Delivery

EXAMPLE_BASE = "https://flipside.example.com"
_SEQUENCE = "Rises by one with every event of the organisation; 0 for what was sent to try an endpoint."
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


@cache
def envelopes() -> dict[str, Json]:
    """The schema of every event as endpoints get it, by its name in the OpenAPI document."""
    return {name(event): _envelope(event) for event in EVENTS}


def standalone(event: type[Event], base_url: str = EXAMPLE_BASE) -> Json:
    """The schema of one event as a document of its own; its `$id` is where the service at `base_url` gives it out."""
    body = envelopes()[name(event)]
    schema = {"$schema": _DRAFT, "$id": formats.schema_url(event.type, base_url), **body, "$defs": referred(body)}
    return _localised(schema)  # type: ignore[no-any-return]


def webhooks() -> dict[str, Json]:
    """The `webhooks` section: one POST of ours per type of event."""
    return {event.type: {"post": _webhook(event)} for event in EVENTS}


def name(event: type[Event]) -> str:
    """What the schema of an event is called in OpenAPI and AsyncAPI."""
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
        "sequence": {"type": "integer", "minimum": 0, "description": _SEQUENCE},
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
        "title": name(event),
        "description": f"`{event.type}`: {event.__doc__}",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "examples": [made_up.enveloped(event, data["examples"][0], EXAMPLE_BASE)],
    }


def referred(node: Any) -> dict[str, Json]:
    """Every named schema that `node` refers to, through any number of others."""
    found: dict[str, Json] = {}
    _gather(node, found)
    return found


def _gather(node: Any, defs: dict[str, Json]) -> None:
    if isinstance(node, dict):
        target = str(node.get("$ref", "")).removeprefix(PREFIX)
        if target and target not in defs:
            defs[target] = components()[target]
            _gather(defs[target], defs)
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
        "parameters": [{"$ref": f"#/components/parameters/{header}"} for header in HEADERS],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref(name(event))}}},
        "responses": {
            "2XX": {"description": "Taken. Answer within 20 seconds; the body is kept for the log, up to 16 kB."},
            "410": {"description": "Gone for good: the endpoint is disabled."},
            "default": {"description": "Not taken. It is sent again by the schedule."},
        },
    }


def _header(name: str, description: str, example: str, **schema: Any) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", **schema},
        "example": example,
    }


# By their names in `components`: everything that a delivery says about itself.
HEADERS: dict[str, Json] = {
    "WebhookId": _header(
        "webhook-id",
        "The event's id, the same on every try: remember it, and do nothing the second time.",
        ids.made_up(OutboxEvent.prefix, "id"),
        pattern=ids.pattern(OutboxEvent.prefix),
    ),
    "WebhookTimestamp": _header(
        "webhook-timestamp",
        "When this try was signed, in seconds since 1970. Refuse what is older than five minutes.",
        "1804604645",
        pattern="^[0-9]+$",
    ),
    "WebhookSignature": _header(
        "webhook-signature",
        "One `v1,` signature for each live secret, parted by spaces: HMAC-SHA256, base64, over "
        "`webhook-id.webhook-timestamp.body`, keyed with what follows `whsec_` in the secret, decoded from base64; "
        "then one `v1a,` (Ed25519) for each published key, if the endpoint asks for them. One that fits is enough; "
        "skip versions that you do not know.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
    "FlipsideEventType": _header("flipside-event-type", "The `type` of the event.", "session.completed"),
    "FlipsideDeliveryId": _header(
        "flipside-delivery-id",
        "The delivery in our log: `GET /v1/deliveries/{id}`.",
        ids.made_up(Delivery.prefix, "delivery_id"),
        pattern=ids.pattern(Delivery.prefix),
    ),
    "FlipsideAttempt": _header("flipside-attempt", "Which try this is, from 1.", "1", pattern="^[1-9][0-9]*$"),
}
