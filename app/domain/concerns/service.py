"""Raising a concern and looking after it. Nothing of it leaves the service: no event, no name in the audit trail."""

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.concerns import handlers
from app.domain.concerns.models import Concern, ConcernStatus
from app.domain.concerns.resource import CONCERNS
from app.domain.concerns.schemas import ConcernRaise, ConcernUpdate
from app.domain.enrolments.models import Enrolment
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Fault, Invalid
from app.reading import rows
from app.sealing import columns


async def raise_(db: Db, actor: Actor, data: ConcernRaise) -> Concern:
    """Say what worries you, to somebody who stands apart from both partners.

    It goes to a case handler of the programme who is above or below neither partner at any depth, sponsors nothing
    and coordinates nothing there: the one with the fewest open concerns. Nobody else reads it: no partner, manager,
    sponsor or coordinator. While there is no such handler, administrators look after it who stand apart likewise.
    """
    reporter_id = actor.as_person()
    await _require_member(db, actor, reporter_id, data)
    concern = Concern(
        organisation_id=db.organisation_id,
        id=ids.new_untimed(Concern.prefix),
        reporter_id=reporter_id,
        **data.model_dump(exclude={"text"}),
    )
    concern.handler_id = next(iter((await handlers.eligible(db, [concern]))[concern.id]), None)
    await columns.seal(db, concern, text=data.text)
    db.add(concern)
    return concern


async def update(db: Db, actor: Actor, concern_id: str, data: ConcernUpdate) -> Concern:
    """Keep notes on a concern, and say how much it presses. The reporter does not see the notes."""
    concern: Concern = await rows.get(db, actor, CONCERNS, concern_id, "update_concern")
    changes = data.changes()
    if "notes" in changes:
        await columns.seal(db, concern, notes=changes.pop("notes"))
    concern.sqlmodel_update(changes)
    return concern


async def acknowledge(db: Db, actor: Actor, concern_id: str) -> Concern:
    """Let the reporter know that it was read."""
    return await _step(db, actor, concern_id, "acknowledge")


async def begin_review(db: Db, actor: Actor, concern_id: str) -> Concern:
    """Begin to look into it."""
    return await _step(db, actor, concern_id, "begin_review")


async def escalate(db: Db, actor: Actor, concern_id: str) -> Concern:
    """Note that it was taken to somebody outside of the programme. Who reads it here stays the same."""
    return await _step(db, actor, concern_id, "escalate")


async def resolve(db: Db, actor: Actor, concern_id: str) -> Concern:
    """Bring a concern to its end."""
    return await _step(db, actor, concern_id, "resolve")


async def reassign(db: Db) -> None:
    """Give those concerns to others whose handlers may not look after them any more, or which have none."""
    select = (
        sa.select(Concern)
        .where(col(Concern.organisation_id) == db.organisation_id, col(Concern.status) != ConcernStatus.RESOLVED)
        .order_by(col(Concern.id))
        .with_for_update(skip_locked=True)
    )
    concerns = (await db.execute(select)).scalars().all()
    found = await handlers.eligible(db, concerns) if concerns else {}
    for concern in concerns:
        if concern.handler_id not in found[concern.id]:
            concern.handler_id = next(iter(found[concern.id]), None)


async def _step(db: Db, actor: Actor, concern_id: str, move: str) -> Concern:
    concern: Concern = await rows.get(db, actor, CONCERNS, concern_id, f"{move}_concern")
    concern.step(move, clock.now())
    return concern


async def _require_member(db: Db, actor: Actor, reporter_id: str, data: ConcernRaise) -> None:
    """Of the pair that it is about, or of the programme. Raises `Invalid`."""
    await rows.refer(db, actor, PROGRAMMES, data.programme_id, pointer="/programme_id")
    if data.pairing_id is not None:
        pairing: Pairing = await rows.refer(
            db, actor, PAIRINGS, data.pairing_id, "raise_concern", pointer="/pairing_id"
        )
        if pairing.programme_id != data.programme_id:
            fault = Fault("belongs to another programme", code="other_programme", pointer="/pairing_id")
            raise Invalid("The pair belongs to another programme.", faults=(fault,))
        return
    joined = sa.exists().where(
        col(Enrolment.organisation_id) == db.organisation_id,
        col(Enrolment.programme_id) == data.programme_id,
        col(Enrolment.person_id) == reporter_id,
    )
    if not await db.scalar(sa.select(joined)):
        fault = Fault("is a programme that you take no part in", code="not_enrolled", pointer="/programme_id")
        raise Invalid("You take no part in this programme.", faults=(fault,))
