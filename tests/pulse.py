"""How a pair is, for tests that need it to have said so."""

from datetime import timedelta
from typing import Any

from app import clock
from app import db as database
from app.domain.pairings.models import Pairing, PairingStatus
from app.reading import rows
from tests.world import World

ANSWERS: dict[str, Any] = {"usefulness": 4, "openness": 5, "time_found": 2}


async def checked_in(world: World, pairing_id: str, part: str, *, number: int = 1, **fields: Any) -> dict[str, Any]:
    """What somebody says of a pair in a round, before its time has come: nothing of the pair is changed."""
    began = await _begin(world, pairing_id, clock.now() - timedelta(days=31 + 60 * (number - 1)))
    made = await world.do(part, "submit_check_in", pairing_id=pairing_id, **(ANSWERS | fields))
    await _begin(world, pairing_id, began)
    return made


async def parted(world: World, pairing_id: str, *parts: str, learned: str = "To ask.") -> dict[str, str]:
    """The farewells of some of a pair, before its time has come: nothing of the pair is changed."""
    before = await _be(world, pairing_id, PairingStatus.CLOSING)
    given: dict[str, Any] = {"pairing_id": pairing_id, "learned": learned, "thanks": "For the time."}
    made = {part: (await world.do(part, "write_farewell", **given))["id"] for part in parts}
    await _be(world, pairing_id, before)
    return made


async def _be(world: World, pairing_id: str, status: PairingStatus) -> PairingStatus:
    async with database.current().writing(world.organisation_id) as db:
        pairing = await rows.by_id(db, Pairing, pairing_id, lock=True)
        before, pairing.status = pairing.status, status
    return before


async def _begin(world: World, pairing_id: str, at: Any) -> Any:
    async with database.current().writing(world.organisation_id) as db:
        pairing = await rows.by_id(db, Pairing, pairing_id, lock=True)
        before, pairing.activated_at = pairing.activated_at, at
    return before
