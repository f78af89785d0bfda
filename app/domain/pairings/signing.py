"""Agreements: proposing clauses, signing them, and the rule that nobody meets before both have."""

from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings import queries
from app.domain.pairings.agreements import OPEN, Agreement, AgreementStatus, AlreadySigned, Signature
from app.domain.pairings.events import AgreementEnteredForce, AgreementProposed, AgreementSigned
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS
from app.domain.pairings.schemas import AgreementPropose
from app.errors import Conflict
from app.events import outbox
from app.reading import rows


class AgreementMissing(Conflict):
    """Both partners must sign the agreement first."""

    code = "agreement_not_in_force"


class TrainingIncomplete(Conflict):
    """One of the two has trainings that are neither completed nor waived."""

    code = "training_incomplete"


class PairingOver(Conflict):
    """The pairing has ended."""

    code = "pairing_not_live"


async def propose(db: Db, actor: Actor, data: AgreementPropose) -> Agreement:
    """Propose new clauses to a pair. What was in force stays so until both have signed the new version."""
    pairing: Pairing = await rows.refer(
        db, actor, PAIRINGS, data.pairing_id, "propose_agreement", pointer="/pairing_id", lock=True
    )
    if not pairing.is_live:
        raise PairingOver("The pairing has ended.")
    if (waiting := await queries.open_agreement(db, pairing.id)) is not None:
        waiting.step("supersede")
        await db.flush()
    edition = await queries.editions(db, pairing.id) + 1
    return draft(db, pairing, [clause.model_dump(mode="json") for clause in data.clauses], edition=edition)


async def sign(db: Db, actor: Actor, agreement_id: str) -> Agreement:
    """Sign an agreement as one of the two partners. The second signature puts it in force."""
    agreement: Agreement = await rows.get(db, actor, AGREEMENTS, agreement_id, "sign_agreement")
    person_id = actor.as_person()
    if agreement.status in OPEN and await queries.has_signed(db, agreement.id, person_id):
        raise AlreadySigned("You have signed this agreement already.")
    if agreement.status is AgreementStatus.HALF_SIGNED:
        await _give_way(db, agreement.pairing_id)
    now = clock.now()
    agreement.sign(now)
    db.add(
        Signature(
            organisation_id=db.organisation_id,
            id=ids.new(Signature.prefix),
            agreement_id=agreement.id,
            person_id=person_id,
            signed_at=now,
        )
    )
    outbox.record(db, AgreementSigned.of(agreement), changed=("status",))
    if agreement.in_force_at is not None:
        outbox.record(db, AgreementEnteredForce.of(agreement), changed=("status",))
    return agreement


def draft(db: Db, pairing: Pairing, clauses: list[dict[str, Any]], *, edition: int) -> Agreement:
    """Put clauses up for signature."""
    agreement = Agreement(
        organisation_id=db.organisation_id,
        id=ids.new(Agreement.prefix),
        pairing_id=pairing.id,
        edition=edition,
        clauses=clauses,
    )
    db.add(agreement)
    outbox.record(db, AgreementProposed.of(agreement))
    return agreement


async def require_in_force(db: Db, pairing: Pairing) -> None:
    """Raise `AgreementMissing` unless both partners have signed."""
    if await queries.agreement_in_force(db, pairing.id) is None:
        raise AgreementMissing("Both partners must sign the agreement first.")


async def require_trained(db: Db, pairing: Pairing) -> None:
    """Raise `TrainingIncomplete` unless both have completed, or were spared, what they have to learn."""
    if await queries.open_trainings(db, pairing):
        raise TrainingIncomplete("One of the two has trainings that are neither completed nor waived.")


async def terminate(db: Db, pairing: Pairing) -> None:
    """End what a broken pair agreed on, signed or not."""
    # In the order in which signing locks them, which also finds the one that was signed meanwhile.
    await call_off(db, pairing)
    if (agreement := await queries.agreement_in_force(db, pairing.id)) is not None:
        agreement.step("terminate")


async def call_off(db: Db, pairing: Pairing) -> None:
    """End what a pair has not signed yet; what it agreed on stays agreed."""
    if (waiting := await queries.open_agreement(db, pairing.id)) is not None:
        waiting.step("terminate")


async def _give_way(db: Db, pairing_id: str) -> None:
    # The database allows only one in force: the version before goes first.
    if (before := await queries.agreement_in_force(db, pairing_id)) is not None:
        before.step("supersede")
        await db.flush()
