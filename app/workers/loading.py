"""Taking the deliveries that lanes send next, and what they are sent with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson

from app import clock
from app import db as database
from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL
from app.webhooks import identifying, styling
from app.webhooks.formats import Style
from app.webhooks.schedule import MAX_ATTEMPTS
from app.workers.claims import READY, Lane

_ADDRESSES = f"""
    select w.organisation_id, w.id, w.url, w.timeout_seconds, {styling.COLUMNS}, {identifying.COLUMNS}
    from unnest($1::text[], $2::text[], $3::text[]) as n (organisation_id, id, worker)
    join webhook_endpoint w on w.organisation_id = n.organisation_id and w.id = n.id
        and w.lease_by = n.worker and w.status = 'enabled'
    {styling.JOIN}
"""  # noqa: S608
# What signs: each endpoint's secrets, then the organisation's keys if the endpoint wants them, each newest first.
# When a secret last signed is written once a minute at the most, and never waited for.
_SECRETS = f"""
    with n as materialized (
        select * from unnest($1::text[], $2::text[]) as n (organisation_id, id)
    ), live as materialized (
        select s.organisation_id, s.endpoint_id, s.id, s.sealed, s.last_signed_at from n
        join webhook_secret s on s.organisation_id = n.organisation_id and s.endpoint_id = n.id
            and (s.expires_at is null or s.expires_at > $3)
    ), stale as materialized (
        select s.organisation_id, s.id from live l
        join webhook_secret s on s.organisation_id = l.organisation_id and s.id = l.id
        where l.last_signed_at is null or l.last_signed_at <= $3 - interval '1 minute'
        for no key update of s skip locked
    ), touched as (
        update webhook_secret s set last_signed_at = $3 from stale
        where s.organisation_id = stale.organisation_id and s.id = stale.id
    ), signer as (
        select organisation_id, endpoint_id, 'webhook_secret' as place, id, sealed from live
        union all
        select w.organisation_id, w.id, 'webhook_signing_key', s.id, s.sealed from n
        join webhook_endpoint w on w.organisation_id = n.organisation_id and w.id = n.id and w.asymmetric_signature
        join webhook_signing_key s on s.organisation_id = w.organisation_id
            and (s.expires_at is null or s.expires_at > $3)
    )
    select g.*, k.wrapped from signer g
    join data_key k on k.organisation_id = g.organisation_id and k.id = {KEY_ID_SQL.format("g.sealed")}
    order by g.place, g.id desc
"""  # noqa: S608
# Attempts rise here, before anything is sent: a delivery that kills its worker comes to an end too. No index holds
# what changes here, so the new row stands beside the old one and no index is written (a heap-only tuple).
_PARCELS = f"""
    with due as materialized (
        select first.organisation_id, first.id
        from unnest($2::text[], $3::text[], $4::int[]) as n (organisation_id, endpoint_id, count)
        cross join lateral (
            select d.organisation_id, d.id from delivery d
            where d.organisation_id = n.organisation_id and d.endpoint_id = n.endpoint_id and {READY}
            order by d.due_at, d.sequence limit n.count for no key update skip locked
        ) as first
    ), claimed as (
        update delivery d set attempts = d.attempts + 1, claimed_until = $5, version = d.version + 1, updated_at = $1
        from due where d.organisation_id = due.organisation_id and d.id = due.id
        returning d.organisation_id, d.endpoint_id, d.id, d.attempts, d.event_id
    )
    select c.endpoint_id as lane_id, c.id as delivery_id, c.attempts, e.* from claimed c
    join outbox_event e on e.organisation_id = c.organisation_id and e.id = c.event_id
    order by e.sequence
"""  # noqa: S608


class Unsigned(Exception):
    """An endpoint has no live secret to sign with."""


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
class Terms:
    """How an endpoint is sent to: where, how long an answer is waited for, written how, signed with what, as whom."""

    url: str
    timeout_seconds: int
    style: Style
    secrets: Sequence[str]
    identity: str | None


@dataclass(frozen=True, slots=True)
class Load:
    """What a lane sends next, and on what terms."""

    terms: Terms
    parcels: Sequence[Parcel]


@dataclass(frozen=True, slots=True)
class Ask:
    """A lane that can send `count` deliveries more."""

    lane: Lane
    count: int


async def load(asks: Sequence[Ask], *, lease: timedelta) -> list[Load | Exception | None]:
    """Take the deliveries of lanes that are due next; `None` for a lane that is ours no more."""
    now, keys = clock.now(), [ask.lane.key for ask in asks]
    async with database.current().claiming() as connection:
        workers = [ask.lane.worker for ask in asks]
        found = await connection.fetch(_ADDRESSES, *map(list, zip(*keys, strict=True)), workers)
        addresses = {(row["organisation_id"], row["id"]): row for row in found}
        # Opened first: with the wrong key nothing can be sent, and no delivery shall pay for it with an attempt.
        secrets = await _secrets(connection, list(addresses), now)
        terms = {key: await _terms(row, secrets[key]) for key, row in addresses.items()}
        able = [(*ask.lane.key, ask.count) for ask in asks if isinstance(terms.get(ask.lane.key), Terms)]
        parcels: dict[tuple[str, str], list[Parcel]] = {key: [] for key in keys}
        # Most events go to several endpoints.
        events: dict[tuple[str, str], Mapping[str, Any]] = {}
        if able:
            for row in await connection.fetch(_PARCELS, now, *map(list, zip(*able, strict=True)), now + lease):
                key = row["organisation_id"], row["id"]
                event = events.get(key) or events.setdefault(key, _event(row))
                parcel = Parcel(row["delivery_id"], row["attempts"], event)
                parcels[row["organisation_id"], row["lane_id"]].append(parcel)
    return [_load(terms.get(key), parcels[key]) for key in keys]


async def _secrets(
    connection: asyncpg.Connection, keys: Sequence[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """What signs for endpoints, sealed: secrets first, the newest first."""
    if not keys:
        return {}
    sealed: dict[tuple[str, str], list[Mapping[str, Any]]] = {key: [] for key in keys}
    for row in await connection.fetch(_SECRETS, *map(list, zip(*keys, strict=True)), now):
        sealed[row["organisation_id"], row["endpoint_id"]].append(row)
    return sealed


async def _terms(address: Mapping[str, Any], sealed: Sequence[Mapping[str, Any]]) -> Terms | Exception:
    """On what terms an endpoint is sent to, or why that cannot be said."""
    try:
        if not sealed:
            raise Unsigned
        secrets = [await _opened(row) for row in sealed]
        style = await styling.of(address["organisation_id"], address)
        return Terms(address["url"], address["timeout_seconds"], style, secrets, await identifying.of(address))
    except Exception as error:
        # Handed to the one lane that it concerns.
        return error


async def _opened(row: Mapping[str, Any]) -> str:
    place = row["organisation_id"], row["place"], row["id"], "sealed"
    return (await keeping.opened(row["sealed"], row["wrapped"], *place)).decode()


def _load(terms: Terms | Exception | None, parcels: Sequence[Parcel]) -> Load | Exception | None:
    return Load(terms, parcels) if isinstance(terms, Terms) else terms


def _event(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(row) | {name: orjson.loads(row[name]) for name in ("changed", "data")}
