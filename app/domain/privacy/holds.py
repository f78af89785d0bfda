"""Legal holds: what they cover is neither erased nor does it expire."""

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.privacy.models import LegalHold
from app.domain.privacy.resource import LEGAL_HOLDS
from app.domain.privacy.schemas import LegalHoldPlace
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Conflict
from app.reading import rows
from app.sealing import columns


class OnHold(Conflict):
    """A legal hold covers this person."""

    code = "legal_hold"


async def place(db: Db, actor: Actor, data: LegalHoldPlace) -> LegalHold:
    """Keep all of a person, or of a programme and those in it, from being erased or expiring.

    Refused for a person whose erasure was approved: it cannot be stopped any more.
    """
    if data.person_id is not None:
        person: Person = await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id", lock=True)
        person.require_known()
    if data.programme_id is not None:
        await rows.refer(db, actor, PROGRAMMES, data.programme_id, pointer="/programme_id")
    await lock(db)
    hold = LegalHold(
        organisation_id=db.organisation_id,
        id=ids.new(LegalHold.prefix),
        placed_by=actor.id,
        **data.model_dump(exclude={"reason"}),
    )
    await columns.seal(db, hold, reason=data.reason)
    db.add(hold)
    return hold


async def lift(db: Db, actor: Actor, hold_id: str) -> LegalHold:
    """Lift a hold. What waited for it expires with the next sweep; erasures have to be asked for anew."""
    hold: LegalHold = await rows.get(db, actor, LEGAL_HOLDS, hold_id, "lift_legal_hold")
    hold.lift(actor.id, clock.now())
    return hold


async def require_none(db: Db, person_id: str) -> None:
    """Raise `OnHold` if a hold covers the person, or a programme that they joined; none is placed until we are done."""
    await lock(db)
    joined = sa.select(col(Enrolment.programme_id)).where(
        col(Enrolment.organisation_id) == db.organisation_id, col(Enrolment.person_id) == person_id
    )
    held = sa.exists().where(
        col(LegalHold.organisation_id) == db.organisation_id,
        col(LegalHold.lifted_at).is_(None),
        sa.or_(col(LegalHold.person_id) == person_id, col(LegalHold.programme_id).in_(joined)),
    )
    if await db.scalar(sa.select(held)):
        raise OnHold("A legal hold covers this person. Nothing of theirs can be erased until it is lifted.")


async def lock(db: Db) -> None:
    """Let holds and what they forbid happen one after the other in this organisation."""
    name = sa.func.hashtextextended(f"holds/{db.organisation_id}", 0)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
