"""A conflict of a pair, as a change of the directory leaves it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app import clock, ids
from app import db as database
from app.domain.conflicts.models import ConflictCause, ConflictRule, PairingConflict
from app.sealing import columns
from tests.world import World


async def conflicted(world: World, pairing: Mapping[str, Any], **fields: Any) -> str:
    """A conflict of the pair, open and of a shared manager unless it says more; its id."""
    given: dict[str, Any] = {"rule": ConflictRule.SHARED_MANAGER, "cause": ConflictCause.MANAGER_ID}
    conflict = PairingConflict(
        organisation_id=world.organisation_id,
        id=ids.new(PairingConflict.prefix),
        pairing_id=pairing["id"],
        programme_id=pairing["programme_id"],
        cause_person_id=pairing["mentor_id"],
        detected_at=clock.now(),
        due_on=clock.now().date() + timedelta(days=14),
        **given | fields,
    )
    async with database.current().writing(world.organisation_id) as db:
        db.add(conflict)
        await columns.seal(db, conflict, waive_reason="Their work does not touch.")
    return conflict.id
