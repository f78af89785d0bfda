"""What time alone brings about: sessions lapse, kept answers are forgotten, what a disabled endpoint is due is held."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from app import clock, logs
from app import db as database
from app.acting.models import IdempotencyRecord
from app.db import Db
from app.domain.sessions import attending
from app.workers.faults import described

KEPT = timedelta(hours=72)
LAPSED_AT_ONCE, FORGOTTEN_AT_ONCE = 100, 1000

ORGANISATIONS = "select organisation_id from event_counter order by organisation_id"
# Locked, so that nobody enables an endpoint, and releases what it is due, while we hold more of that.
_HOLD = """
    with off as materialized (
        select organisation_id, id from webhook_endpoint where status = 'disabled'
        order by organisation_id, id for share skip locked
    )
    update delivery d set status = 'held', version = d.version + 1, updated_at = $1
    from off
    where d.organisation_id = off.organisation_id and d.endpoint_id = off.id
        and d.status = 'pending' and d.due_at <= $1
"""

log = logs.get(__name__)


async def sweep() -> None:
    """Do all of it once, for every organisation; what fails for one does not keep the others waiting."""
    async with database.current().queueing() as connection:
        await connection.execute(_HOLD, clock.now())
        rows = await connection.fetch(ORGANISATIONS)
    for row in rows:
        try:
            while await _sweep(row["organisation_id"]):
                pass
        except Exception as error:
            log.error("sweep.failed", organisation_id=row["organisation_id"], **described(error))


async def _sweep(organisation_id: str) -> bool:
    """One bite of an organisation's; whether there may be more."""
    async with database.current().writing(organisation_id) as db:
        db.actor_id = None
        lapsed = await attending.lapse(db, limit=LAPSED_AT_ONCE)
        forgotten = await _forget(db)
    return lapsed == LAPSED_AT_ONCE or forgotten == FORGOTTEN_AT_ONCE


async def _forget(db: Db) -> int:
    """Delete answers that were kept long enough for any retry; how many."""
    key = (col(IdempotencyRecord.principal), col(IdempotencyRecord.operation), col(IdempotencyRecord.key))
    mine = col(IdempotencyRecord.organisation_id) == db.organisation_id
    old = (
        sa.select(*key)
        .where(mine, col(IdempotencyRecord.created_at) < clock.now() - KEPT)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    # Fetched first: as a subselect under a limit it could run again for every row.
    keys = (await db.execute(old)).all()
    if keys:
        await db.execute(sa.delete(IdempotencyRecord).where(mine, sa.tuple_(*key).in_([tuple(row) for row in keys])))
    return len(keys)
