"""What callers send and get of goals, milestones and wins."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.domain.goals.models import GoalOwner, GoalStatus
from app.domain.pairings.schemas import PairingId
from app.domain.programmes.models import ObjectiveType
from app.text import Day, Flag, Input, Line, Name, Output, Patch, Word, absent, reference, whole

GoalId = Annotated[str, reference("gol")]
_OBJECTIVE = "Which of the programme's objectives it serves."
Percent = Annotated[int, whole(0, 100)]


class GoalSet(Input):
    """A goal for a pair."""

    pairing_id: PairingId
    title: Name
    owner: GoalOwner = GoalOwner.PAIR
    objective: ObjectiveType | None = Field(default=None, description=_OBJECTIVE)
    measure: Line | None = Field(default=None, description="How both will see that it is reached.")
    competency: Word | None = None
    due_on: Day | None = None
    is_draft: Flag = Field(
        default=False, description="Whether it stays with you until you activate it: nobody else sees a draft."
    )


class GoalUpdate(Patch):
    """A revision of a goal."""

    title: Name = absent()
    owner: GoalOwner = absent()
    objective: ObjectiveType | None = Field(default=None, description=_OBJECTIVE)
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
    author_id: str | None = Field(description="Who set it; `null` of goals that were set before this was kept.")
    owner: GoalOwner
    objective: ObjectiveType | None = Field(description=_OBJECTIVE)
    title: str
    measure: str | None
    competency: str | None
    progress: int
    due_on: date | None
    status: GoalStatus
    achieved_at: datetime | None
    revisions: int = Field(description="How often it was changed since both know of it.")
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
    goal_id: GoalId | None = Field(default=None, description="The goal that it brought closer, if it did.")
    text: Line


class WinRead(Output):
    """A small win, for the two to enjoy."""

    id: str
    pairing_id: str
    author_id: str
    goal_id: str | None
    text: str
    version: int
    created_at: datetime
    updated_at: datetime
