"""Saying how a pair is, when its time has come."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.check_ins import rounds
from app.domain.check_ins.events import CheckInSubmitted
from app.domain.check_ins.models import CheckIn
from app.domain.check_ins.schemas import CheckInSubmit
from app.domain.pairings.models import Pairing, PairingStatus
from app.domain.pairings.resource import PAIRINGS
from app.errors import Conflict
from app.events import outbox
from app.reading import rows
from app.sealing import columns


class CheckInNotDue(Conflict):
    """Nobody is asked now: the pair is not active, or has not met for 30 days yet."""

    code = "check_in_not_due"


async def submit(db: Db, actor: Actor, data: CheckInSubmit) -> CheckIn:
    """Say how the pair is, in the round that is open.

    The first round opens 30 days after the pair began to meet, and each other one 60 days after the one before it,
    which closes then. Nobody is asked while the pair is not active. Each partner answers once a round.
    """
    pairing: Pairing = await rows.refer(db, actor, PAIRINGS, data.pairing_id, "submit_check_in", pointer="/pairing_id")
    check_in = CheckIn(
        organisation_id=db.organisation_id,
        id=ids.new(CheckIn.prefix),
        programme_id=pairing.programme_id,
        author_id=actor.as_person(),
        round=_round(pairing),
        **data.model_dump(exclude={"comment"}),
    )
    await columns.seal(db, check_in, comment=data.comment)
    db.add(check_in)
    outbox.record(db, CheckInSubmitted.of(check_in))
    return check_in


def _round(pairing: Pairing) -> int:
    number = None
    if pairing.status is PairingStatus.ACTIVE and pairing.activated_at is not None:
        number = rounds.open_round(pairing.activated_at, clock.now())
    if number is None:
        raise CheckInNotDue("Nobody is asked now: the pair is not active, or has not met for 30 days yet.")
    return number
