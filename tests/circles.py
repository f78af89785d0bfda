"""Peers in a circle, and when they meet."""

from datetime import timedelta
from typing import Any

from app import clock
from tests.world import World


async def peers(world: World, programme_id: str, count: int, role: str = "mentor") -> list[str]:
    """More people of one side, whom nobody knows by a part; their enrolments."""
    rank = 2 if role == "mentor" else 7
    return [
        await world.enrolment(programme_id, await world.person(rank=rank), role, status="approved")
        for _ in range(count)
    ]


async def circle(world: World, programme_id: str, *enrolment_ids: str, **fields: Any) -> dict[str, Any]:
    """A circle of mentors: of these, with a peer for one who would be alone."""
    joined = list(enrolment_ids)
    if len(joined) < 2:
        joined += await peers(world, programme_id, 2 - len(joined))
    given: dict[str, Any] = {"programme_id": programme_id, "name": "First Thursdays", "role": "mentor"}
    return await world.do("coordinator", "create_circle", **(given | {"enrolment_ids": joined} | fields))


async def meeting(
    world: World, circle_id: str, by: str = "mentor", *, days: float = 7, **fields: Any
) -> dict[str, Any]:
    """A meeting of a circle, so many days from now."""
    given: dict[str, Any] = {"circle_id": circle_id, "starts_at": clock.now() + timedelta(days=days), "zone": "UTC"}
    return await world.do(by, "schedule_circle_meeting", **(given | fields))
