"""One event becomes one delivery for each endpoint that wants it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app import ids
from app.webhooks import catalogue
from app.webhooks.models import Delivery, DeliveryStatus, EndpointStatus

Fact = Mapping[str, Any]

# Whoever enables or removes one locks it for update first, and so comes before us or behind us: what we hold is
# released with the rest, and none is gone when we write. Lanes, which change no key, go on meanwhile.
_ENDPOINTS = "select id, types, status from webhook_endpoint where organisation_id = $1 order by id for key share"
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
    """Write the deliveries of an organisation's events (`id`, `type`, `endpoint_id`, `sequence`); how many were new.

    Two statements, however many events there are. What is due to a disabled endpoint is held.
    """
    if not events:
        return 0
    endpoints = await connection.fetch(_ENDPOINTS, organisation_id)
    rows = [
        (
            ids.new(Delivery.prefix),
            endpoint["id"],
            event["id"],
            event["type"],
            event["sequence"],
            (DeliveryStatus.PENDING if endpoint["status"] == EndpointStatus.ENABLED else DeliveryStatus.HELD).value,
        )
        for event, endpoint in _addressed(events, endpoints)
    ]
    if not rows:
        return 0
    status: str = await connection.execute(_INSERT, organisation_id, at, *map(list, zip(*rows, strict=True)))
    return int(status.rpartition(" ")[2])


def _addressed(events: Sequence[Fact], endpoints: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Each event with each endpoint that gets it."""
    wanted = [(endpoint, orjson.loads(endpoint["types"])) for endpoint in endpoints]
    listeners: dict[str, list[Fact]] = {}
    for event in events:
        kind = event["type"]
        if event["endpoint_id"] is not None:
            to = [endpoint for endpoint in endpoints if endpoint["id"] == event["endpoint_id"]]
        elif kind in listeners:
            to = listeners[kind]
        else:
            to = listeners[kind] = [endpoint for endpoint, types in wanted if catalogue.wants(types, kind)]
        for endpoint in to:
            yield event, endpoint
