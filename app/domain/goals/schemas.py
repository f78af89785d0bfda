"""What callers send and get of goals, milestones and wins."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.domain.goals.models import GoalOwner, GoalStatus
from app.domain.pairings.schemas import PairingId
from app.text import Day, Input, Line, Name, Output, Patch, Word, absent, reference, whole

GoalId = Annotated[str, reference("gol")]
Percent = Annotated[int, whole(0, 100)]


class GoalSet(Input):
    """A goal for a pair."""

    pairing_id: PairingId
    title: Name
    owner: GoalOwner = GoalOwner.PAIR
    measure: Line | None = Field(default=None, description="How both will see that it is reached.")
    competency: Word | None = None
    due_on: Day | None = None


class GoalUpdate(Patch):
    """A revision of a goal."""

    title: Name = absent()
    owner: GoalOwner = absent()
    measure: Line | None = None
    competency: Word | None = None
    due_on: Day | None = None


class GoalProgress(Input):
    """How far a goal is, in per cent."""

    progress: Percent


class GoalRead(Output):
    """Something a pair works towards."""

    id: str
    pairing_id: str
    owner: GoalOwner
    title: str
    measure: str | None
    competency: str | None
    progress: int
    due_on: date | None
    status: GoalStatus
    achieved_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class GoalMilestoneCreate(Input):
    """A step on the way to a goal."""

    goal_id: GoalId
    title: Name
    due_on: Day | None = None


class GoalMilestoneRead(Output):
    """A step on the way to a goal."""

    id: str
    goal_id: str
    title: str
    due_on: date | None
    reached_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class WinCelebrate(Input):
    """A small win."""

    pairing_id: PairingId
    text: Line


class WinRead(Output):
    """A small win, for the two to enjoy."""

    id: str
    pairing_id: str
    author_id: str
    text: str
    version: int
    created_at: datetime
    updated_at: datetime
