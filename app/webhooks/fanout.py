"""One event becomes one delivery for each endpoint that wants it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app import ids
from app.webhooks import catalogue
from app.webhooks.events import EndpointPinged
from app.webhooks.models import Delivery, DeliveryStatus

Fact = Mapping[str, Any]

# Shared with nobody who enables it: enabling releases what is held, and must not miss what we are about to add.
_DISABLED = "select id from webhook_endpoint where organisation_id = $1 and status = 'disabled' order by id for share"
# Locked against removal only; lanes and changes of the endpoint go on meanwhile.
_ENDPOINTS = "select id, types from webhook_endpoint where organisation_id = $1 order by id for key share"
_INSERT = """
    insert into delivery (
        organisation_id, id, version, created_at, updated_at,
        endpoint_id, event_id, event_type, sequence, status, attempts, due_at
    )
    select $1, n.id, 1, $2, $2, n.endpoint_id, n.event_id, n.event_type, n.sequence, n.status, 0, $2
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
        as n (id, endpoint_id, event_id, event_type, sequence, status)
    on conflict (organisation_id, event_id, endpoint_id) do nothing
"""


async def fan_out(connection: asyncpg.Connection, organisation_id: str, events: Sequence[Fact], at: datetime) -> int:
    """Write the deliveries of an organisation's events (`id`, `type`, `subject`, `sequence`); how many were new.

    Three statements, however many events there are. What is due to a disabled endpoint is held.
    """
    if not events:
        return 0
    disabled = {row["id"] for row in await connection.fetch(_DISABLED, organisation_id)}
    endpoints = await connection.fetch(_ENDPOINTS, organisation_id)
    rows = [
        (
            ids.new(Delivery.prefix),
            endpoint_id,
            event["id"],
            event["type"],
            event["sequence"],
            (DeliveryStatus.HELD if endpoint_id in disabled else DeliveryStatus.PENDING).value,
        )
        for event, endpoint_id in _addressed(events, endpoints)
    ]
    if not rows:
        return 0
    status: str = await connection.execute(_INSERT, organisation_id, at, *map(list, zip(*rows, strict=True)))
    return int(status.rpartition(" ")[2])


def _addressed(events: Sequence[Fact], endpoints: Sequence[Fact]) -> Iterator[tuple[Fact, str]]:
    """Each event with the id of each endpoint that gets it."""
    types = {endpoint["id"]: orjson.loads(endpoint["types"]) for endpoint in endpoints}
    listeners: dict[str, list[str]] = {}
    for event in events:
        kind = event["type"]
        if kind == EndpointPinged.type:
            to = [event["subject"]] if event["subject"] in types else []
        elif kind in listeners:
            to = listeners[kind]
        else:
            to = listeners[kind] = [key for key, wanted in types.items() if catalogue.wants(wanted, kind)]
        for endpoint_id in to:
            yield event, endpoint_id
