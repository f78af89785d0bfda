"""Setting goals, moving towards them, and celebrating on the way."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.goals import events
from app.domain.goals.models import Goal, GoalMilestone, Win
from app.domain.goals.resource import GOAL_MILESTONES, GOALS, WINS
from app.domain.goals.schemas import GoalMilestoneCreate, GoalProgress, GoalSet, GoalUpdate, WinCelebrate
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.errors import Conflict
from app.events import outbox
from app.reading import rows


class PairingOver(Conflict):
    """The pairing has ended."""

    code = "pairing_not_live"


async def set_goal(db: Db, actor: Actor, data: GoalSet) -> Goal:
    """Set a goal for a pair, or for one of the two."""
    pairing: Pairing = await rows.refer(db, actor, PAIRINGS, data.pairing_id, "set_goal", pointer="/pairing_id")
    if not pairing.is_live:
        raise PairingOver("The pairing has ended.")
    goal = Goal(organisation_id=db.organisation_id, id=ids.new(Goal.prefix), **data.model_dump())
    db.add(goal)
    outbox.record(db, events.GoalWasSet.of(goal))
    return goal


async def update(db: Db, actor: Actor, goal_id: str, data: GoalUpdate) -> Goal:
    """Revise a goal that is not reached yet."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "update_goal")
    goal.step("revise")
    changes = data.changes()
    changed = [name for name, value in changes.items() if getattr(goal, name) != value]
    goal.sqlmodel_update(changes)
    if changed:
        outbox.record(db, events.GoalRevised.of(goal), changed=changed)
    return goal


async def progress(db: Db, actor: Actor, goal_id: str, data: GoalProgress) -> Goal:
    """Record how far a goal is."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "progress_goal")
    goal.advance(data.progress)
    outbox.record(db, events.GoalProgressed.of(goal), changed=("progress",))
    return goal


async def achieve(db: Db, actor: Actor, goal_id: str) -> Goal:
    """Record that a goal is reached."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "achieve_goal")
    goal.achieve(clock.now())
    outbox.record(db, events.GoalAchieved.of(goal), changed=("status", "progress"))
    return goal


async def abandon(db: Db, actor: Actor, goal_id: str) -> Goal:
    """Give a goal up."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "abandon_goal")
    goal.step("abandon")
    outbox.record(db, events.GoalAbandoned.of(goal), changed=("status",))
    return goal


async def create_milestone(db: Db, actor: Actor, data: GoalMilestoneCreate) -> GoalMilestone:
    """Add a step on the way to a goal."""
    await rows.refer(db, actor, GOALS, data.goal_id, "create_goal_milestone", pointer="/goal_id")
    milestone = GoalMilestone(organisation_id=db.organisation_id, id=ids.new(GoalMilestone.prefix), **data.model_dump())
    db.add(milestone)
    return milestone


async def reach_milestone(db: Db, actor: Actor, milestone_id: str) -> GoalMilestone:
    """Record that a step is taken."""
    milestone: GoalMilestone = await rows.get(db, actor, GOAL_MILESTONES, milestone_id, "reach_goal_milestone")
    milestone.reach(clock.now())
    outbox.record(db, events.MilestoneWasReached.of(milestone), changed=("reached_at",))
    return milestone


async def delete_milestone(db: Db, actor: Actor, milestone_id: str) -> None:
    """Remove a step."""
    await db.delete(await rows.get(db, actor, GOAL_MILESTONES, milestone_id, "delete_goal_milestone"))


async def celebrate(db: Db, actor: Actor, data: WinCelebrate) -> Win:
    """Celebrate a small win."""
    await rows.refer(db, actor, PAIRINGS, data.pairing_id, "celebrate_win", pointer="/pairing_id")
    win = Win(
        organisation_id=db.organisation_id, id=ids.new(Win.prefix), author_id=actor.as_person(), **data.model_dump()
    )
    db.add(win)
    outbox.record(db, events.WinCelebrated.of(win))
    return win


async def delete_win(db: Db, actor: Actor, win_id: str) -> None:
    """Remove one's own entry."""
    await db.delete(await rows.get(db, actor, WINS, win_id, "delete_win"))
