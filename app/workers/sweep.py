"""What time alone brings about: last days come, sessions lapse, deadlines pass, what is too old goes."""

from app import clock, logs
from app import db as database
from app.domain.concerns import service as concerns
from app.domain.conflicts import service as conflicts
from app.domain.enrolments import invitations
from app.domain.imports import planning
from app.domain.matching import closing, matter
from app.domain.momentum import judging
from app.domain.nominations import service as nominating
from app.domain.organisations.retention import BOUNDS, DataClass
from app.domain.people import departing
from app.domain.planning import proposing
from app.domain.privacy import break_glass, retaining
from app.domain.readiness import training
from app.domain.reminders import reminding
from app.domain.sessions import attending
from app.workers import claims, partitions
from app.workers.faults import described
from app.workers.forgetting import forget_events

LAPSED_AT_ONCE, EXPIRED_AT_ONCE = 100, 1000
# For so many days deliveries may have to be kept, if we cannot tell.
_LONGEST = BOUNDS[DataClass.DELIVERIES].most

ORGANISATIONS = "select organisation_id from event_counter order by organisation_id"
# Locked, so that nobody enables an endpoint, and releases what it is due, while we hold more of that.
_HOLD = f"""
    with off as materialized (
        select organisation_id, id from webhook_endpoint where status = 'disabled'
        order by organisation_id, id for share skip locked
    )
    update delivery d set status = 'held', version = d.version + 1, updated_at = $1
    from off
    where d.organisation_id = off.organisation_id and d.endpoint_id = off.id
        and {claims.DUE}
"""  # noqa: S608

log = logs.get(__name__)


async def sweep() -> None:
    """Do all of it once, for every organisation; what fails for one does not keep the others waiting."""
    async with database.current().queueing() as connection:
        await connection.execute(_HOLD, clock.now())
        rows = await connection.fetch(ORGANISATIONS)
    longest = [await sweep_one(row["organisation_id"]) for row in rows]
    await partitions.keep(max(longest, default=_LONGEST))


async def sweep_one(organisation_id: str) -> int:
    """Do all of it for one organisation; for how many days it keeps deliveries."""
    try:
        has_more = True
        while has_more:
            has_more, days = await _sweep(organisation_id)
        while await planning.apply_next(organisation_id):
            pass
        while await judge(organisation_id):
            pass
        while await remind(organisation_id):
            pass
    except Exception as error:
        log.error("sweep.failed", organisation_id=organisation_id, **described(error))
        return _LONGEST
    return days


async def judge(organisation_id: str) -> bool:
    """One bite of the pairs whose momentum is to be judged; whether there may be more."""
    async with database.current().writing(organisation_id) as db:
        db.actor_id = None
        return await judging.judge_due(db) == judging.BITE


async def remind(organisation_id: str) -> bool:
    """One bite of the people whom it is time to remind; whether there may be more."""
    async with database.current().writing(organisation_id) as db:
        db.actor_id = None
        return await reminding.remind(db)


async def _sweep(organisation_id: str) -> tuple[bool, int]:
    """One bite of an organisation's: whether there may be more, and for how many days it keeps deliveries."""
    async with database.current().writing(organisation_id) as db:
        db.actor_id = None
        ended = (
            await departing.depart(db, limit=LAPSED_AT_ONCE),
            await conflicts.remind(db, limit=LAPSED_AT_ONCE),
            await attending.lapse(db, limit=LAPSED_AT_ONCE),
            await closing.expire(db, limit=LAPSED_AT_ONCE),
            await training.lapse(db, limit=LAPSED_AT_ONCE),
            await invitations.expire(db, limit=LAPSED_AT_ONCE),
            await nominating.expire(db, limit=LAPSED_AT_ONCE),
            await nominating.remind(db, limit=LAPSED_AT_ONCE),
            await proposing.expire(db, limit=LAPSED_AT_ONCE),
            await invitations.remind(db, limit=LAPSED_AT_ONCE),
        )
        await concerns.reassign(db)
        await matter.forget_old(db)
        await break_glass.close_expired(db)
        has_more = await retaining.expire(db, limit=EXPIRED_AT_ONCE)
        events_days = await retaining.keep_days(db, DataClass.EVENTS)
        days = await retaining.keep_days(db, DataClass.DELIVERIES)
    # After the deliveries: what they are still owed stays.
    has_more |= await forget_events(organisation_id, events_days, limit=EXPIRED_AT_ONCE)
    return LAPSED_AT_ONCE in ended or has_more, days
