"""Giving feedback in both directions."""

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.feedback.events import FeedbackGiven
from app.domain.feedback.models import Audience, Feedback
from app.domain.feedback.resource import FEEDBACK
from app.domain.feedback.schemas import FeedbackGive
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.sessions.resource import SESSIONS
from app.errors import Fault, Invalid
from app.events import outbox
from app.reading import rows
from app.sealing import columns


async def give(db: Db, actor: Actor, data: FeedbackGive) -> Feedback:
    """Give feedback. Who reads it is chosen now and cannot be widened later."""
    pairing: Pairing = await rows.refer(db, actor, PAIRINGS, data.pairing_id, "give_feedback", pointer="/pairing_id")
    author_id = actor.as_person()
    if data.session_id is not None:
        session = await rows.refer(db, actor, SESSIONS, data.session_id, pointer="/session_id")
        if session.pairing_id != pairing.id:
            raise Invalid(
                "The session belongs to another pair.",
                faults=(Fault("belongs to another pair", code="other_pairing", pointer="/session_id"),),
            )
    partner = pairing.mentee_id if author_id == pairing.mentor_id else pairing.mentor_id
    feedback = Feedback(
        organisation_id=db.organisation_id,
        id=ids.new_untimed(Feedback.prefix),
        author_id=author_id,
        addressee_id=partner if data.audience is Audience.PARTNER else None,
        **data.model_dump(exclude={"text"}),
    )
    await columns.seal(db, feedback, text=data.text)
    db.add(feedback)
    outbox.record(db, FeedbackGiven.of(feedback))
    return feedback


async def withdraw(db: Db, actor: Actor, feedback_id: str) -> None:
    """Take one's own feedback back."""
    await db.delete(await rows.get(db, actor, FEEDBACK, feedback_id, "withdraw_feedback"))
