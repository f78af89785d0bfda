"""The AsyncAPI 3.0 document: every event as a message, for whoever generates consumers."""

import asyncio
from functools import cache

import orjson
import yaml
from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.events.envelope import Event
from app.routers import openapi_events as events
from app.routers.openapi_schemas import Json, ref
from app.webhooks.catalogue import EVENTS

ADDRESS = "/v1/asyncapi.yaml"
_ABOUT = """\
What Flipside sends to the addresses that an organisation registered (`POST /v1/webhook-endpoints`): one signed HTTP
POST for each event, at least once, in no promised order. Any answer of 2xx takes it; everything else is tried again by
a schedule of 14 tries over six days.

Expect members, values and types of event that are new: version 1 only grows.
"""
_SIGNATURE: Json = {
    "type": "httpApiKey",
    "name": "webhook-signature",
    "in": "header",
    "description": "Standard Webhooks: verify it before you read the body. "
    + events.HEADERS["WebhookSignature"]["description"],
}


@cache
def document() -> Json:
    """The whole document."""
    families = dict.fromkeys(_family(event) for event in EVENTS)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Flipside events", "version": __version__, "description": _ABOUT},
        "defaultContentType": "application/json",
        "servers": {"receiver": _receiver()},
        "channels": {family: _channel(family) for family in families},
        "operations": {f"send_{family}": _operation(family) for family in families},
        "components": {
            "messages": {events.name(event): _message(event) for event in EVENTS},
            "schemas": {"Headers": _headers(), **events.envelopes(), **events.referred(events.envelopes())},
            "securitySchemes": {"signature": _SIGNATURE},
        },
    }


@cache
def text() -> str:
    """The document as YAML; sorted, so that the order of declarations is no part of the contract."""
    # Through JSON first: what two places share would become an anchor.
    plain = orjson.loads(orjson.dumps(document()))
    return str(yaml.safe_dump(plain, sort_keys=True, allow_unicode=True, width=120))


async def serve(_request: Request) -> Response:
    """The document itself; no credential is needed."""
    # The first time takes a while, for which nobody else should wait.
    body = await asyncio.to_thread(text)
    return Response(body, headers={"Cache-Control": "public, max-age=300"}, media_type="application/yaml")


def _family(event: type[Event]) -> str:
    return event.type.partition(".")[0]


def _receiver() -> Json:
    return {
        "host": "{host}",
        "protocol": "https",
        "description": "An endpoint of yours.",
        "variables": {"host": {"description": "As in the `url` that you registered.", "default": "hooks.example.com"}},
    }


def _channel(family: str) -> Json:
    members = (event for event in EVENTS if _family(event) == family)
    return {
        # The path is the endpoint's own, and all its events come to that one.
        "address": None,
        "title": f"{family}.*",
        "description": f"What `{family}.*` subscribes to, but for types that have to be named.",
        "servers": [{"$ref": "#/servers/receiver"}],
        "messages": {event.type: {"$ref": f"#/components/messages/{events.name(event)}"} for event in members},
    }


def _operation(family: str) -> Json:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{family}"},
        "summary": f"One POST for each event of `{family}.*`, to every endpoint that wants it.",
        "security": [{"$ref": "#/components/securitySchemes/signature"}],
        "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
    }


def _message(event: type[Event]) -> Json:
    payload = events.envelopes()[events.name(event)]
    values = {header["name"]: header["example"] for header in events.HEADERS.values()}
    return {
        "name": event.type,
        "title": event.type,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "correlationId": {
            "location": "$message.header#/webhook-id",
            "description": "The event's id, the same on every try and to every endpoint.",
        },
        "headers": ref("Headers"),
        "payload": ref(events.name(event)),
        "examples": [
            {
                "name": event.type,
                "headers": {**values, "flipside-event-type": event.type},
                "payload": payload["examples"][0],
            }
        ],
    }


def _headers() -> Json:
    return {
        "description": "What every delivery says about itself.",
        "type": "object",
        "properties": {
            header["name"]: {**header["schema"], "description": header["description"], "examples": [header["example"]]}
            for header in events.HEADERS.values()
        },
        "required": [header["name"] for header in events.HEADERS.values()],
    }
