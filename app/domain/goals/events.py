"""What we tell the world of goals."""

from typing import ClassVar, Self

from app.domain.goals.models import Goal, GoalMilestone, GoalOwner, GoalStatus, Win
from app.events.envelope import Event


class GoalEvent(Event):
    """A fact about one goal, without its words."""

    subject: ClassVar[str] = "goal_id"

    goal_id: str
    pairing_id: str
    owner: GoalOwner
    status: GoalStatus
    progress: int

    @classmethod
    def of(cls, goal: Goal) -> Self:
        """The event for the goal as it is now."""
        return cls(
            goal_id=goal.id, pairing_id=goal.pairing_id, owner=goal.owner, status=goal.status, progress=goal.progress
        )


class GoalWasSet(GoalEvent):
    """A pair set itself a goal."""

    type = "goal.set"


class GoalRevised(GoalEvent):
    """A pair changed a goal."""

    type = "goal.revised"


class GoalProgressed(GoalEvent):
    """A goal came closer."""

    type = "goal.progressed"


class GoalAchieved(GoalEvent):
    """A goal was reached."""

    type = "goal.achieved"


class GoalAbandoned(GoalEvent):
    """A goal was given up."""

    type = "goal.abandoned"


class MilestoneWasReached(Event):
    """A step on the way to a goal was taken."""

    type = "milestone.reached"
    subject: ClassVar[str] = "milestone_id"

    milestone_id: str
    goal_id: str

    @classmethod
    def of(cls, milestone: GoalMilestone) -> Self:
        """The event for a milestone."""
        return cls(milestone_id=milestone.id, goal_id=milestone.goal_id)


class WinCelebrated(Event):
    """A pair celebrated a small win."""

    type = "win.celebrated"
    subject: ClassVar[str] = "win_id"

    win_id: str
    pairing_id: str

    @classmethod
    def of(cls, win: Win) -> Self:
        """The event for a win."""
        return cls(win_id=win.id, pairing_id=win.pairing_id)
