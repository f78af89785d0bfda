"""Saying farewell while a pairing closes."""

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.farewells.models import Farewell
from app.domain.farewells.resource import FAREWELLS
from app.domain.farewells.schemas import FarewellUpdate, FarewellWrite
from app.domain.pairings.models import Pairing, PairingStatus
from app.domain.pairings.resource import PAIRINGS
from app.errors import Conflict
from app.reading import rows
from app.sealing import columns


class PairingNotClosing(Conflict):
    """Farewells are written while a pairing is closing: neither before nor after."""

    code = "pairing_not_closing"


async def write(db: Db, actor: Actor, data: FarewellWrite) -> Farewell:
    """Say what you take along and thank your partner, while the pairing is closing.

    The partner reads it once both have written, or the pairing is completed. It is written once, and not changed.
    """
    # Held: if it were completed meanwhile, what the partner wrote would be open, and this an answer to it.
    pairing: Pairing = await rows.refer(
        db, actor, PAIRINGS, data.pairing_id, "write_farewell", pointer="/pairing_id", lock=True
    )
    if pairing.status is not PairingStatus.CLOSING:
        raise PairingNotClosing("Farewells are written while a pairing is closing: neither before nor after.")
    farewell = Farewell(
        organisation_id=db.organisation_id,
        id=ids.new(Farewell.prefix),
        pairing_id=pairing.id,
        author_id=actor.as_person(),
        may_be_told=data.may_be_told,
    )
    await columns.seal(db, farewell, learned=data.learned, thanks=data.thanks)
    db.add(farewell)
    return farewell


async def update(db: Db, actor: Actor, farewell_id: str, data: FarewellUpdate) -> Farewell:
    """Agree to a story, or take that back. What was written stays as it was written."""
    farewell: Farewell = await rows.get(db, actor, FAREWELLS, farewell_id, "update_farewell")
    farewell.sqlmodel_update(data.changes())
    return farewell
