"""What a pair works towards: goals with milestones, and the small wins on the way."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.programmes.models import ObjectiveType
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

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    ABANDONED = "abandoned"


_S = GoalStatus
GOAL = Machine(
    "goal",
    {
        "redraft": ((_S.DRAFT,), _S.DRAFT),
        "activate": ((_S.DRAFT,), _S.ACTIVE),
        "revise": ((_S.ACTIVE,), _S.ACTIVE),
        "progress": ((_S.ACTIVE,), _S.ACTIVE),
        "achieve": ((_S.ACTIVE,), _S.ACHIEVED),
        "abandon": ((_S.ACTIVE,), _S.ABANDONED),
    },
)


class MilestoneReached(Conflict):
    """The milestone was reached before."""

    code = "milestone_reached"


class GoalShared(Conflict):
    """Both partners know the goal: it can be given up, not deleted."""

    code = "goal_shared"


class Goal(Row, table=True):
    """Something a pair wants to reach; progress in per cent. A draft is its author's alone."""

    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("person", "author_id"),
        check("progress", "progress between 0 and 100"),
        check("draft", "status <> 'draft' or author_id is not null and progress = 0"),
        check("revisions", "revisions >= 0"),
        index("goal_pairing", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "gol"

    pairing_id: str = Field(sa_type=sa.Text)
    # Who set it; not known of goals that were set before this was kept.
    author_id: str | None = Field(default=None, sa_type=sa.Text)
    owner: GoalOwner = Field(default=GoalOwner.PAIR, sa_type=text_enum(GoalOwner))
    # One of those that the programme is after.
    objective: ObjectiveType | None = Field(default=None, sa_type=text_enum(ObjectiveType))
    title: str = Field(sa_type=sa.Text)
    measure: str | None = Field(default=None, sa_type=sa.Text)
    competency: str | None = Field(default=None, sa_type=sa.Text)
    progress: int = 0
    due_on: date | None = None
    status: GoalStatus = Field(default=GoalStatus.ACTIVE, sa_type=text_enum(GoalStatus))
    achieved_at: datetime | None = instant(default=None)
    # How often it was changed since both know of it.
    revisions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})

    @property
    def is_draft(self) -> bool:
        """Whether nobody but its author knows of it."""
        return self.status is _S.DRAFT

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = GOAL.step(self.status, move)

    def revise(self, changes: dict[str, Any]) -> list[str]:
        """Change its words and dates; the names of what is another now. Drafts are not counted."""
        self.step("redraft" if self.is_draft else "revise")
        changed = [name for name, value in changes.items() if getattr(self, name) != value]
        self.sqlmodel_update(changes)
        if changed and not self.is_draft:
            self.revisions += 1
        return changed

    def require_draft(self) -> None:
        """Raises `GoalShared`."""
        if not self.is_draft:
            raise GoalShared("Both partners know the goal: it can be given up, not deleted.")

    def require_shared(self) -> None:
        """Raises `IllegalMove`: what nobody else knows of takes no steps that others are told of."""
        if self.is_draft:
            self.step("progress")

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
        belongs_to("goal", "goal_id"),
        index("win_pairing", "pairing_id", "id"),
        index("win_goal", "goal_id", "id", where="goal_id is not null"),
    )
    prefix: ClassVar[str] = "win"

    pairing_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    goal_id: str | None = Field(default=None, sa_type=sa.Text)
    text: str = Field(sa_type=sa.Text)
