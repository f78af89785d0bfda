"""Setting goals, moving towards them, and celebrating on the way."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.goals import events
from app.domain.goals.models import Goal, GoalMilestone, GoalStatus, Win
from app.domain.goals.resource import GOAL_MILESTONES, GOALS, WINS
from app.domain.goals.schemas import GoalMilestoneCreate, GoalProgress, GoalSet, GoalUpdate, WinCelebrate
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.programmes.models import ObjectiveType, Programme
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows


class PairingOver(Conflict):
    """The pairing has ended."""

    code = "pairing_not_live"


async def set_goal(db: Db, actor: Actor, data: GoalSet) -> Goal:
    """Set a goal for a pair, or for one of the two; as a draft, if it is not for the partner yet."""
    pairing: Pairing = await rows.refer(db, actor, PAIRINGS, data.pairing_id, "set_goal", pointer="/pairing_id")
    _require_live(pairing)
    await _require_objective(db, pairing, data.objective)
    goal = Goal(
        organisation_id=db.organisation_id,
        id=ids.new(Goal.prefix),
        author_id=actor.as_person(),
        status=GoalStatus.DRAFT if data.is_draft else GoalStatus.ACTIVE,
        **data.model_dump(exclude={"is_draft"}),
    )
    db.add(goal)
    if not goal.is_draft:
        outbox.record(db, events.GoalWasSet.of(goal))
    return goal


async def activate(db: Db, actor: Actor, goal_id: str) -> Goal:
    """Share a draft with the partner: from now on it is a goal that both see and work towards."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "activate_goal")
    _require_live(await rows.by_id(db, Pairing, goal.pairing_id))
    goal.step("activate")
    outbox.record(db, events.GoalWasSet.of(goal), changed=("status",))
    return goal


async def update(db: Db, actor: Actor, goal_id: str, data: GoalUpdate) -> Goal:
    """Revise a goal that is not reached yet. Revisions of a goal that both know are counted."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "update_goal")
    changes = data.changes()
    if changes.get("objective") not in (None, goal.objective):
        await _require_objective(db, await rows.by_id(db, Pairing, goal.pairing_id), changes["objective"])
    changed = goal.revise(changes)
    if changed and not goal.is_draft:
        outbox.record(db, events.GoalRevised.of(goal), changed=changed)
    return goal


async def delete_goal(db: Db, actor: Actor, goal_id: str) -> None:
    """Delete a draft of one's own. A goal that both know is given up instead."""
    goal: Goal = await rows.get(db, actor, GOALS, goal_id, "delete_goal")
    goal.require_draft()
    await db.delete(goal)


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
    (await rows.by_id(db, Goal, milestone.goal_id)).require_shared()
    milestone.reach(clock.now())
    outbox.record(db, events.MilestoneWasReached.of(milestone), changed=("reached_at",))
    return milestone


async def delete_milestone(db: Db, actor: Actor, milestone_id: str) -> None:
    """Remove a step."""
    await db.delete(await rows.get(db, actor, GOAL_MILESTONES, milestone_id, "delete_goal_milestone"))


async def celebrate(db: Db, actor: Actor, data: WinCelebrate) -> Win:
    """Celebrate a small win."""
    await rows.refer(db, actor, PAIRINGS, data.pairing_id, "celebrate_win", pointer="/pairing_id")
    if data.goal_id is not None:
        goal: Goal = await rows.refer(db, actor, GOALS, data.goal_id, pointer="/goal_id")
        # A draft would be given away by its win.
        if goal.pairing_id != data.pairing_id or goal.is_draft:
            fault = Fault("is no goal that the two of this pair share", code="goal_not_shared", pointer="/goal_id")
            raise Invalid("The win belongs to another goal.", faults=(fault,))
    win = Win(
        organisation_id=db.organisation_id, id=ids.new(Win.prefix), author_id=actor.as_person(), **data.model_dump()
    )
    db.add(win)
    outbox.record(db, events.WinCelebrated.of(win))
    return win


async def delete_win(db: Db, actor: Actor, win_id: str) -> None:
    """Remove one's own entry."""
    await db.delete(await rows.get(db, actor, WINS, win_id, "delete_win"))


def _require_live(pairing: Pairing) -> None:
    """Raises `PairingOver`."""
    if not pairing.is_live:
        raise PairingOver("The pairing has ended.")


async def _require_objective(db: Db, pairing: Pairing, objective: ObjectiveType | None) -> None:
    """That the programme is after what a goal is to serve. Raises `Invalid`."""
    if objective is None:
        return
    programme = await rows.by_id(db, Programme, pairing.programme_id)
    if objective not in {aim["type"] for aim in programme.objectives}:
        fault = Fault("is none of the programme's objectives", code="other_objective", pointer="/objective")
        raise Invalid("The programme is after something else.", faults=(fault,))
