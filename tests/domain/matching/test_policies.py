"""Matching policies: from a template or whole, every fault named at once, the programme's own rules always its own."""

from typing import Any

import pytest

from app.domain.matching.schemas import MatchingPolicyRead, MatchingTemplate, PolicyChange
from app.matching.policy import Policy
from app.matching.templates import TEMPLATES
from tests.outcomes import at_once, refused
from tests.world import World

PART = "coordinator"


async def made(world: World, **data: Any) -> dict[str, Any]:
    """A policy of a programme of its own."""
    given = dict[str, Any](programme_id=await world.programme())
    return await world.do(PART, "create_matching_policy", **(given | data))


def test_every_template_and_every_member_of_a_policy_can_be_named() -> None:
    assert {each.value for each in MatchingTemplate} == set(TEMPLATES)
    assert set(PolicyChange.model_fields) == {"template", *Policy.model_fields}
    assert set(Policy.model_fields) <= set(MatchingPolicyRead.model_fields)


async def test_a_policy_starts_from_the_balanced_template(world: World) -> None:
    policy = await made(world)

    said = TEMPLATES["balanced"].model_dump(mode="json")
    assert policy["template"] == "balanced"
    assert {name: policy[name] for name in said} == said | {"rules": said["rules"] | {"min_rank_gap": 2}}


async def test_a_policy_starts_from_any_template_and_says_what_differs(world: World) -> None:
    policy = await made(world, template="both_learn", stay_bonus=2.5, fairness={"mode": "mean_gap", "mean_gap": 4})

    assert (policy["template"], policy["reciprocal"], policy["mentee_share"]) == ("both_learn", True, 5)
    assert policy["stay_bonus"] == 2.5
    assert policy["fairness"] == {"mode": "mean_gap", "group_by": "department", "floors": {}, "mean_gap": 4.0}


async def test_a_change_leaves_the_rest_as_it_was(world: World) -> None:
    policy = await made(world, mentee_share=3)

    changed = await world.do(
        PART,
        "update_matching_policy",
        policy["id"],
        version=1,
        objective="participation",
        rules={"site_groups": [["A"]]},
    )

    assert (changed["mentee_share"], changed["objective"]) == (3, "participation")
    assert changed["rules"]["site_groups"] == [["A"]]
    assert changed["criteria"] == policy["criteria"]


async def test_another_template_replaces_all_of_it(world: World) -> None:
    policy = await made(world, mentee_share=3)

    changed = await world.do(PART, "update_matching_policy", policy["id"], version=1, template="skills_first")

    assert (changed["template"], changed["mentee_share"], len(changed["criteria"])) == ("skills_first", 6, 6)


async def test_two_rules_are_the_programmes_own_whatever_is_sent(world: World) -> None:
    programme_id = await world.programme(min_rank_gap=4, require_cross_department=True)

    policy = await made(world, programme_id=programme_id, rules={"min_rank_gap": 1, "require_cross_department": False})

    assert policy["rules"]["min_rank_gap"] == 4
    assert policy["rules"]["require_cross_department"] is True


async def test_every_fault_is_named_at_once(world: World) -> None:
    criteria = [
        {"name": "skills", "mentee_weight": 60, "mode": "complementary"},
        {"name": "skills", "mentee_weight": 60},
        {"name": "style", "mentor_weight": 100, "curve": [1]},
    ]

    with refused(
        "invalid",
        "/criteria/0/name",
        "/criteria/0/mode",
        "/criteria/1/name",
        "/criteria/2/curve",
        "/criteria",
        "/fairness/floors",
    ):
        await made(world, criteria=criteria, fairness={"mode": "floor"})


async def test_a_programme_has_one_policy(world: World) -> None:
    programme_id = await world.programme()

    answers, refusals = await at_once(
        made(world, programme_id=programme_id), made(world, programme_id=programme_id, template="skills_first")
    )

    assert len(answers) == 1
    assert refusals == ["matching_policy_exists"]


async def test_who_runs_the_programme_decides_and_who_takes_part_does_not_even_see_it(world: World) -> None:
    policy = await made(world)

    assert await world.seen_by(policy["id"]) == {"admin", "coordinator", "service"}
    with refused("forbidden"):
        await world.do("mentor", "update_matching_policy", policy["id"], version=1, mentee_share=1)


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_participants_make_no_policy(world: World, part: str) -> None:
    with refused("forbidden"):
        await world.do(part, "create_matching_policy", programme_id=await world.programme())
