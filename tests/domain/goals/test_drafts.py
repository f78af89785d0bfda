"""Drafts of goals: their author's alone, untold and uncounted until they are shared."""

from typing import Any

import pytest

from app import clock
from app import db as database
from app.domain.pairings import queries
from tests.full import overview_of
from tests.outcomes import invalid, refused
from tests.world import World


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def draft(world: World, pairing: dict[str, Any], part: str = "mentee", **fields: Any) -> dict[str, Any]:
    """A goal that the partner does not know of."""
    return await world.do(
        part, "set_goal", pairing_id=pairing["id"], **(dict[str, Any](title="Ask", is_draft=True) | fields)
    )


async def milestone(world: World, goal: dict[str, Any], part: str = "mentee") -> dict[str, Any]:
    """A first step on the way to it."""
    return await world.do(part, "create_goal_milestone", goal_id=goal["id"], title="Write")


async def test_nobody_but_its_author_sees_a_draft_or_its_steps(world: World, pairing: dict[str, Any]) -> None:
    goal = await draft(world, pairing)
    step = await milestone(world, goal)

    assert (goal["status"], goal["author_id"]) == ("draft", world.people["mentee"])
    assert await world.seen_by(goal["id"]) == await world.seen_by(step["id"]) == {"mentee"}
    assert await world.told(goal["id"]) == []


@pytest.mark.parametrize("move", ["activate_goal", "abandon_goal", "achieve_goal", "delete_goal"])
async def test_a_draft_does_not_exist_for_the_partner(world: World, pairing: dict[str, Any], move: str) -> None:
    goal = await draft(world, pairing)

    with refused("not_found"):
        await world.do("mentor", move, goal["id"])
    with refused("unknown_reference", "/goal_id"):
        await milestone(world, goal, "mentor")


async def test_a_draft_is_shared_by_its_author_and_told_then(world: World, pairing: dict[str, Any]) -> None:
    goal = await draft(world, pairing)
    step = await milestone(world, goal)

    shared = await world.do("mentee", "activate_goal", goal["id"])

    assert shared["status"] == "active"
    assert await world.seen_by(goal["id"]) == await world.seen_by(step["id"]) == {"mentor", "mentee", "service"}
    (event,) = await world.told(goal["id"])
    assert (event.type, event.changed, event.data["status"]) == ("goal.set", ["status"], "active")
    with refused("goal_state_conflict"):
        await world.do("mentor", "activate_goal", goal["id"])


async def test_a_draft_is_rewritten_untold_and_uncounted(world: World, pairing: dict[str, Any]) -> None:
    goal = await draft(world, pairing)

    again = await world.do("mentee", "update_goal", goal["id"], title="Ask twice")

    assert (again["title"], again["status"], again["revisions"]) == ("Ask twice", "draft", 0)
    assert await world.told(goal["id"]) == []


async def test_revisions_of_a_shared_goal_are_counted(world: World, pairing: dict[str, Any]) -> None:
    goal = await draft(world, pairing, is_draft=False)
    for title in ("Ask twice", "Ask twice", "Ask thrice"):
        revised = await world.do("mentor", "update_goal", goal["id"], title=title)

    assert revised["revisions"] == 2


@pytest.mark.parametrize("move", ["progress_goal", "achieve_goal", "abandon_goal"])
async def test_a_draft_goes_nowhere_before_it_is_shared(world: World, pairing: dict[str, Any], move: str) -> None:
    goal = await draft(world, pairing)
    step = await milestone(world, goal)

    with refused("goal_state_conflict"):
        await world.do("mentee", move, goal["id"], **({"progress": 10} if move == "progress_goal" else {}))
    with refused("goal_state_conflict"):
        await world.do("mentee", "reach_goal_milestone", step["id"])


async def test_a_draft_can_be_deleted_and_a_shared_goal_cannot(world: World, pairing: dict[str, Any]) -> None:
    goal, shared = await draft(world, pairing), await draft(world, pairing, is_draft=False)
    step = await milestone(world, goal)

    await world.do("mentee", "delete_goal", goal["id"])

    assert await world.seen_by(goal["id"]) == await world.seen_by(step["id"]) == set()
    with refused("goal_shared"):
        await world.do("mentee", "delete_goal", shared["id"])


async def test_a_draft_is_not_shared_with_a_pair_that_has_ended(world: World, pairing: dict[str, Any]) -> None:
    goal = await draft(world, pairing)
    await world.do("mentor", "end_pairing_early", pairing["id"])

    with refused("pairing_not_live"):
        await world.do("mentee", "activate_goal", goal["id"])


async def test_drafts_are_counted_nowhere(world: World, pairing: dict[str, Any]) -> None:
    await draft(world, pairing)
    await draft(world, pairing, is_draft=False)

    line = await world.see("coordinator", overview_of(pairing["id"]))
    async with database.current().writing(world.organisation_id) as db:
        counted = await queries.counts(db, pairing["id"])

    assert line is not None
    assert (line["goals_set"], counted["goals_set"]) == (1, 1)


async def test_a_goal_serves_an_objective_of_its_programme(world: World, pairing: dict[str, Any]) -> None:
    aims = [{"type": "culture", "description": "Leaders hear what juniors see."}]
    await world.do("coordinator", "update_programme", pairing["programme_id"], objectives=aims)

    goal = await draft(world, pairing, objective="culture")

    assert goal["objective"] == "culture"
    with invalid("other_objective", "/objective"):
        await draft(world, pairing, objective="innovation")
    with invalid("other_objective", "/objective"):
        await world.do("mentee", "update_goal", goal["id"], objective="innovation")
    assert (await world.do("mentee", "update_goal", goal["id"], objective=None))["objective"] is None


async def test_a_win_names_the_goal_that_it_brought_closer(world: World, pairing: dict[str, Any]) -> None:
    goal = await draft(world, pairing, is_draft=False)

    win = await world.do("mentor", "celebrate_win", pairing_id=pairing["id"], goal_id=goal["id"], text="She asked!")

    assert (win["goal_id"], win["created_at"]) == (goal["id"], clock.now().isoformat())


async def test_a_win_gives_no_draft_away_and_names_no_goal_of_others(world: World, pairing: dict[str, Any]) -> None:
    mine = await draft(world, pairing)
    await world.newcomer("junior", rank=2)
    elsewhere = await draft(world, await world.pairing(mentor="junior"), is_draft=False)

    for goal in (mine, elsewhere):
        with invalid("goal_not_shared", "/goal_id"):
            await world.do("mentee", "celebrate_win", pairing_id=pairing["id"], goal_id=goal["id"], text="Done!")
    with refused("unknown_reference", "/goal_id"):
        await world.do("mentor", "celebrate_win", pairing_id=pairing["id"], goal_id=mine["id"], text="Done!")
