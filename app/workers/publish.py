"""From the outbox to a broker: each organisation's events in the order of their numbers, until the broker has them."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import asyncpg
import orjson

from app import clock, config, logs
from app import db as database
from app.brokers.port import Broker, BrokerFailed, Message
from app.webhooks import formats
from app.webhooks.catalogue import CONFIDED
from app.webhooks.formats import Event, Style
from app.webhooks.models import Format
from app.workers.faults import described

ORGANISATIONS_AT_ONCE, BATCH = 20, 500
# An organisation of which the broker refused something is left alone for so long.
REST = timedelta(seconds=15)

_BEHIND = """
    from event_counter c left join broker_cursor b on b.organisation_id = c.organisation_id
    where c.last_sequence > coalesce(b.sequence, 0)
"""
# Whoever was served longest ago comes first. Of two workers that see the same lease end, one gets the row.
_CLAIM = f"""
    with due as materialized (
        select c.organisation_id {_BEHIND} and (b.lease_until is null or b.lease_until <= $1)
        order by b.lease_until nulls first, c.organisation_id limit $4
    )
    insert into broker_cursor as mine (organisation_id, sequence, lease_until, lease_by)
    select organisation_id, 0, $2, $3 from due order by organisation_id
    on conflict (organisation_id) do update set lease_until = excluded.lease_until, lease_by = excluded.lease_by
    where mine.lease_until <= $1
    returning organisation_id, sequence
"""  # noqa: S608
# As in the feed: what has its number has its place, even if its consequences are still to come.
_EVENTS = """
    select e.*, n.after from unnest($1::text[], $2::bigint[]) as n (organisation_id, after)
    cross join lateral (
        select o.organisation_id, o.id, o.type, o.subject, o.sequence, o.actor, o.changed, o.data, o.occurred_at
        from outbox_event o where o.organisation_id = n.organisation_id and o.sequence > n.after
        order by o.sequence limit $3
    ) as e
    order by e.organisation_id, e.sequence
"""
_SETTLE = """
    update broker_cursor b set sequence = n.sequence, lease_until = n.until, lease_by = null
    from unnest($2::text[], $3::bigint[], $4::timestamptz[]) as n (organisation_id, sequence, until)
    where b.organisation_id = n.organisation_id and b.lease_by = $1
"""
_LAG = f"""
    select count(*) as organisations, coalesce(sum(c.last_sequence - coalesce(b.sequence, 0)), 0)::bigint as events
    {_BEHIND}
"""

log = logs.get(__name__)


@dataclass(slots=True)
class Told:
    """Up to which number the broker has confirmed an organisation's events, and whether something ended it early."""

    organisation_id: str
    reached: int
    has_failed: bool = False


class Publisher:
    """Tells the broker of a few organisations' events at once, in no transaction."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._name = f"publisher-{secrets.token_hex(8)}"
        self._style = Style(format=Format(config.settings().broker_format))

    async def step(self) -> bool:
        """Publish what is next of those whose turn it is; whether the broker confirmed any. Raises `BrokerFailed`."""
        # Before anything is claimed: while the broker is away, nobody's turn passes.
        try:
            await self._broker.open()
        except BrokerFailed as error:
            log.warning("broker.away", reason=str(error), **await lag())
            raise
        now, lease = clock.now(), timedelta(seconds=config.settings().lease_seconds)
        async with database.current().queueing() as connection:
            rows = await connection.fetch(_CLAIM, now, now + lease, self._name, ORGANISATIONS_AT_ONCE)
            claims = [[row[name] for row in rows] for name in ("organisation_id", "sequence")]
            events = await connection.fetch(_EVENTS, *claims, BATCH)
        if not events:
            return False
        # Another worker takes over what is not done within the lease.
        ends_at = time.monotonic() + lease.total_seconds() / 2
        batches = (list(batch) for _, batch in groupby(events, key=lambda event: event["organisation_id"]))
        told = await asyncio.gather(*(self._tell(batch, ends_at) for batch in batches))
        await self._settle(told)
        return any(not one.has_failed for one in told)

    async def _tell(self, events: Sequence[asyncpg.Record], ends_at: float) -> Told:
        """Publish some of one organisation's events, until one is not confirmed or the time is up."""
        told = Told(events[0]["organisation_id"], events[0]["after"])
        if 0 < told.reached < events[0]["sequence"] - 1:
            log.warning("broker.gap", organisation_id=told.organisation_id, after=told.reached)
        try:
            for wave in waves(events):
                await self._publish(wave, told)
                if time.monotonic() >= ends_at:
                    break
        # Whatever it was, it is nothing that other organisations should wait for.
        except Exception as error:
            told.has_failed = True
            reason = str(error) if isinstance(error, BrokerFailed) else None
            about = {"organisation_id": told.organisation_id, "after": told.reached, "reason": reason}
            log.error("broker.unconfirmed", **about, **described(error))
        return told

    async def _publish(self, wave: Sequence[Event], told: Told) -> None:
        """Publish a wave; what was confirmed of it, from the first on, is behind us. Raises what ended it."""
        # The broker's readers are nobody's service account that could ask for these by name.
        sent = [event for event in wave if event["type"] not in CONFIDED]
        outcomes = await self._broker.publish([self._message(event) for event in sent]) if sent else ()
        errors = {event["id"]: error for event, error in zip(sent, outcomes, strict=True)}
        for event in wave:
            if (error := errors.get(event["id"])) is not None:
                raise error
            told.reached = event["sequence"]

    def _message(self, event: Event) -> Message:
        settings = config.settings()
        parsed = {name: orjson.loads(event[name]) for name in ("changed", "data")}
        written = formats.build({**event, **parsed}, self._style, settings.base_url)
        subject = f"{settings.broker_topic}.{event['organisation_id']}.{event['type']}"
        return Message(event["id"], subject, event["subject"], written.body, written.headers)

    async def _settle(self, told: Sequence[Told]) -> None:
        now = clock.now()
        columns = (
            [one.organisation_id for one in told],
            [one.reached for one in told],
            [now + REST if one.has_failed else now for one in told],
        )
        async with database.current().queueing() as connection:
            await connection.execute(_SETTLE, self._name, *columns)


def waves(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Cut before each event about a subject that the wave is about already.

    What is told of one subject goes out one after another, and so keeps its order whatever the broker confirms; all
    others go together.
    """
    wave: dict[str, Event] = {}
    for event in events:
        if event["subject"] in wave:
            yield list(wave.values())
            wave = {}
        wave[event["subject"]] = event
    yield list(wave.values())


async def lag() -> dict[str, int]:
    """How many organisations have events that no broker has confirmed, and how many of them."""
    async with database.current().queueing() as connection:
        return dict(await connection.fetchrow(_LAG))
