"""What becomes of a delivery once it was tried: the verdict, and writing it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app import clock, ids, logs
from app import db as database
from app.events.envelope import Event
from app.events.models import OutboxEvent
from app.webhooks import schedule
from app.webhooks.events import DeliveryExhausted, EndpointDisabled
from app.webhooks.models import Attempt, DeliveryStatus
from app.webhooks.sender import Directive, Outcome
from app.workers.claims import Lane, Parcel

_GONE = 410

# Whoever changes deliveries of an endpoint locks the endpoint first, as removing it does.
_LOCK = "select true from webhook_endpoint where organisation_id = $1 and id = $2 for no key update"
# Another attempt number: the lease ran out and another worker took over. Its word counts, unless we delivered.
_SETTLE = """
    update delivery d set
        status = n.status, attempts = n.attempts, due_at = n.due_at, last_status = n.last_status,
        last_error = n.last_error, delivered_at = case when n.status = 'delivered' then $2::timestamptz end,
        version = d.version + 1, updated_at = $2
    from unnest($3::text[], $4::int[], $5::text[], $6::int[], $7::timestamptz[], $8::int[], $9::text[])
        as n (id, claimed, status, attempts, due_at, last_status, last_error)
    where d.organisation_id = $1 and d.id = n.id and d.status = 'pending'
        and (d.attempts = n.claimed or n.status = 'delivered')
    returning d.id
"""
_LOG = """
    insert into attempt (
        organisation_id, id, version, created_at, updated_at,
        delivery_id, number, started_at, elapsed_ms, status, error, address, response
    )
    select $1, n.id, 1, $2, $2, d.id, n.number, n.started_at, n.elapsed_ms, n.status, n.error, n.address, n.response
    from unnest($3::text[], $4::text[], $5::int[], $6::timestamptz[], $7::int[], $8::int[], $9::text[], $10::text[],
        $11::text[]) as n (id, delivery_id, number, started_at, elapsed_ms, status, error, address, response)
    join delivery d on d.organisation_id = $1 and d.id = n.delivery_id
"""
# Only while it is the address that said so.
_DISABLE = """
    update webhook_endpoint set status = 'disabled', disabled_reason = $4, version = version + 1, updated_at = $5
    where organisation_id = $1 and id = $2 and status = 'enabled' and url = $3
    returning id
"""
_HOLD = """
    update delivery set status = 'held', version = version + 1, updated_at = $3
    where organisation_id = $1 and endpoint_id = $2 and status = 'pending'
