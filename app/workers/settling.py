"""Writing down what became of deliveries that were tried, and of their endpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app import clock, ids
from app import db as database
from app.webhooks import schedule
from app.webhooks.events import DeliveryExhausted
from app.webhooks.health import Health
from app.webhooks.models import Attempt
from app.webhooks.sender import Outcome
from app.workers import standing, telling
from app.workers.claims import Lane
from app.workers.tries import Try, Verdict

# Another attempt number: the lease ran out and another worker took over. Its word counts, unless we delivered.
# Held: the endpoint was turned off while this was on its way.
_SETTLE = """
    update delivery d set
        status = n.status, attempts = n.attempts, due_at = n.due_at, last_status = n.last_status,
        last_error = n.last_error, delivered_at = case when n.status = 'delivered' then $1::timestamptz end,
        claimed_until = null, version = d.version + 1, updated_at = $1
    from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::int[], $7::timestamptz[], $8::int[], $9::text[])
        as n (organisation_id, id, claimed, status, attempts, due_at, last_status, last_error)
    where d.organisation_id = n.organisation_id and d.id = n.id and d.status in ('pending', 'held')
        and (n.status = 'delivered' or d.status = 'pending' and d.attempts = n.claimed)
    returning d.id
"""
_LOG = """
    insert into attempt (
        organisation_id, id, version, created_at, updated_at,
        delivery_id, endpoint_id, number, started_at, elapsed_ms, status, error, address, response, request_headers
    )
    select d.organisation_id, n.id, 1, $1, $1,
        d.id, d.endpoint_id, n.number, n.started_at, n.elapsed_ms, n.status, n.error, n.address, n.response,
        n.request_headers::jsonb
    from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::int[], $8::int[], $9::text[],
        $10::text[], $11::text[], $12::text[]) as n (organisation_id, id, delivery_id, number, started_at, elapsed_ms,
        status, error, address, response, request_headers)
    join delivery d on d.organisation_id = n.organisation_id and d.id = n.delivery_id
"""


@dataclass(frozen=True, slots=True)
class Round:
    """Deliveries of one lane that were tried, in the order in which they ended; `jitter` is for its breaker."""

    lane: Lane
    judged: Sequence[tuple[Try, Verdict]]
    jitter: float


async def settle(rounds: Sequence[Round]) -> list[Health | None]:
    """Write down what came of some rounds, in one transaction; how their endpoints fare, if they go on at all."""
    now = clock.now()
    async with database.current().claiming() as connection:
        standings = await standing.locked(connection, [one.lane.key for one in rounds])
        # Those of an endpoint that was removed meanwhile are gone with it.
        judged = [(one.lane, *pair) for one in rounds if one.lane.key in standings for pair in one.judged]
        ours = await _write(connection, judged, now)
        await _write_log(connection, judged, now)
        news: list[telling.News] = [
            (lane.organisation_id, _exhausted(lane, done))
            for lane, done, verdict in judged
            # News of a lost delivery that is itself lost would go round for ever.
            if verdict.is_exhausted and done.parcel.id in ours and done.parcel.event["type"] != DeliveryExhausted.type
        ]
        for one in rounds:
            if found := standings.get(one.lane.key):
                found.learn([done for done, _ in one.judged], now, jitter=one.jitter)
        news += await standing.keep(connection, standings.values(), now)
        await telling.tell(connection, news, now)
    return [found.health if (found := standings.get(one.lane.key)) and found.is_on else None for one in rounds]


async def _write(
    connection: asyncpg.Connection, judged: Sequence[tuple[Lane, Try, Verdict]], now: datetime
) -> set[str]:
    """The new states of the deliveries; the ids of those that were still ours to change."""
    rows = [
        (
            lane.organisation_id,
            done.parcel.id,
            done.parcel.attempt,
            verdict.status.value,
            min(done.parcel.attempt - done.is_barred, schedule.MAX_ATTEMPTS),
            verdict.due_at,
            done.outcome.status if done.outcome else None,
            done.error,
        )
        for lane, done, verdict in judged
    ]
    found = await connection.fetch(_SETTLE, now, *map(list, zip(*rows, strict=True))) if rows else ()
    return {row["id"] for row in found}


async def _write_log(
    connection: asyncpg.Connection, judged: Sequence[tuple[Lane, Try, Verdict]], now: datetime
) -> None:
    rows = [_logged(lane, done, done.outcome) for lane, done, _ in judged if done.outcome is not None]
    if rows:
        await connection.execute(_LOG, now, *map(list, zip(*rows, strict=True)))


def _logged(lane: Lane, done: Try, outcome: Outcome) -> tuple[Any, ...]:
    # PostgreSQL's text holds no NUL; whatever else is no UTF-8 becomes U+FFFD.
    response = outcome.body.decode(errors="replace").replace("\0", "\ufffd") if outcome.body else None
    return (
        lane.organisation_id,
        ids.new(Attempt.prefix),
        done.parcel.id,
        done.parcel.attempt,
        done.started_at,
        outcome.elapsed_ms,
        outcome.status,
        done.error,
        outcome.address,
        response,
        orjson.dumps(done.shown_headers).decode(),
    )


def _exhausted(lane: Lane, done: Try) -> DeliveryExhausted:
    return DeliveryExhausted(
        endpoint_id=lane.endpoint_id,
        delivery_id=done.parcel.id,
        event_id=done.parcel.event["id"],
        event_type=done.parcel.event["type"],
    )
