"""What a pair works towards: goals with milestones, and the small wins on the way."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, of_organisation, text_enum


class GoalOwner(StrEnum):
    """Whose goal it is."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    PAIR = "pair"


class GoalStatus(StrEnum):
    """Where a goal stands."""

    ACTIVE = "active"
    ACHIEVED = "achieved"
    ABANDONED = "abandoned"


_S = GoalStatus
GOAL = Machine(
    "goal",
    {
        "revise": ((_S.ACTIVE,), _S.ACTIVE),
        "progress": ((_S.ACTIVE,), _S.ACTIVE),
        "achieve": ((_S.ACTIVE,), _S.ACHIEVED),
        "abandon": ((_S.ACTIVE,), _S.ABANDONED),
    },
)


class MilestoneReached(Conflict):
    """The milestone was reached before."""

    code = "milestone_reached"


class Goal(Row, table=True):
    """Something a pair wants to reach; progress in per cent."""

    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        check("progress", "progress between 0 and 100"),
        index("goal_pairing", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "gol"

    pairing_id: str = Field(sa_type=sa.Text)
    owner: GoalOwner = Field(default=GoalOwner.PAIR, sa_type=text_enum(GoalOwner))
    title: str = Field(sa_type=sa.Text)
    measure: str | None = Field(default=None, sa_type=sa.Text)
    competency: str | None = Field(default=None, sa_type=sa.Text)
    progress: int = 0
    due_on: date | None = None
    status: GoalStatus = Field(default=GoalStatus.ACTIVE, sa_type=text_enum(GoalStatus))
    achieved_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = GOAL.step(self.status, move)

    def advance(self, progress: int) -> None:
        """Record how far it is."""
        self.step("progress")
        self.progress = progress

    def achieve(self, at: datetime) -> None:
        """It is reached."""
        self.step("achieve")
        self.progress, self.achieved_at = 100, at


class GoalMilestone(Row, table=True):
    """A step on the way to a goal."""

    __tablename__ = "goal_milestone"
    __table_args__ = (
        of_organisation(),
        belongs_to("goal", "goal_id", on_delete="CASCADE"),
        index("goal_milestone_goal", "goal_id", "id"),
    )
    prefix: ClassVar[str] = "mil"

    goal_id: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    due_on: date | None = None
    reached_at: datetime | None = instant(default=None)

    def reach(self, at: datetime) -> None:
        """Mark it as reached, once."""
        if self.reached_at is not None:
            raise MilestoneReached("The milestone was reached before.")
        self.reached_at = at


class Win(Row, table=True):
    """A small win, celebrated."""

    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("person", "author_id"),
        index("win_pairing", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "win"

    pairing_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    text: str = Field(sa_type=sa.Text)
