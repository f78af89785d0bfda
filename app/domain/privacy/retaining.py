"""What is too old goes, a bite at a time: for each class of data as long as its organisation keeps it.

What a legal hold covers stays. The audit trail stays, too: a chain cannot lose its beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock, ids
from app.db import Db
from app.domain.organisations.retention import DataClass, RetentionPolicy
from app.domain.privacy import holds
from app.reading import rows

# Of a row of the pair p: a hold on its programme, or on one of the two.
_UNHELD = """
    not exists (
        select from legal_hold h where h.organisation_id = $1 and h.lifted_at is null
            and (h.programme_id = p.programme_id or h.person_id in (p.mentor_id, p.mentee_id))
    )
"""


@dataclass(frozen=True)
class _Rule:
    """The ids of rows that are too old ($1 organisation, $2 instant, $3 at most), and what is done to them ($2)."""

    find: str
    then: tuple[str, ...]


_NOTES = _Rule(
    f"""
        select n.id from programme g
        join session s on s.organisation_id = $1 and s.programme_id = g.id
        join note n on n.organisation_id = $1 and n.session_id = s.id
        join pairing p on p.organisation_id = $1 and p.id = s.pairing_id
        where g.organisation_id = $1 and g.ends_on < $2::timestamptz::date and {_UNHELD}
        limit $3 for update of n skip locked
    """,  # noqa: S608
    ("delete from note where organisation_id = $1 and id = any($2)",),
)
# The number stays, for the averages: nobody's any more, and shown to nobody.
_FEEDBACK = _Rule(
    f"""
        select f.id from programme g
        join pairing p on p.organisation_id = $1 and p.programme_id = g.id
        join feedback f on f.organisation_id = $1 and f.pairing_id = p.id and f.author_id is not null
        where g.organisation_id = $1 and g.ends_on < $2::timestamptz::date and {_UNHELD}
        limit $3 for update of f skip locked
    """,  # noqa: S608
    (
        "delete from feedback where organisation_id = $1 and id = any($2) and rating is null",
        "update feedback set text = null, author_id = null, addressee_id = null, audience = 'aggregate', "
        "version = version + 1, updated_at = now() where organisation_id = $1 and id = any($2)",
    ),
)
# The numbers of a check-in stay likewise.
_CHECK_INS = _Rule(
    f"""
        select c.id from programme g
        join pairing p on p.organisation_id = $1 and p.programme_id = g.id
        join check_in c on c.organisation_id = $1 and c.pairing_id = p.id and c.author_id is not null
        where g.organisation_id = $1 and g.ends_on < $2::timestamptz::date and {_UNHELD}
        limit $3 for update of c skip locked
    """,  # noqa: S608
    (
        "update check_in set comment = null, author_id = null, asks_for_help = false, "
        "version = version + 1, updated_at = now() where organisation_id = $1 and id = any($2)",
    ),
)
# Who was named, and why, was said of somebody who had not been asked.
_NOMINATIONS = _Rule(
    """
        select n.id from programme g
        join nomination n on n.organisation_id = $1 and n.programme_id = g.id
            and (n.work_email is not null or n.reason is not null)
        where g.organisation_id = $1 and g.ends_on < $2::timestamptz::date and not exists (
            select from legal_hold h where h.organisation_id = $1 and h.lifted_at is null
                and (h.programme_id = g.id or h.person_id in (n.nominator_id, n.nominee_id))
        )
        limit $3 for update of n skip locked
    """,
    (
        "update nomination set work_email = null, reason = null, version = version + 1, updated_at = now() "
        "where organisation_id = $1 and id = any($2)",
    ),
)
_SESSIONS = _Rule(
    f"""
        select s.id from session s join pairing p on p.organisation_id = $1 and p.id = s.pairing_id
        where s.organisation_id = $1 and s.starts_at < $2 and {_UNHELD}
        order by s.starts_at limit $3 for update of s skip locked
    """,  # noqa: S608
    (
        "update feedback set session_id = null where organisation_id = $1 and session_id = any($2)",
        "delete from session where organisation_id = $1 and id = any($2)",
    ),
)
_RULES: Mapping[DataClass, tuple[_Rule, ...]] = {
    DataClass.NOTES: (_NOTES,),
    DataClass.FEEDBACK: (_FEEDBACK, _CHECK_INS, _NOMINATIONS),
    DataClass.SESSIONS: (_SESSIONS,),
}
# Ids tell when they were made, so that the key's own index leads to the oldest.
_OLD_DELIVERIES = """
    with old as materialized (
        select id from delivery
        where organisation_id = $1 and id < $2 and status <> 'pending'
        order by id limit $3 for update skip locked
    )
    delete from delivery d using old where d.organisation_id = $1 and d.id = old.id returning d.id
"""
# Found first: as a subselect under a limit it could run again for every row.
_OLD_ANSWERS = """
    with old as materialized (
        select principal, operation, key from idempotency_record
        where organisation_id = $1 and created_at < $2 limit $3 for update skip locked
    )
    delete from idempotency_record r using old
    where r.organisation_id = $1 and (r.principal, r.operation, r.key) = (old.principal, old.operation, old.key)
    returning r.key
"""
_OLD_EXPORTS = """
    update export set content = null, version = version + 1, updated_at = $2
    where organisation_id = $1 and expires_at <= $2 and content is not null returning id
"""


async def expire(db: Db, *, limit: int) -> bool:
    """Let go of what is too old, at most `limit` of each class; whether there may be more."""
    await holds.lock(db)
    gone = [await _expired(db, policy, limit) for policy in await rows.every(db, RetentionPolicy)]
    await db.fetch(_OLD_EXPORTS, db.organisation_id, clock.now())
    return limit in gone


async def keep_days(db: Db, data_class: DataClass) -> int:
    """How long the organisation keeps data of a class."""
    (policy,) = await rows.every(db, RetentionPolicy, data_class=data_class)
    return policy.keep_days


async def _expired(db: Db, policy: RetentionPolicy, limit: int) -> int:
    before = clock.now() - timedelta(days=policy.keep_days)
    match policy.data_class:
        case DataClass.DELIVERIES:
            return len(await db.fetch(_OLD_DELIVERIES, db.organisation_id, ids.first_at("dlv", before), limit))
        case DataClass.EVENTS:
            # Requests may not remove what was written down: the worker does (app/workers/forgetting.py).
            return 0
        case DataClass.KEPT_ANSWERS:
            return len(await db.fetch(_OLD_ANSWERS, db.organisation_id, before, limit))
        case ruled:
            return max([await _let_go(db, rule, before, limit) for rule in _RULES[ruled]])


async def _let_go(db: Db, rule: _Rule, before: datetime, limit: int) -> int:
    found = [row["id"] for row in await db.fetch(rule.find, db.organisation_id, before, limit)]
    for sql in rule.then if found else ():
        await db.fetch(sql, db.organisation_id, found)
    return len(found)
