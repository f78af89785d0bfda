"""People who get ready for their first partner: what they say of themselves, and what they have to learn."""

from typing import Any

from app.domain.enrolments.models import EnrolmentRole
from app.domain.readiness import statements
from tests.world import World

MODULE: dict[str, Any] = {"kind": "training_module", "title": "Active listening", "body": "Ask, wait, say it back."}
CHARTER: dict[str, Any] = {"kind": "charter", "title": "How we treat each other", "body": "With respect."}


def answers(role: str = "mentor", *ratings: int) -> list[dict[str, Any]]:
    """Answers to all statements of a role: these ratings, and 4 for the others."""
    asked = statements.of_role(EnrolmentRole(role))
    padded = (*ratings, *[4] * (len(asked) - len(ratings)))
    return [{"statement": name.value, "rating": rating} for name, rating in zip(asked, padded, strict=True)]


async def assessed(world: World, part: str, enrolment_id: str, *ratings: int, role: str = "mentor") -> dict[str, Any]:
    """Somebody's look into the mirror."""
    return await world.do(part, "assess_readiness", enrolment_id=enrolment_id, answers=answers(role, *ratings))


async def required(world: World, programme_id: str, **differing: Any) -> str:
    """Something that a programme requires of everybody; its id."""
    given: dict[str, Any] = {**MODULE, "is_required": True} | differing
    return str((await world.do("coordinator", "create_programme_resource", programme_id=programme_id, **given))["id"])