"""
_TELL = """
    insert into outbox_event (
        organisation_id, id, type, subject, visibility, actor, changed, data, occurred_at, failures
    )
    select $1, n.id, n.type, n.subject, n.visibility, null, n.changed::jsonb, n.data::jsonb, $2, 0
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        as n (id, type, subject, visibility, changed, data)
"""

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Try:
    """One delivery that was sent, when, and what came back; no outcome when it was not sent at all."""

    parcel: Parcel
    started_at: datetime
    outcome: Outcome | None

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver accepted it."""
        return self.outcome is not None and self.outcome.delivered

    @property
    def error(self) -> str | None:
        """Why it does not count as delivered."""
        if self.outcome is None:
            return "abandoned"
        if self.outcome.error is not None:
            return self.outcome.error.value
        return None if self.outcome.delivered else "status"

    @property
    def turns_off(self) -> str | None:
        """Why the receiver wants no more, if it said so."""
        if self.outcome is None:
            return None
        if self.outcome.status == _GONE:
            return "gone"
        return "asked" if self.outcome.directive is Directive.DISABLE else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a delivery stands after a try, and when it is due again."""

    status: DeliveryStatus
    due_at: datetime
    is_exhausted: bool = False


def judge(done: Try, at: datetime, *, jitter: float) -> Verdict:
    """What becomes of a delivery that was tried; `jitter` is a random number in [0, 1)."""
    outcome = done.outcome
    if outcome is None:
        return Verdict(DeliveryStatus.DEAD, at, is_exhausted=True)
    if outcome.delivered:
        return Verdict(DeliveryStatus.DELIVERED, at)
    if done.turns_off:
        return Verdict(DeliveryStatus.HELD, at)
    if outcome.is_final or outcome.directive is Directive.ABORT_MESSAGE:
        return Verdict(DeliveryStatus.DEAD, at)
    again = schedule.next_attempt(done.parcel.attempt, at, jitter=jitter, retry_after=outcome.retry_after)
    if again is None:
        return Verdict(DeliveryStatus.DEAD, at, is_exhausted=True)
    return Verdict(DeliveryStatus.PENDING, again)


async def settle(lane: Lane, url: str, judged: Sequence[tuple[Try, Verdict]]) -> None:
    """Write down what came of a round of deliveries, in one transaction."""
    now, key = clock.now(), (lane.organisation_id, lane.endpoint_id)
    async with database.current().queueing() as connection:
        if not await connection.fetchval(_LOCK, *key):
            # The endpoint was removed meanwhile, and its deliveries with it.
            return
        ours = await _write(connection, lane, judged, now)
        await _write_log(connection, lane, [done for done, _ in judged if done.outcome is not None], now)
        events: list[Event] = [
            _exhausted(lane, done.parcel)
            for done, verdict in judged
            # News of a lost delivery that is itself lost would go round for ever.
            if verdict.is_exhausted and done.parcel.id in ours and done.parcel.event["type"] != DeliveryExhausted.type
        ]
        reason = next((done.turns_off for done, _ in judged if done.turns_off), None)
        if reason and await connection.fetchval(_DISABLE, *key, url, reason, now):
            await connection.execute(_HOLD, *key, now)
            log.warning("endpoint.disabled", endpoint_id=lane.endpoint_id, reason=reason)
            events.append(EndpointDisabled(endpoint_id=lane.endpoint_id, reason=reason))
        if events:
            await _tell(connection, lane.organisation_id, events, now)


async def _write(
    connection: asyncpg.Connection, lane: Lane, judged: Sequence[tuple[Try, Verdict]], now: datetime
) -> set[str]:
    """The new states of the deliveries; the ids of those that were still ours to change."""
    rows = [
        (
            done.parcel.id,
            done.parcel.attempt,
            verdict.status.value,
            min(done.parcel.attempt, schedule.MAX_ATTEMPTS),
            verdict.due_at,
            done.outcome.status if done.outcome else None,
            done.error,
        )
        for done, verdict in judged
    ]
    found = await connection.fetch(_SETTLE, lane.organisation_id, now, *map(list, zip(*rows, strict=True)))
    return {row["id"] for row in found}


async def _write_log(connection: asyncpg.Connection, lane: Lane, tries: Sequence[Try], now: datetime) -> None:
    rows = [_logged(done, done.outcome) for done in tries if done.outcome is not None]
    if rows:
        await connection.execute(_LOG, lane.organisation_id, now, *map(list, zip(*rows, strict=True)))


def _logged(done: Try, outcome: Outcome) -> tuple[Any, ...]:
    # PostgreSQL's text holds no NUL; whatever else is no UTF-8 becomes U+FFFD.
    response = outcome.body.decode(errors="replace").replace("\0", "\ufffd") if outcome.body else None
    return (
        ids.new(Attempt.prefix),
        done.parcel.id,
        done.parcel.attempt,
        done.started_at,
        outcome.elapsed_ms,
        outcome.status,
        done.error,
        outcome.address,
        response,
    )


def _exhausted(lane: Lane, parcel: Parcel) -> DeliveryExhausted:
    return DeliveryExhausted(
        endpoint_id=lane.endpoint_id,
        delivery_id=parcel.id,
        event_id=parcel.event["id"],
        event_type=parcel.event["type"],
    )


async def _tell(connection: asyncpg.Connection, organisation_id: str, events: Sequence[Event], now: datetime) -> None:
    """Record events in the outbox, as `outbox.record` does for those who hold a `Db`."""
    rows = []
    for event in events:
        data = event.data()
        changed = ["status"] if isinstance(event, EndpointDisabled) else []
        texts = (orjson.dumps(changed).decode(), orjson.dumps(data).decode())
        rows.append((ids.new(OutboxEvent.prefix), event.type, data[event.subject], event.visibility.value, *texts))
    await connection.execute(_TELL, organisation_id, now, *map(list, zip(*rows, strict=True)))
