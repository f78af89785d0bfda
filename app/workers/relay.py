"""From the outbox to the deliveries: events get their consequences, their number and their listeners."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson

from app import clock, logs
from app import db as database
from app.events import bell
from app.failures import Busy
from app.webhooks import fanout
from app.workers.faults import described
from app.workers.reactions import REACTIONS, TOGETHER, is_watched, react, react_together

BATCH = 500
# Reactions take a transaction each while the organisation is locked: few enough that nobody waits long for the rest.
MOST_REACTIONS = 50
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=5), timedelta(hours=1)

# The lock makes relaying serial per organisation; those after the last one come first, so that all have their turn.
# Offset 0: one is asked after the other. As a join, which the planner prefers, all that waits would be read.
_ORGANISATION = """
    select c.organisation_id, c.last_sequence from event_counter c
    where exists (
        select from outbox_event e
        where e.organisation_id = c.organisation_id and e.relayed_at is null
            and (e.retry_at is null or e.retry_at <= $1)
        offset 0
    )
    order by c.organisation_id <= $2, c.organisation_id
    limit 1 for update skip locked
"""
_BATCH = f"""
    select {fanout.COLUMNS}, e.failures from outbox_event e
    where e.organisation_id = $1 and e.relayed_at is null and (e.retry_at is null or e.retry_at <= $2)
    order by e.position limit $3
"""  # noqa: S608
_MARK = """
    with counted as (update event_counter set last_sequence = $6 where organisation_id = $1)
    update outbox_event e set
        sequence = n.sequence,
        retry_at = n.retry_at,
        relayed_at = case when n.retry_at is null then $2::timestamptz end,
        failures = e.failures + (n.retry_at is not null)::int
    from unnest($3::text[], $4::bigint[], $5::timestamptz[]) as n (id, sequence, retry_at)
    where e.organisation_id = $1 and e.id = n.id
"""

log = logs.get(__name__)


class Relay:
    """Relays one organisation's events after the other's; remembers whose turn it was."""

    def __init__(self) -> None:
        self._last = ""

    async def step(self) -> int | None:
        """Relay a batch of the next organisation that has events due; how many were taken.

        `None` when no organisation has any that another relay is not just taking.
        """
        async with database.current().queueing() as connection:
            now = clock.now()
            counter = await connection.fetchrow(_ORGANISATION, now, self._last)
            if counter is None:
                return None
            self._last = counter["organisation_id"]
            batch = _cut(await connection.fetch(_BATCH, self._last, now, BATCH))
            groups = _groups(batch)
            if groups:
                # We wait here, idle, while reactions run in transactions of their own.
                await connection.execute("set local idle_in_transaction_session_timeout = '60s'")
            retries = await _react(self._last, groups)
            await _mark(connection, counter, batch, retries)
        bell.ring(self._last)
        return len(batch)


def _cut(events: Sequence[asyncpg.Record]) -> Sequence[asyncpg.Record]:
    """The events up to the last reaction that one batch may hold."""
    reactive = [place for place, event in enumerate(events) if _has_consequences(event)]
    return events if len(reactive) <= MOST_REACTIONS else events[: reactive[MOST_REACTIONS]]


def _has_consequences(event: asyncpg.Record) -> bool:
    """A test tells one endpoint of something that never was."""
    return event["type"] in REACTIONS and event["endpoint_id"] is None


async def _react(organisation_id: str, groups: Iterable[Sequence[asyncpg.Record]]) -> dict[str, datetime]:
    """Let the events have their consequences, in order; when to try again, for those that failed."""
    retries = {}
    for group in groups:
        try:
            if group[0]["type"] in TOGETHER:
                await react_together(organisation_id, _changes(group))
            else:
                await react(organisation_id, group[0]["type"], group[0]["subject"])
        except Busy:
            # No fault of the event's, and the next one would fare no better.
            raise
        except Exception as error:
            for event in group:
                retries[event["id"]] = _again(event["failures"])
                about = {"event_id": event["id"], "type": event["type"], "failures": event["failures"] + 1}
                log.error("reaction.failed", **about, **described(error))
    return retries


def _groups(events: Sequence[asyncpg.Record]) -> list[list[asyncpg.Record]]:
    """Events that react by themselves, then those that react together; one that failed before keeps no others back."""
    alone = [[event] for event in events if _has_consequences(event)]
    watched = [event for event in events if _is_watched(event)]
    fresh = [event for event in watched if not event["failures"]]
    return alone + [[event] for event in watched if event["failures"]] + ([fresh] if fresh else [])


def _is_watched(event: asyncpg.Record) -> bool:
    return event["endpoint_id"] is None and is_watched(event["type"], _changed(event))


def _changed(event: asyncpg.Record) -> set[str]:
    return set(orjson.loads(event["changed"]))


def _changes(events: Iterable[asyncpg.Record]) -> dict[str, set[str]]:
    """What changed, by person."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        found[event["subject"]] |= _changed(event)
    return found


def _again(failures: int) -> datetime:
    # The exponent is capped for its own sake: a timedelta cannot hold the fortieth power of two.
    return clock.now() + min(FIRST_RETRY * (1 << min(failures, 10)), LONGEST_RETRY)


async def _mark(
    connection: asyncpg.Connection,
    counter: asyncpg.Record,
    events: Sequence[asyncpg.Record],
    retries: dict[str, datetime],
) -> None:
    """Number the events, and send on those that had their consequences.

    What is for one endpoint alone gets no number of its own, so that nobody else finds a gap. One that failed keeps the
    number it gets now: when it is sent on at last, consumers still see where it belongs among those of its subject.
    """
    organisation_id, last, now = counter["organisation_id"], counter["last_sequence"], clock.now()
    sequences = []
    for event in events:
        number = 0 if event["endpoint_id"] else event["sequence"]
        last += number is None
        sequences.append(last if number is None else number)
    event_ids = [event["id"] for event in events]
    again = [retries.get(event_id) for event_id in event_ids]
    await connection.execute(_MARK, organisation_id, now, event_ids, sequences, again, last)
    facts: list[dict[str, Any]] = [
        {**event, "sequence": sequence}
        for event, sequence in zip(events, sequences, strict=True)
        if event["id"] not in retries
    ]
    await fanout.fan_out(connection, organisation_id, facts, now)
