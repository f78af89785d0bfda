"""People who want to be paired, and what comes of it."""

from typing import Any

import pytest

from app.domain.pairings.rules import NotPairable
from tests.world import World


async def enrolled(
    world: World,
    programme_id: str,
    role: str,
    *,
    rank: int | None = None,
    status: str = "ready",
    capacity: int = 1,
    **person: Any,
) -> str:
    """The enrolment of somebody new: a mentor of rank 2 or a mentee of rank 7, unless it is said."""
    person_id = await world.person(rank=rank or {"mentor": 2, "mentee": 7}[role], **person)
    return await world.enrolment(programme_id, person_id, role, status=status, capacity=capacity)


async def person_of(world: World, enrolment_id: str) -> str:
    """Whose enrolment it is."""
    seen = await world.do("coordinator", "update_enrolment", enrolment_id)
    return str(seen["person_id"])


async def pair(world: World, mentor: str, mentee: str, **fields: Any) -> dict[str, Any]:
    """Pair two enrolments."""
    return await world.do(
        "coordinator", "create_pairing", mentor_enrolment_id=mentor, mentee_enrolment_id=mentee, **fields
    )


async def barred_by(world: World, mentor: str, mentee: str, **fields: Any) -> list[tuple[str, str | None]]:
    """The rules that keep two enrolments from being paired: code and member of the request, in order."""
    with pytest.raises(NotPairable) as refused:
        await pair(world, mentor, mentee, **fields)
    assert refused.value.code == "pairing_refused"
    return [(fault.code, fault.pointer) for fault in refused.value.faults]
