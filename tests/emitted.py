"""Every event that the service records in any test, held to the schema that consumers are told."""

import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator

from app import clock, ids
from app.db import Db
from app.events import outbox
from app.events.envelope import Event
from app.routers.openapi_events import EXAMPLE_BASE, standalone
from app.webhooks.catalogue import BY_TYPE
from app.webhooks.formats import native

_record = outbox.record


def record(db: Db, event: Event, *, changed: Iterable[str] = (), endpoint_id: str | None = None) -> None:
    """As the outbox does it; raises `AssertionError` for what the service records against its schema.

    What tests record themselves is their own affair.
    """
    if str(sys._getframe(1).f_globals["__name__"]).startswith("app."):
        found = faults(db.organisation_id, db.actor_id if event.names_actor else None, event, sorted(changed))
        assert found == [], found
    _record(db, event, changed=changed, endpoint_id=endpoint_id)


def faults(organisation_id: str, actor: str | None, event: Event, changed: list[str]) -> list[str]:
    """What is wrong with an event as endpoints get it; one of a type that a test made up has no schema."""
    if event.type not in BY_TYPE:
        return []
    data = event.data()
    row: Mapping[str, Any] = {
        "organisation_id": organisation_id,
        "id": ids.new("evt"),
        "type": event.type,
        "subject": data[event.subject],
        "actor": actor,
        "occurred_at": clock.now(),
        "changed": changed,
        "data": data,
        "sequence": 1,
    }
    sent = orjson.loads(native(row, EXAMPLE_BASE))
    return [
        f"{event.type} at {'/'.join(map(str, error.instance_path))}: {error.message}"
        for error in _validator(event.type).iter_errors(sent)
    ]


@cache
def _validator(event_type: str) -> Draft202012Validator:
    schema = standalone(BY_TYPE[event_type])
    # In the contract events may grow; what we record must not hold more than we tell.
    schema["$defs"] = {
        name: {**one, "additionalProperties": False} if one.get("type") == "object" else one
        for name, one in schema["$defs"].items()
    }
    return Draft202012Validator(schema, validate_formats=True)
