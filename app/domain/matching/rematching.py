"""Parting a pair that does not work, and looking for others for both."""

from app.auth.actor import Actor
from app.db import Db
from app.domain.matching import service
from app.domain.matching.models import RunMode
from app.domain.matching.schemas import MatchRunCreate
from app.domain.pairings import service as pairings
from app.domain.pairings.models import EndReason, Pairing
from app.domain.pairings.resource import PAIRINGS
from app.reading import rows


async def rematch(db: Db, actor: Actor, pairing_id: str) -> Pairing:
    """End a pairing without fault, and look for other partners for both of them.

    Their seats are free at once and the sessions ahead are called off; an incremental match run of the programme is
    queued, whose plan you approve as ever. No run of this programme proposes the two to each other again. Refused while
    another run of the programme is under way.
    """
    pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "rematch_pairing")
    await pairings.break_off(db, pairing, "end_early", EndReason.REMATCH)
    await service.create(db, actor, MatchRunCreate(programme_id=pairing.programme_id, mode=RunMode.INCREMENTAL))
    return pairing
