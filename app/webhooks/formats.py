"""An event as an endpoint reads it: from the event and the endpoint's configuration to a body and headers. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import orjson

from app.integrations import xapi
from app.integrations.xapi import Participant
from app.webhooks import transforms
from app.webhooks.catalogue import API_VERSION
from app.webhooks.credentials import LrsAuth
from app.webhooks.models import Format, Payload, XapiVersion
from app.webhooks.transforms import Transformation

MOST_BYTES: Final = 64 * 1024
MEMBERS: Final = "id type timestamp sequence api_version organisation subject actor changed data url".split()
# Under which full payloads hold the subject.
OBJECT: Final = "object"
# As many digits as the largest sequence has: CloudEvents orders the texts.
_DIGITS: Final = 19
# What a header may hold as it is (CloudEvents HTTP binding 1.0, section 3.1.3.2).
_PLAIN: Final = "".join(letter for letter in map(chr, range(0x21, 0x7F)) if letter not in '"%')

Event = Mapping[str, Any]


class Message(NamedTuple):
    """What is sent, before it is signed."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Style:
    """How an endpoint wants events written, and which headers of its own go with them."""

    format: Format = Format.NATIVE
    payload: Payload = Payload.THIN
    transform: tuple[Transformation, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    registered_by: str | None = None
    xapi_version: XapiVersion | None = None
    auth: LrsAuth | None = None


def envelope(event: Event, base_url: str) -> dict[str, Any]:
    """Our own envelope: the facts in `data`, everything about them beside it.

    `event` is a row of the outbox with `data` and `changed` as JSON values.
    """
    return {
        "id": event["id"],
        "type": event["type"],
        "timestamp": _instant(event["occurred_at"]),
        "sequence": event["sequence"],
        "api_version": API_VERSION,
        "organisation": event["organisation_id"],
        "subject": event["subject"],
        "actor": event["actor"],
        "changed": event["changed"],
        "data": event["data"],
        "url": _url(event, base_url),
    }


def native(event: Event, base_url: str) -> bytes:
    """The envelope's bytes, the same on every try."""
    return orjson.dumps(envelope(event, base_url))


def tells(form: str, event_type: str) -> bool:
    """Whether an event of this type can be written in this format."""
    return form != Format.XAPI or event_type in xapi.TYPES


def statements(event: Event, style: Style, base_url: str, people: Mapping[str, Participant]) -> Message:
    """The body and headers of a delivery to an LRS: the event's statements, of `people` by their ids."""
    body = orjson.dumps(xapi.statements(event, people, base_url))
    version = {"x-experience-api-version": str(style.xapi_version)}
    return Message(body, {**style.headers, "content-type": "application/json", **version})


def schema_url(event_type: str, base_url: str) -> str:
    """Where the schema of a type's envelope is published."""
    return f"{base_url}/schemas/events/{event_type}.json"


def build(event: Event, style: Style, base_url: str, *, shown: Any = None) -> Message:
    """The body and headers of a delivery that is no statement; `shown` is the subject, for full payloads.

    What would be longer than we send shrinks to its ids, and says where the rest is.
    """
    write = _WRITERS[style.format]
    data = transforms.apply(style.transform, event["data"] if shown is None else {**event["data"], OBJECT: shown})
    message = write(event, data, base_url, not style.transform)
    if len(message.body) > MOST_BYTES:
        ids = {name: value for name, value in event["data"].items() if name.endswith("_id")}
        data = transforms.apply(style.transform, ids) | {"truncated": True, "url": _url(event, base_url)}
        message = write(event, data, base_url, False)
    return Message(message.body, {**style.headers, **message.headers})


def _native(event: Event, data: Any, base_url: str, _is_by_schema: bool) -> Message:
    return Message(native({**event, "data": data}, base_url), {"content-type": "application/json"})


def _structured(event: Event, data: Any, base_url: str, is_by_schema: bool) -> Message:
    attributes = _attributes(event, base_url, is_by_schema)
    body = orjson.dumps({**attributes, "datacontenttype": "application/json", "data": data})
    return Message(body, {"content-type": "application/cloudevents+json"})


def _binary(event: Event, data: Any, base_url: str, is_by_schema: bool) -> Message:
    attributes = _attributes(event, base_url, is_by_schema)
    headers = {f"ce-{name}": quote(value, safe=_PLAIN) for name, value in attributes.items()}
    return Message(orjson.dumps(data), {"content-type": "application/json", **headers})


_WRITERS: Final[Mapping[Format, Callable[[Event, Any, str, bool], Message]]] = {
    Format.NATIVE: _native,
    Format.CLOUDEVENTS_STRUCTURED: _structured,
    Format.CLOUDEVENTS_BINARY: _binary,
}


def _attributes(event: Event, base_url: str, is_by_schema: bool) -> dict[str, str]:
    """CloudEvents' context attributes, and what else our envelope says, as extensions; no attribute is null."""
    said = {
        "specversion": "1.0",
        "id": event["id"],
        "source": f"{base_url}/v1/organisations/{event['organisation_id']}",
        "type": event["type"],
        "subject": event["subject"],
        "time": _instant(event["occurred_at"]),
        # A transformation and a shrunken body are nothing that we have published a schema of.
        "dataschema": f"{schema_url(event['type'], base_url)}#/properties/data" if is_by_schema else None,
        "sequence": f"{event['sequence']:0{_DIGITS}}",
        "apiversion": API_VERSION,
        "actor": event["actor"],
        "changed": ",".join(event["changed"]) or None,
        "url": _url(event, base_url),
    }
    return {name: value for name, value in said.items() if value is not None}


def _url(event: Event, base_url: str) -> str:
    return f"{base_url}/v1/nodes/{event['subject']}"


def _instant(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
