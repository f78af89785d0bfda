"""Events that are too old go, from the oldest on, a bite at a time: what is missing is missing at the beginning."""

from datetime import timedelta

from app import clock, ids
from app import db as database
from app.events.models import OutboxEvent

# Those that were for one endpoint alone have no place in the order: each goes by itself.
_ALONE = """
    with old as materialized (
        select e.id from outbox_event e
        where e.organisation_id = $1 and e.id < $2 and e.sequence = 0 and not exists (
            select from delivery d
            where d.organisation_id = $1 and d.event_id = e.id and d.status in ('pending', 'held')
        )
        order by e.id limit $3
    )
    delete from outbox_event e using old where e.organisation_id = $1 and e.id = old.id
"""
# Only what lies before the first that stays: one that is still owed to an endpoint keeps those behind it, too. The last
# of all stays in any case, since it says how far the numbers had come. Nothing is walked while nothing is old.
_OLDEST = """
    with oldest as materialized (
        select e.id, e.sequence, e.id >= $2 or e.relayed_at is null or exists (
            select from delivery d
            where d.organisation_id = $1 and d.event_id = e.id and d.status in ('pending', 'held')
        ) as stays
        from outbox_event e
        where e.organisation_id = $1 and e.sequence > 0
            and (select exists (select from outbox_event o where o.organisation_id = $1 and o.id < $2))
        order by e.sequence limit $3 + 1
    ), first as (
        select coalesce(min(sequence) filter (where stays), max(sequence)) as sequence from oldest
    )
    delete from outbox_event e using oldest o, first f
    where e.organisation_id = $1 and e.id = o.id and o.sequence < f.sequence
"""


async def forget_events(organisation_id: str, keep_days: int, *, limit: int) -> bool:
    """Let go of an organisation's events that it keeps no longer, at most `limit` of each kind; whether more may go."""
    before = ids.first_at(OutboxEvent.prefix, clock.now() - timedelta(days=keep_days))
    async with database.current().queueing() as connection:
        gone = [await connection.execute(sql, organisation_id, before, limit) for sql in (_ALONE, _OLDEST)]
    return f"DELETE {limit}" in gone
