"""Events of the workers' own, written to the outbox as `outbox.record` does for those who hold a `Db`."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from app import ids
from app.events.envelope import Event
from app.events.models import OutboxEvent
from app.webhooks.events import EndpointDisabled

# An organisation, and what happened there.
News = tuple[str, Event]
_TELL = """
    insert into outbox_event (
        organisation_id, id, type, subject, visibility, actor, changed, data, occurred_at, failures
    )
    select n.organisation_id, n.id, n.type, n.subject, n.visibility, null, n.changed::jsonb, n.data::jsonb, $1, 0
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        as n (organisation_id, id, type, subject, visibility, changed, data)
"""


async def tell(connection: asyncpg.Connection, news: Sequence[News], at: datetime) -> None:
    """Record events in the outbox."""
    if news:
        await connection.execute(_TELL, at, *map(list, zip(*map(_row, news), strict=True)))


def _row(one: News) -> tuple[str, ...]:
    organisation_id, event = one
    data = event.data()
    changed = ["status"] if isinstance(event, EndpointDisabled) else []
    texts = (orjson.dumps(changed).decode(), orjson.dumps(data).decode())
    return organisation_id, ids.new(OutboxEvent.prefix), event.type, data[event.subject], event.visibility.value, *texts
