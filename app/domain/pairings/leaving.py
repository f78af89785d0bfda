"""What follows when somebody leaves: their pairs end, their enrolments too."""

from app.db import Db
from app.domain.enrolments import queries as enrolments
from app.domain.enrolments.service import take_leave
from app.domain.pairings import queries
from app.domain.pairings.models import EndReason, Pairing, PairingStatus
from app.domain.pairings.service import break_off, finish


async def leave(db: Db, person_id: str) -> None:
    """End every live pairing of a person, and withdraw their live enrolments."""
    for pairing in await queries.live_of_person(db, person_id):
        await conclude(db, pairing, "end_early", EndReason.LEFT_ORGANISATION)
    for enrolment in await enrolments.live_of_person(db, person_id):
        take_leave(db, enrolment)


async def conclude(db: Db, pairing: Pairing, move: str, reason: EndReason) -> None:
    """Bring a live pairing to an end: one that is closing to its planned end, any other by `move`."""
    if pairing.status is PairingStatus.CLOSING:
        await finish(db, pairing)
    else:
        await break_off(db, pairing, move, reason)
    # The next pairing may free a seat of the same enrolment, which is read anew under its lock.
    await db.flush()
