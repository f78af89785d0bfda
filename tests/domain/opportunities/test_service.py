"""Opportunities open, change and close."""

from typing import Any

from tests.outcomes import refused
from tests.world import World


async def test_an_opportunity_is_read_by_everybody_in_the_programme_and_closes_once(world: World) -> None:
    programme_id = await world.programme()
    offer: dict[str, Any] = {"kind": "succession_pool", "title": "Next leads", "description": "Six of you."}

    made = await world.do("coordinator", "open_opportunity", programme_id=programme_id, **offer)
    changed = await world.do("coordinator", "update_opportunity", made["id"], description="Eight of you.")

    assert (made["kind"], changed["description"], made["closed_at"]) == ("succession_pool", "Eight of you.", None)
    assert {"mentor", "mentee", "coordinator"} <= await world.seen_by(made["id"])
    await world.do("coordinator", "close_opportunity", made["id"])
    with refused("opportunity_closed"):
        await world.do("coordinator", "close_opportunity", made["id"])
    with refused("opportunity_closed"):
        await world.do("coordinator", "update_opportunity", made["id"], title="Again")
