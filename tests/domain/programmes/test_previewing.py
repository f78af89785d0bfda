"""How many could join, and that no count speaks of too few."""

from typing import Any

from app.acting.inquiry import ask
from app.domain.programmes.previewing import INQUIRIES
from tests.outcomes import refused
from tests.world import World

_MENTEES = {"role": "mentee", "min_rank": 4, "departments": ["Law"]}


async def preview(world: World, programme_id: str, part: str = "coordinator") -> dict[str, Any]:
    """Let someone ask, through the same function as both doors."""
    return (await ask(world.actors[part], INQUIRIES[0], programme_id, None)).model_dump(mode="json")


async def test_a_preview_counts_who_could_join_and_who_falls_short(world: World) -> None:
    for number in range(12):
        await world.person(rank=6 if number < 6 else 2, department="Law" if number % 2 else "Sales")
    programme_id = await world.programme(status="draft", eligibility=[{**_MENTEES, "departments": []}])

    found = await preview(world, programme_id)

    # With the four of the world: the administrator, the coordinator, a mentor of rank 2 and a mentee.
    assert found["people"] == 16
    assert [side["role"] for side in found["sides"]] == ["mentee"]
    (side,) = found["sides"]
    assert side["eligible"] + side["shortfalls"][0]["people"] == 16
    assert [short["rule"] for short in side["shortfalls"]] == ["min_rank"]


async def test_a_count_of_too_few_is_not_told_and_neither_is_the_rest(world: World) -> None:
    await world.person(rank=6, department="Law")
    programme_id = await world.programme(status="draft", eligibility=[{**_MENTEES, "min_rank": 1}])

    (side,) = (await preview(world, programme_id))["sides"]

    assert side == {"role": "mentee", "eligible": None, "shortfalls": [{"rule": "department", "people": None}]}


async def test_who_does_not_run_the_programme_is_told_nothing(world: World) -> None:
    programme_id = await world.programme(status="enrolling")

    with refused("forbidden"):
        await preview(world, programme_id, "mentee")
