"""Thanking, nominating, awarding; declaring what earns a badge."""

from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.programmes.models import Programme
from app.domain.programmes.resource import PROGRAMMES
from app.domain.recognition import queries
from app.domain.recognition.events import RecognitionAwarded, RecognitionRevoked
from app.domain.recognition.models import Recognition, RecognitionCriterion, RecognitionKind, RecognitionStatus
from app.domain.recognition.resource import RECOGNITION_CRITERIA, RECOGNITIONS
from app.domain.recognition.schemas import PartnerThank, RecognitionCriterionCreate, RecognitionNominate
from app.errors import Fault, Forbidden, Invalid
from app.events import outbox
from app.reading import rows
from app.sealing import columns


async def thank(db: Db, actor: Actor, data: PartnerThank) -> Recognition:
    """Thank one's partner. The partner reads it, and nobody else."""
    pairing: Pairing = await rows.refer(db, actor, PAIRINGS, data.pairing_id, "thank_partner", pointer="/pairing_id")
    author_id = actor.as_person()
    (partner_id,) = {*pairing.members} - {author_id}
    recognition = _new(
        db,
        pairing.programme_id,
        partner_id,
        RecognitionKind.THANKS,
        author_id=author_id,
        pairing_id=pairing.id,
        status=RecognitionStatus.AWARDED,
        awarded_at=clock.now(),
    )
    await columns.seal(db, recognition, text=data.text)
    db.add(recognition)
    outbox.record(db, RecognitionAwarded.of(recognition), changed=("status",))
    return recognition


async def nominate(db: Db, actor: Actor, data: RecognitionNominate) -> Recognition:
    """Name somebody of a programme who deserves an award. They learn of it when it is awarded."""
    programme: Programme = await rows.refer(
        db, actor, PROGRAMMES, data.programme_id, "nominate_for_recognition", pointer="/programme_id"
    )
    if data.person_id == actor.person_id:
        raise Forbidden("Nobody nominates themselves.")
    if not await queries.takes_part(db, programme.id, data.person_id):
        raise Invalid(
            "Only those who take part can be nominated.",
            faults=(Fault("takes no part in the programme", code="not_taking_part", pointer="/person_id"),),
        )
    recognition = _new(
        db, programme.id, data.person_id, RecognitionKind.AWARD, author_id=actor.person_id, title=data.title
    )
    db.add(recognition)
    return recognition


async def approve(db: Db, actor: Actor, recognition_id: str) -> Recognition:
    """Agree to a nomination; it is awarded later, on the day that suits."""
    return await _step(db, actor, recognition_id, "approve")


async def decline(db: Db, actor: Actor, recognition_id: str) -> Recognition:
    """Turn a nomination down. Whoever was nominated does not learn of it."""
    return await _step(db, actor, recognition_id, "decline")


async def award(db: Db, actor: Actor, recognition_id: str) -> Recognition:
    """Give an approved award. Everybody in the programme may read of it from now on."""
    recognition: Recognition = await rows.get(db, actor, RECOGNITIONS, recognition_id, "award_recognition")
    recognition.award(clock.now())
    outbox.record(db, RecognitionAwarded.of(recognition), changed=("status",))
    return recognition


async def revoke(db: Db, actor: Actor, recognition_id: str) -> Recognition:
    """Take an award, badge or certificate back."""
    recognition: Recognition = await rows.get(db, actor, RECOGNITIONS, recognition_id, "revoke_recognition")
    recognition.revoke(clock.now())
    outbox.record(db, RecognitionRevoked.of(recognition), changed=("status",))
    return recognition


async def declare(db: Db, actor: Actor, data: RecognitionCriterionCreate) -> RecognitionCriterion:
    """Say what earns a badge or certificate. The service awards it as soon as it is met, once to each person."""
    await rows.refer(db, actor, PROGRAMMES, data.programme_id, "create_recognition_criterion", pointer="/programme_id")
    criterion = RecognitionCriterion(
        organisation_id=db.organisation_id, id=ids.new(RecognitionCriterion.prefix), **data.model_dump()
    )
    db.add(criterion)
    return criterion


async def drop(db: Db, actor: Actor, criterion_id: str) -> None:
    """Remove a criterion by which nobody has been awarded."""
    await db.delete(await rows.get(db, actor, RECOGNITION_CRITERIA, criterion_id, "delete_recognition_criterion"))


async def _step(db: Db, actor: Actor, recognition_id: str, move: str) -> Recognition:
    recognition: Recognition = await rows.get(db, actor, RECOGNITIONS, recognition_id, f"{move}_recognition")
    recognition.step(move)
    return recognition


def _new(db: Db, programme_id: str, person_id: str, kind: RecognitionKind, **more: Any) -> Recognition:
    return Recognition(
        organisation_id=db.organisation_id,
        id=ids.new(Recognition.prefix),
        programme_id=programme_id,
        person_id=person_id,
        kind=kind,
        **more,
    )
