"""What can be read of goals, milestones and wins."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.goals.models import Goal, GoalMilestone, GoalStatus, Win
from app.domain.goals.schemas import GoalMilestoneRead, GoalRead, WinRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, Edge, Equals, Range, Resource, Table, is_one_of, through

_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "goals", "The pair.", "What the pair works towards.")
_OF_PAIR = through(_PAIRING)[Relation.OWN_PAIRING]


def is_shared(goal: Table) -> sa.ColumnElement[bool]:
    """Whether others than its author know of it."""
    return ~is_one_of(goal.c.status, GoalStatus.DRAFT)


GOALS = Resource(
    "goal",
    "goals",
    Goal,
    GoalRead,
    Scope.GOALS_READ,
    relations={
        Relation.PUBLISHED: is_shared,
        Relation.OWN_PAIRING: lambda goal: sa.and_(sa.or_(is_shared(goal), goal.c.author_id == ME), _OF_PAIR(goal)),
    },
    edges=(_PAIRING, Edge("author", "author_id", PEOPLE)),
    filters=(
        Equals("pairing_id"),
        Equals("status"),
        Equals("owner"),
        Equals("objective"),
        Range("updated_at"),
    ),
    guarded=True,
)
_GOAL = Edge("goal", "goal_id", GOALS, "milestones", "The goal.", "Steps on the way.")
GOAL_MILESTONES = Resource(
    "goal_milestone",
    "goal_milestones",
    GoalMilestone,
    GoalMilestoneRead,
    Scope.GOALS_READ,
    relations=through(_GOAL),
    edges=(_GOAL,),
    filters=(Equals("goal_id"),),
)
_WINNERS = Edge("pairing", "pairing_id", PAIRINGS, "wins", "The pair.", "Small wins.")
WINS = Resource(
    "win",
    "wins",
    Win,
    WinRead,
    Scope.GOALS_READ,
    relations={**through(_WINNERS), Relation.OWN: lambda win: win.c.author_id == ME},
    edges=(
        _WINNERS,
        Edge("author", "author_id", PEOPLE),
        Edge("goal", "goal_id", GOALS, "wins", "The goal that it brought closer.", "Small wins on the way."),
    ),
    filters=(Equals("pairing_id"), Equals("goal_id")),
)
