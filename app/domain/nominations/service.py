"""Nominating, and what comes of it: an invitation, a no, or nothing in time."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments import service as enrolments
from app.domain.enrolments.models import EnrolmentOrigin
from app.domain.enrolments.schemas import EnrolmentInvite
from app.domain.nominations.events import STEPS, NominationMade, NominationReminded
from app.domain.nominations.models import NOMINATION, STANDS, Nomination, NominationStatus
from app.domain.nominations.resource import NOMINATIONS
from app.domain.nominations.schemas import NominationDecline, NominationTakeUp, PersonNominate
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.programmes.models import Programme
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows
from app.sealing import columns

# Of one person in one programme, that nobody has answered yet.
MOST_OPEN = 20


class TooManyNominations(Conflict):
    """The caller has named as many as can wait at once."""

    code = "too_many_nominations"


class NomineeUnknown(Conflict):
    """Nobody had the address when it was written down."""

    code = "nominee_unknown"


async def nominate(db: Db, actor: Actor, data: PersonNominate) -> Nomination:
    """Name a colleague who should take part. Whether anybody has that address is not told.

    Coordinators take it up or decline it within thirty days.
    """
    nominator_id = actor.as_person()
    programme: Programme = await rows.refer(
        db, actor, PROGRAMMES, data.programme_id, "nominate_person", pointer="/programme_id"
    )
    if not programme.is_enrolling:
        raise enrolments.NotEnrolling("The programme takes nobody in now.")
    nominee_id = await _who_has(db, data.work_email)
    if nominee_id == nominator_id:
        fault = Fault("is your own; apply instead", code="own_address", pointer="/work_email")
        raise Invalid("Nobody nominates themselves.", faults=(fault,))
    await _require_few(db, nominator_id, programme.id)
    now = clock.now()
    nomination = Nomination(
        organisation_id=db.organisation_id,
        id=ids.new(Nomination.prefix),
        programme_id=programme.id,
        role=data.role,
        nominator_id=nominator_id,
        nominee_id=nominee_id,
        expires_at=now + STANDS,
        remind_at=now + STANDS / 2,
    )
    await columns.seal(db, nomination, work_email=data.work_email, reason=data.reason)
    db.add(nomination)
    outbox.record(db, NominationMade.of(nomination))
    return nomination


async def take_up(db: Db, actor: Actor, nomination_id: str, data: NominationTakeUp) -> Nomination:
    """Invite whom a nomination names. Others that name the same person for the same side are taken up with it."""
    nomination: Nomination = await rows.get(db, actor, NOMINATIONS, nomination_id, "take_up_nomination")
    # Before anybody is invited.
    NOMINATION.step(nomination.status, "take_up")
    if data.person_id is not None:
        nomination.nominee_id = (await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")).id
    if nomination.nominee_id is None:
        raise NomineeUnknown("Nobody had this address when it was written down. Say whom to invite.")
    programme = await rows.by_id(db, Programme, nomination.programme_id)
    person = await rows.by_id(db, Person, nomination.nominee_id)
    invitation = EnrolmentInvite(programme_id=programme.id, person_id=person.id, role=nomination.role)
    enrolment = enrolments.welcome(db, programme, person, invitation, EnrolmentOrigin.NOMINATION)
    # Before what refers to it.
    await db.flush()
    for each in (nomination, *await _open(db, col(Nomination.nominee_id) == person.id, *_beside(nomination))):
        each.take_up(enrolment.id)
        outbox.record(db, STEPS["take_up"].of(each), changed=("status",))
    return nomination


async def decline(db: Db, actor: Actor, nomination_id: str, data: NominationDecline) -> Nomination:
    """Invite nobody. Who made the nomination learns that, and not why."""
    nomination = await _step(db, actor, nomination_id, "decline")
    nomination.decline_reason = data.reason
    return nomination


async def withdraw(db: Db, actor: Actor, nomination_id: str) -> Nomination:
    """Take one's own nomination back."""
    return await _step(db, actor, nomination_id, "withdraw")


async def remind(db: Db, *, limit: int) -> int:
    """Tell of nominations of which half of the time has passed, at most `limit`; how many there were."""
    found = await _open(db, col(Nomination.remind_at) <= clock.now(), limit=limit)
    for nomination in found:
        nomination.remind_at = None
        outbox.record(db, NominationReminded.of(nomination))
    return len(found)


async def expire(db: Db, *, limit: int) -> int:
    """End nominations whose time is over, at most `limit`; how many there were."""
    found = await _open(db, col(Nomination.expires_at) <= clock.now(), limit=limit)
    for nomination in found:
        nomination.step("expire")
        outbox.record(db, STEPS["expire"].of(nomination), changed=("status",))
    return len(found)


async def _step(db: Db, actor: Actor, nomination_id: str, move: str) -> Nomination:
    nomination: Nomination = await rows.get(db, actor, NOMINATIONS, nomination_id, f"{move}_nomination")
    nomination.step(move)
    outbox.record(db, STEPS[move].of(nomination), changed=("status",))
    return nomination


async def _who_has(db: Db, work_email: str) -> str | None:
    select = sa.select(col(Person.id)).where(
        col(Person.organisation_id) == db.organisation_id,
        sa.literal_column("work_email_key") == work_email.lower(),
    )
    return (await db.execute(select)).scalar_one_or_none()


async def _require_few(db: Db, nominator_id: str, programme_id: str) -> None:
    """Raises `TooManyNominations`. It keeps lists short: of two made at once both may pass."""
    select = sa.select(sa.func.count()).where(
        col(Nomination.organisation_id) == db.organisation_id,
        col(Nomination.programme_id) == programme_id,
        col(Nomination.nominator_id) == nominator_id,
        col(Nomination.status) == NominationStatus.MADE,
    )
    if (await db.execute(select)).scalar_one() >= MOST_OPEN:
        raise TooManyNominations(f"{MOST_OPEN} of your nominations wait for an answer. Withdraw one, or wait.")


def _beside(nomination: Nomination) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Nomination.programme_id) == nomination.programme_id,
        col(Nomination.role) == nomination.role,
        col(Nomination.id) != nomination.id,
    )


async def _open(db: Db, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> Sequence[Nomination]:
    """Nominations that wait for an answer, but those that somebody answers right now."""
    return await rows.free(db, Nomination, col(Nomination.status) == NominationStatus.MADE, *conditions, limit=limit)
