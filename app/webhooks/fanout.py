"""One event becomes one delivery for each endpoint that wants it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app import config, ids
from app.webhooks import formats
from app.webhooks.events import OTHERS_HEAR
from app.webhooks.models import Delivery, DeliveryStatus, EndpointStatus, Ordering
from app.webhooks.selection import Selection

Fact = Mapping[str, Any]

# What is needed of an event `e` to tell who gets it. Facts of goals and agreements name their pair alone, or the goal;
# no row of these ever moves to another programme, so it can be looked up when it is needed.
COLUMNS = """
    e.id, e.organisation_id, e.type, e.subject, e.endpoint_id, e.sequence, e.actor, e.changed, e.data, e.occurred_at,
    coalesce(e.data ->> 'programme_id', (
        select p.programme_id from pairing p
        where p.organisation_id = e.organisation_id and p.id = coalesce(e.data ->> 'pairing_id', (
            select g.pairing_id from goal g where g.organisation_id = e.organisation_id and g.id = e.data ->> 'goal_id'
        ))
    )) as programme_id
"""
# Whoever enables or removes one locks it for update first, and so comes before us or behind us: what we hold is
# released with the rest, and none is gone when we write. Lanes, which change no key, go on meanwhile.
_ENDPOINTS = """
    select id, format, types, programme_ids, changed_fields, filter, status, ordering from webhook_endpoint
    where organisation_id = $1 order by id for key share
"""
_INSERT = """
    insert into delivery (
        organisation_id, id, version, created_at, updated_at,
        endpoint_id, event_id, event_type, sequence, status, attempts, due_at, ordering_key
    )
    select $1, n.id, 1, $2, $2, n.endpoint_id, n.event_id, n.event_type, n.sequence, n.status, 0, $2, n.ordering_key
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])
        as n (id, endpoint_id, event_id, event_type, sequence, status, ordering_key)
    on conflict (organisation_id, event_id, endpoint_id) do nothing
"""


async def fan_out(connection: asyncpg.Connection, organisation_id: str, events: Sequence[Fact], at: datetime) -> int:
    """Write the deliveries of an organisation's events; how many were new.

    An event is a row of the outbox as `COLUMNS` selects it. Two statements, however many events there are. What is due
    to a disabled endpoint is held.
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
            ordering_key(endpoint["ordering"], event["subject"]),
        )
        for event, endpoint in _addressed(events, endpoints)
    ]
    if not rows:
        return 0
    status: str = await connection.execute(_INSERT, organisation_id, at, *map(list, zip(*rows, strict=True)))
    return int(status.rpartition(" ")[2])


def ordering_key(ordering: str, subject: str) -> str | None:
    """What a delivery waits in line with at an endpoint of this ordering."""
    return {Ordering.KEY: subject, Ordering.STRICT: ""}.get(Ordering(ordering))


def _addressed(events: Sequence[Fact], endpoints: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Each event with each endpoint that gets it."""
    wanted = [(endpoint, Selection.of(endpoint)) for endpoint in endpoints]
    listeners: dict[str, list[tuple[Fact, Selection]]] = {}
    for event in events:
        kind = event["type"]
        if event["endpoint_id"] is not None:
            own = (one for one in wanted if one[0]["id"] == event["endpoint_id"])
            yield from ((event, endpoint) for endpoint, selection in own if selection.can_tell(kind))
            continue
        if kind not in listeners:
            listeners[kind] = [(endpoint, selection) for endpoint, selection in wanted if selection.names(kind)]
        # Parsed for those alone who ask for it, once for all of them.
        envelope = _envelope(event) if any(selection.looks_inside for _, selection in listeners[kind]) else {}
        for endpoint, selection in listeners[kind]:
            if kind in OTHERS_HEAR and endpoint["id"] == event["subject"]:
                continue
            if not selection.looks_inside or selection.admits(envelope, event["programme_id"]):
                yield event, endpoint


def _envelope(event: Fact) -> dict[str, Any]:
    parsed = {name: orjson.loads(event[name]) for name in ("changed", "data")}
    return formats.envelope({**event, **parsed}, config.settings().base_url)
