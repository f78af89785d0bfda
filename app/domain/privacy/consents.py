"""Giving consent and withdrawing it: nobody does either for someone else."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.privacy.models import Consent
from app.domain.privacy.resource import CONSENTS
from app.domain.privacy.schemas import ConsentGive
from app.reading import rows


async def give(db: Db, actor: Actor, data: ConsentGive) -> Consent:
    """Consent to a use of one's data, on the edition of the privacy notice that one has read."""
    consent = Consent(
        organisation_id=db.organisation_id,
        id=ids.new(Consent.prefix),
        person_id=actor.as_person(),
        given_at=clock.now(),
        **data.model_dump(),
    )
    db.add(consent)
    return consent


async def withdraw(db: Db, actor: Actor, consent_id: str) -> Consent:
    """Withdraw one's consent. That it was given stays on record."""
    consent: Consent = await rows.get(db, actor, CONSENTS, consent_id, "withdraw_consent")
    consent.withdraw(clock.now())
    return consent
