"""Judging pairs: at once after a session that was held or not, and in bites whatever time alone has made due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.momentum.events import PairingFlaggedAtRisk, PairingNudged, PairingRecovered
from app.domain.momentum.rules import Facts, Miss, Standing, judge, standing
from app.domain.pairings.models import Health, HealthRule, Pairing
from app.events import outbox
from app.reading import rows

# So many at once: a transaction of a few tenths of a second.
BITE = 1000
# Of a pair's sessions the last that was held counts, and two behind it that came to nothing. What the service itself
# called off is nobody's fault.
_FACTS = """
    with judged as materialized (
        select p.* from pairing p
        where p.organisation_id = $1 and p.status = 'active' and {which}
        for update {waiting}
    )
    select j.id, j.health, j.health_rule, j.health_since, j.cadence_max_days,
        coalesce(j.rhythm_since, j.activated_at, j.created_at) as since, j.grace_until,
        held.at as last_held, missed.list as misses
    from judged j
    left join lateral (
        select max(s.starts_at) as at from session s
        where s.organisation_id = $1 and s.pairing_id = j.id and s.status = 'completed'
    ) held on true
    left join lateral (
        select jsonb_agg(jsonb_build_array(m.cancelled_by, m.at) order by m.starts_at desc) as list from (
            select s.cancelled_by, s.starts_at, coalesce(s.cancelled_at, s.ends_at) as at from session s
            where s.organisation_id = $1 and s.pairing_id = j.id and (held.at is null or s.starts_at > held.at)
                and (s.status = 'no_show' or (s.status = 'cancelled' and s.cancelled_by is not null))
            order by s.starts_at desc limit 2
        ) m
    ) missed on true
"""
_DUE = _FACTS.format(which="p.health_due_at <= $2 order by p.health_due_at, p.id limit $3", waiting="skip locked")
_OF_SESSION = _FACTS.format(
    which="p.id = (select s.pairing_id from session s where s.organisation_id = $1 and s.id = $2)", waiting=""
)
_LOOK_AGAIN = """
    update pairing p set health_due_at = n.due_at from unnest($2::text[], $3::timestamptz[]) as n (id, due_at)
    where p.organisation_id = $1 and p.id = n.id
"""


@dataclass(frozen=True, slots=True)
class _Change:
    """How a pair fares now, and the facts that made it so."""

    facts: Facts
    after: Standing


async def judge_due(db: Db, *, limit: int = BITE) -> int:
    """Judge the pairs whose time has come, at most `limit`; how many there were."""
    return await _judge(db, await facts_of_due(db, limit=limit))


async def facts_of_due(db: Db, *, limit: int) -> Sequence[Any]:
    """A row for each pair whose time has come, which is locked; one statement."""
    return await db.fetch(_DUE, db.organisation_id, clock.now(), limit)


async def judge_after(db: Db, session_id: str) -> None:
    """Judge the pair of a session that was held, missed or called off."""
    await _judge(db, await db.fetch(_OF_SESSION, db.organisation_id, session_id))


async def _judge(db: Db, found: Sequence[Any]) -> int:
    """One statement for when each is due again, whatever their number; what has changed is written pair by pair."""
    now, changed = clock.now(), {}
    due: list[tuple[str, datetime | None]] = []
    for row in found:
        facts = _facts(row)
        verdict = judge(facts, now)
        due.append((row["id"], verdict.due_at))
        before = _before(row)
        if (after := standing(before, facts, verdict, now)) != before:
            changed[row["id"]] = _Change(facts, after)
    if due:
        await db.fetch(_LOOK_AGAIN, db.organisation_id, *map(list, zip(*due, strict=True)))
    if changed:
        await _write(db, changed, now)
    return len(found)


def _facts(row: Any) -> Facts:
    return Facts(
        cadence_max=timedelta(days=row["cadence_max_days"]),
        since=row["since"],
        grace_ends=None if row["grace_until"] is None else _end_of(row["grace_until"]),
        last_held=row["last_held"],
        misses=tuple(Miss(by, datetime.fromisoformat(at)) for by, at in row["misses"] or ()),
    )


def _before(row: Any) -> Standing:
    rule = row["health_rule"]
    return Standing(Health(row["health"]), None if rule is None else HealthRule(rule), row["health_since"])


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(tzinfo=UTC))


async def _write(db: Db, changed: Mapping[str, _Change], now: datetime) -> None:
    mine = (col(Pairing.organisation_id) == db.organisation_id, col(Pairing.id) == rows.any_of(changed))
    select = sa.select(Pairing).where(*mine).order_by(col(Pairing.id)).execution_options(populate_existing=True)
    for pairing in (await db.execute(select)).scalars():
        change = changed[pairing.id]
        after = change.after
        pairing.health, pairing.health_rule, pairing.health_since = after.health, after.rule, after.since
        _tell(db, pairing, change.facts, now)


def _tell(db: Db, pairing: Pairing, facts: Facts, now: datetime) -> None:
    changed = ("health", "health_rule", "health_since")
    if pairing.health is Health.RECOVERED:
        outbox.record(db, PairingRecovered.of(pairing), changed=changed)
    elif pairing.health is not Health.ON_TRACK:
        event = PairingNudged if pairing.health is Health.WATCH else PairingFlaggedAtRisk
        outbox.record(db, event.found(pairing, facts, now), changed=changed)
