"""How an event is written: as our envelope or as CloudEvents, whole, transformed, or too large to be whole."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from app.webhooks import formats
from app.webhooks.formats import Message, Style
from app.webhooks.models import Format
from app.webhooks.transforms import Transformation

BASE = "https://flipside.example.com"
DATA = {"session_id": "ses_1", "pairing_id": "pai_1", "mode": "online"}
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "type": "session.rescheduled",
    "occurred_at": datetime(2027, 3, 9, 15, 4, 5, tzinfo=UTC),
    "sequence": 1042,
    "organisation_id": "org_1",
    "subject": "ses_1",
    "actor": "per_1",
    "changed": ["ends_at", "starts_at"],
    "data": DATA,
}
CLOUDEVENTS = pytest.mark.parametrize("format_", [Format.CLOUDEVENTS_STRUCTURED, Format.CLOUDEVENTS_BINARY])
EVERY = pytest.mark.parametrize("format_", [form for form in Format if form is not Format.XAPI])


def message(format_: Format, *steps: dict[str, Any], shown: Any = None, **about: Any) -> Message:
    """What is sent of the event in a format."""
    style = Style(format=format_, transform=tuple(map(Transformation.model_validate, steps)))
    return formats.build({**EVENT, **about}, style, BASE, shown=shown)


def data_of(format_: Format, sent: Message) -> Any:
    """The data in a message."""
    body = orjson.loads(sent.body)
    return body if format_ is Format.CLOUDEVENTS_BINARY else body["data"]


def test_our_own_envelope_has_the_members_that_filters_name() -> None:
    sent = message(Format.NATIVE)

    assert list(orjson.loads(sent.body)) == formats.MEMBERS
    assert sent == (formats.native(EVENT, BASE), {"content-type": "application/json"})


@CLOUDEVENTS
def test_the_library_of_cloudevents_reads_what_we_write(format_: Format) -> None:
    body, headers = message(format_)

    read = from_http_event(HTTPMessage(dict(headers), body))

    assert read.get_specversion() == "1.0"
    assert (read.get_id(), read.get_type(), read.get_subject()) == ("evt_1", "session.rescheduled", "ses_1")
    assert read.get_source() == f"{BASE}/v1/organisations/org_1"
    assert read.get_time() == EVENT["occurred_at"]
    assert read.get_dataschema() == f"{BASE}/schemas/events/session.rescheduled.json#/properties/data"
    assert read.get_datacontenttype() == "application/json"
    assert read.get_data() == DATA
    extensions = {name: read.get_extension(name) for name in ("sequence", "actor", "changed", "url", "apiversion")}
    assert extensions == {
        "sequence": "0000000000000001042",
        "actor": "per_1",
        "changed": "ends_at,starts_at",
        "url": f"{BASE}/v1/nodes/ses_1",
        "apiversion": "2026-11-01",
    }


@CLOUDEVENTS
def test_what_is_not_told_is_no_attribute(format_: Format) -> None:
    body, headers = message(format_, actor=None, changed=[])

    read = from_http_event(HTTPMessage(dict(headers), body))
    assert {"actor", "changed"}.isdisjoint(read.get_attributes())


def test_a_header_holds_no_character_that_cloudevents_would_have_quoted() -> None:
    sent = formats.build(EVENT, Style(format=Format.CLOUDEVENTS_BINARY), 'https://é.example/a b"%')

    assert sent.headers["ce-url"] == "https://%C3%A9.example/a%20b%22%25/v1/nodes/ses_1"


@EVERY
def test_data_is_transformed_and_then_keeps_to_no_published_schema(format_: Format) -> None:
    sent = message(format_, {"op": "drop", "paths": ["mode"]}, {"op": "constant", "to": "tenant", "value": "a"})

    assert data_of(format_, sent) == {"session_id": "ses_1", "pairing_id": "pai_1", "tenant": "a"}
    assert b"dataschema" not in sent.body
    assert "ce-dataschema" not in sent.headers


@EVERY
def test_the_subject_comes_along_where_it_was_read(format_: Format) -> None:
    sent = message(format_, {"op": "pick", "paths": ["object.zone", "mode"]}, shown={"zone": "UTC", "status": "x"})

    assert data_of(format_, sent) == {"object": {"zone": "UTC"}, "mode": "online"}


@EVERY
def test_what_is_too_large_shrinks_to_its_ids(format_: Format) -> None:
    sent = message(format_, {"op": "rename", "paths": ["pairing_id"], "to": "pair"}, shown={"text": "x" * 70_000})

    told = {"session_id": "ses_1", "pair": "pai_1", "truncated": True, "url": f"{BASE}/v1/nodes/ses_1"}
    assert data_of(format_, sent) == told
    assert "ce-dataschema" not in sent.headers


def test_no_header_of_its_own_takes_the_place_of_ours() -> None:
    sent = formats.build(EVENT, Style(headers={"content-type": "text/html", "x-tenant": "a"}), BASE)

    assert sent.headers == {"content-type": "application/json", "x-tenant": "a"}
