"""Taking endpoints and deliveries for one worker, in such a way that a dead worker frees them by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from app import clock
from app import db as database
from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL
from app.webhooks.schedule import MAX_ATTEMPTS

# Materialized: planned as a join, the subselect could run more than once and lock more than `limit`.
# Released endpoints keep the time of their release, so those that have waited longest come first.
_LANES = """
    with due as materialized (
        select w.organisation_id, w.id from webhook_endpoint w
        where w.status = 'enabled' and (w.lease_until is null or w.lease_until <= $1) and exists (
            select from delivery d
            where d.organisation_id = w.organisation_id and d.endpoint_id = w.id
                and d.status = 'pending' and d.due_at <= $1
        )
        order by w.lease_until nulls first, w.id limit $2 for no key update skip locked
    )
    update webhook_endpoint w set lease_until = $3, lease_by = $4
    from due where w.organisation_id = due.organisation_id and w.id = due.id
    returning w.organisation_id, w.id
"""
_RELEASE = """
    update webhook_endpoint set lease_until = $4, lease_by = null
    where organisation_id = $1 and id = $2 and lease_by = $3
"""
_ADDRESS = """
    select url from webhook_endpoint
    where organisation_id = $1 and id = $2 and lease_by = $3 and status = 'enabled'
"""
# What signs: the endpoint's secrets, then the organisation's keys if the endpoint wants them, each newest first.
# When a secret last signed is written once a minute at the most, and never waited for.
_SECRETS = f"""
    with live as materialized (
        select id, sealed, last_signed_at from webhook_secret
        where organisation_id = $1 and endpoint_id = $2 and (expires_at is null or expires_at > $3)
    ), stale as materialized (
        select s.id from webhook_secret s join live l on l.id = s.id
        where s.organisation_id = $1 and (l.last_signed_at is null or l.last_signed_at <= $3 - interval '1 minute')
        for no key update of s skip locked
    ), touched as (
        update webhook_secret s set last_signed_at = $3 from stale where s.organisation_id = $1 and s.id = stale.id
    ), signer as (
        select 'webhook_secret' as place, id, sealed from live
        union all
        select 'webhook_signing_key', s.id, s.sealed
        from webhook_endpoint w join webhook_signing_key s on s.organisation_id = w.organisation_id
        where w.organisation_id = $1 and w.id = $2 and w.asymmetric_signature
            and (s.expires_at is null or s.expires_at > $3)
    )
    select n.place, n.id, n.sealed, k.wrapped from signer n
    join data_key k on k.organisation_id = $1 and k.id = {KEY_ID_SQL.format("n.sealed")}
    order by n.place, n.id desc
"""  # noqa: S608
# Attempts rise here, before anything is sent: a delivery that kills its worker comes to an end too.
_PARCELS = """
    with due as materialized (
        select id from delivery
        where organisation_id = $1 and endpoint_id = $2 and status = 'pending' and due_at <= $3
        order by due_at, sequence limit $4 for no key update skip locked
    ), claimed as (
        update delivery d set attempts = d.attempts + 1, due_at = $5, version = d.version + 1, updated_at = $3
        from due where d.organisation_id = $1 and d.id = due.id
        returning d.id, d.attempts, d.event_id, d.sequence
    )
    select c.id as delivery_id, c.attempts, e.* from claimed c
    join outbox_event e on e.organisation_id = $1 and e.id = c.event_id
    order by c.sequence
"""


class Unsigned(Exception):
    """An endpoint has no live secret to sign with."""


@dataclass(frozen=True, slots=True)
class Lane:
    """An endpoint that is ours until the lease runs out."""

    organisation_id: str
    endpoint_id: str
    worker: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is ours, with its event; `attempt` counts the try that we are about to make."""

    id: str
    attempt: int
    event: Mapping[str, Any]

    @property
    def is_spent(self) -> bool:
        """Whether it had its last try, by a worker that died over it."""
        return self.attempt > MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Load:
    """What a lane sends next: where to, signed with what."""

    url: str
    secrets: Sequence[str]
    parcels: Sequence[Parcel]


async def lanes(worker: str, *, limit: int, lease: timedelta) -> list[Lane]:
    """Take endpoints that have something due, at most `limit`."""
    now = clock.now()
    async with database.current().queueing() as connection:
        rows = await connection.fetch(_LANES, now, limit, now + lease, worker)
    return [Lane(row["organisation_id"], row["id"], worker) for row in rows]


async def release(lane: Lane, until: datetime) -> None:
    """Give an endpoint back; nobody takes it before `until`."""
    async with database.current().queueing() as connection:
        await connection.execute(_RELEASE, lane.organisation_id, lane.endpoint_id, lane.worker, until)


async def load(lane: Lane, *, limit: int, lease: timedelta) -> Load | None:
    """Take the deliveries of a lane that are due next, at most `limit`; `None` when it is ours no more."""
    now, key = clock.now(), (lane.organisation_id, lane.endpoint_id)
    async with database.current().queueing() as connection:
        url = await connection.fetchval(_ADDRESS, *key, lane.worker)
        if url is None:
            return None
        # Opened first: with the wrong key nothing can be sent, and no delivery shall pay for it with an attempt.
        secrets = [await _opened(lane, row) for row in await connection.fetch(_SECRETS, *key, now)]
        if not secrets:
            raise Unsigned
        rows = await connection.fetch(_PARCELS, *key, now, limit, now + lease)
    return Load(url, secrets, [_parcel(row) for row in rows])


async def _opened(lane: Lane, row: Mapping[str, Any]) -> str:
    place = lane.organisation_id, row["place"], row["id"], "sealed"
    return (await keeping.opened(row["sealed"], row["wrapped"], *place)).decode()


def _parcel(row: Mapping[str, Any]) -> Parcel:
    event = dict(row) | {name: orjson.loads(row[name]) for name in ("changed", "data")}
    return Parcel(row["delivery_id"], row["attempts"], event)
