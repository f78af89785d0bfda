"""Goals without a database: every legal and every illegal move."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.goals.models import GOAL, Goal, GoalMilestone, GoalStatus, MilestoneReached
from app.states import IllegalMove
from tests.machines import arrows, steps

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def make_goal(**fields: Any) -> Goal:
    return Goal(**{"organisation_id": "org_a", "id": "gol_a", "pairing_id": "pai_a", "title": "Try it", **fields})


def test_the_machine_of_goals_has_these_arrows_and_no_others() -> None:
    assert arrows(GOAL) == {
        "draft redraft draft",
        "draft activate active",
        "active revise active",
        "active progress active",
        "active achieve achieved",
        "active abandon abandoned",
    }


@pytest.mark.parametrize(("status", "move"), steps(GOAL, GoalStatus))
def test_a_goal_takes_legal_steps_and_refuses_all_others(status: GoalStatus, move: str) -> None:
    goal = make_goal(status=status)

    if status in GOAL.moves[move].sources:
        goal.step(move)
        assert goal.status is GOAL.moves[move].target
    else:
        with pytest.raises(IllegalMove) as refused:
            goal.step(move)
        assert refused.value.code == "goal_state_conflict"
        assert goal.status is status


def test_a_goal_that_is_reached_is_complete() -> None:
    goal = make_goal(progress=30)

    goal.achieve(NOW)

    assert (goal.status, goal.progress, goal.achieved_at) == (GoalStatus.ACHIEVED, 100, NOW)


def test_a_goal_at_a_hundred_per_cent_is_reached_only_when_someone_says_so() -> None:
    goal = make_goal()

    goal.advance(100)

    assert (goal.status, goal.progress, goal.achieved_at) == (GoalStatus.ACTIVE, 100, None)


def test_a_goal_may_fall_back() -> None:
    goal = make_goal(progress=60)

    goal.advance(20)

    assert goal.progress == 20


def test_a_goal_that_was_given_up_does_not_advance() -> None:
    goal = make_goal(status=GoalStatus.ABANDONED, progress=60)

    with pytest.raises(IllegalMove):
        goal.advance(80)

    assert goal.progress == 60


def test_revisions_are_counted_since_both_know_of_a_goal() -> None:
    goal = make_goal(status=GoalStatus.DRAFT, author_id="per_a")

    assert goal.revise({"title": "Try two"}) == ["title"]
    goal.step("activate")
    assert goal.revise({"title": "Try two"}) == []
    assert goal.revise({"title": "Try three", "competency": "Media"}) == ["title", "competency"]

    assert (goal.title, goal.revisions) == ("Try three", 1)


def test_a_milestone_is_reached_once() -> None:
    milestone = GoalMilestone(organisation_id="org_a", id="mil_a", goal_id="gol_a", title="First step")
    milestone.reach(NOW)

    with pytest.raises(MilestoneReached) as refused:
        milestone.reach(NOW)

    assert refused.value.code == "milestone_reached"
    assert milestone.reached_at == NOW
