"""Setting goals, moving towards them, celebrating: who may, what is told, what is refused."""

from typing import Any

import pytest

from tests.outcomes import refused
from tests.world import World

WORDS = {"title": "Post a video", "measure": "It is online.", "competency": "Media", "due_on": "2026-06-01"}


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def set_goal(world: World, pairing: dict[str, Any], part: str = "mentee", **fields: Any) -> dict[str, Any]:
    """Set a goal for a pair."""
    return await world.do(part, "set_goal", pairing_id=pairing["id"], **(WORDS | fields))


@pytest.mark.parametrize("part", ["mentor", "mentee"])
@pytest.mark.parametrize("owner", ["mentor", "mentee", "pair"])
async def test_either_partner_sets_a_goal_for_one_or_both(
    world: World, pairing: dict[str, Any], part: str, owner: str
) -> None:
    goal = await set_goal(world, pairing, part, owner=owner)

    assert {name: goal[name] for name in WORDS} == WORDS
    assert (goal["owner"], goal["status"], goal["progress"], goal["achieved_at"]) == (owner, "active", 0, None)


async def test_a_goal_is_for_both_unless_it_says_otherwise(world: World, pairing: dict[str, Any]) -> None:
    assert (await set_goal(world, pairing))["owner"] == "pair"


async def test_a_goal_is_told_without_its_words(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)

    (event,) = await world.told(goal["id"])
    assert (event.type, event.visibility, event.changed) == ("goal.set", "programme", [])
    assert event.data == {
        "goal_id": goal["id"],
        "pairing_id": pairing["id"],
        "owner": "pair",
        "status": "active",
        "progress": 0,
    }


@pytest.mark.parametrize(
    ("move", "fields", "told", "changed", "status", "progress"),
    [
        ("update_goal", {"title": "Another"}, "goal.revised", ["title"], "active", 0),
        ("progress_goal", {"progress": 40}, "goal.progressed", ["progress"], "active", 40),
        ("achieve_goal", {}, "goal.achieved", ["progress", "status"], "achieved", 100),
        ("abandon_goal", {}, "goal.abandoned", ["status"], "abandoned", 0),
    ],
)
async def test_each_step_is_told_with_what_changed(
    world: World,
    pairing: dict[str, Any],
    move: str,
    fields: dict[str, Any],
    told: str,
    changed: list[str],
    status: str,
    progress: int,
) -> None:
    goal = await set_goal(world, pairing)

    moved = await world.do("mentor", move, goal["id"], **fields)

    event = (await world.told(goal["id"]))[-1]
    assert (event.type, event.changed) == (told, changed)
    assert (moved["status"], moved["progress"]) == (event.data["status"], event.data["progress"]) == (status, progress)


async def test_a_revision_that_changes_nothing_tells_nothing(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)

    same = await world.do("mentor", "update_goal", goal["id"], title=WORDS["title"], competency=WORDS["competency"])

    assert same["version"] == goal["version"]
    assert len(await world.told(goal["id"])) == 1


async def test_a_revision_can_empty_what_may_be_empty(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)

    revised = await world.do("mentor", "update_goal", goal["id"], measure=None, due_on=None)

    assert (revised["measure"], revised["due_on"], revised["competency"]) == (None, None, "Media")
    assert (await world.told(goal["id"]))[-1].changed == ["due_on", "measure"]


@pytest.mark.parametrize("end", ["achieve_goal", "abandon_goal"])
@pytest.mark.parametrize(
    ("move", "fields"),
    [("update_goal", {"title": "X"}), ("progress_goal", {"progress": 1}), ("achieve_goal", {}), ("abandon_goal", {})],
)
async def test_a_goal_that_is_over_stays_as_it_was(
    world: World, pairing: dict[str, Any], end: str, move: str, fields: dict[str, Any]
) -> None:
    goal = await set_goal(world, pairing)
    await world.do("mentor", end, goal["id"])

    with refused("goal_state_conflict"):
        await world.do("mentor", move, goal["id"], **fields)


async def test_a_pair_that_has_ended_sets_no_more_goals(world: World, pairing: dict[str, Any]) -> None:
    await world.do("mentor", "end_pairing_early", pairing["id"])

    with refused("pairing_not_live"):
        await set_goal(world, pairing)


@pytest.mark.parametrize(("part", "code"), [("coordinator", "not_allowed"), ("admin", "not_allowed")])
async def test_the_office_sets_no_goals(world: World, pairing: dict[str, Any], part: str, code: str) -> None:
    with refused(code):
        await set_goal(world, pairing, part)
    with refused("forbidden"):
        await set_goal(world, pairing, "service")


async def test_a_goal_is_its_pairs_alone(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)
    await world.key_for(await world.person(), "outsider")

    for part in ("outsider", "coordinator", "admin"):
        with refused("not_found"):
            await world.do(part, "achieve_goal", goal["id"])


async def test_a_milestone_is_reached_once_and_told_without_its_words(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)
    milestone = await world.do("mentee", "create_goal_milestone", goal_id=goal["id"], title="Write", due_on=None)
    assert (milestone["goal_id"], milestone["title"], milestone["reached_at"]) == (goal["id"], "Write", None)

    reached = await world.do("mentor", "reach_goal_milestone", milestone["id"])

    assert reached["reached_at"] == "2026-03-02T12:00:00+00:00"
    (event,) = await world.told(milestone["id"])
    assert (event.type, event.changed) == ("milestone.reached", ["reached_at"])
    assert event.data == {"milestone_id": milestone["id"], "goal_id": goal["id"]}
    with refused("milestone_reached"):
        await world.do("mentee", "reach_goal_milestone", milestone["id"])


async def test_a_milestone_can_be_removed(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)
    milestone = await world.do("mentee", "create_goal_milestone", goal_id=goal["id"], title="Write")

    await world.do("mentor", "delete_goal_milestone", milestone["id"])

    with refused("not_found"):
        await world.do("mentor", "reach_goal_milestone", milestone["id"])


async def test_a_milestone_leads_to_a_goal_of_ones_own(world: World, pairing: dict[str, Any]) -> None:
    goal = await set_goal(world, pairing)
    await world.key_for(await world.person(), "outsider")

    with refused("unknown_reference", "/goal_id"):
        await world.do("outsider", "create_goal_milestone", goal_id=goal["id"], title="Write")


async def test_a_win_is_celebrated_and_told_without_its_words(world: World, pairing: dict[str, Any]) -> None:
    win = await world.do("mentee", "celebrate_win", pairing_id=pairing["id"], text="My first video!")

    assert (win["author_id"], win["text"]) == (world.people["mentee"], "My first video!")
    (event,) = await world.told(win["id"])
    assert (event.type, event.data) == ("win.celebrated", {"win_id": win["id"], "pairing_id": pairing["id"]})


async def test_only_its_author_removes_a_win(world: World, pairing: dict[str, Any]) -> None:
    win = await world.do("mentee", "celebrate_win", pairing_id=pairing["id"], text="My first video!")

    with refused("not_allowed"):
        await world.do("mentor", "delete_win", win["id"])
    await world.do("mentee", "delete_win", win["id"])
    with refused("not_found"):
        await world.do("mentee", "delete_win", win["id"])


@pytest.mark.parametrize(("part", "code"), [("coordinator", "not_allowed"), ("service", "forbidden")])
async def test_only_the_pair_celebrates(world: World, pairing: dict[str, Any], part: str, code: str) -> None:
    with refused(code):
        await world.do(part, "celebrate_win", pairing_id=pairing["id"], text="Hooray!")
