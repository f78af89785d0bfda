"""Every event that any test records, held to the schema that consumers are told."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import asyncpg
import orjson
from jsonschema_rs import Draft202012Validator

from app.routers.openapi_events import EXAMPLE_BASE, standalone
from app.webhooks.catalogue import BY_TYPE
from app.webhooks.formats import native

_RECORDED = """
    select organisation_id, id, type, subject, actor, occurred_at, changed::text, data::text,
        coalesce(sequence, 1) as sequence
    from outbox_event where type = any($1)
"""


async def faults(connection: asyncpg.Connection) -> list[str]:
    """What is wrong with the events in an outbox; those of types that a test made up are its own affair."""
    rows = await connection.fetch(_RECORDED, list(BY_TYPE))
    return list(dict.fromkeys(_faults(rows)))


def _faults(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for row in rows:
        event = {**row, "changed": orjson.loads(row["changed"]), "data": orjson.loads(row["data"])}
        sent = orjson.loads(native(event, EXAMPLE_BASE))
        for error in _validator(row["type"]).iter_errors(sent):
            yield f"{row['type']} at {'/'.join(map(str, error.instance_path))}: {error.message}"


@cache
def _validator(event_type: str) -> Draft202012Validator:
    schema = standalone(BY_TYPE[event_type])
    # In the contract events may grow; what we record must not hold more than we tell.
    schema["$defs"] = {
        name: {**one, "additionalProperties": False} if one.get("type") == "object" else one
        for name, one in schema["$defs"].items()
    }
    return Draft202012Validator(schema, validate_formats=True)
