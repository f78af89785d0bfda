"""What can be read of goals, milestones and wins."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.goals.models import Goal, GoalMilestone, Win
from app.domain.goals.schemas import GoalMilestoneRead, GoalRead, WinRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, Edge, Equals, Range, Resource, through

_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "goals", "The pair.", "What the pair works towards.")
GOALS = Resource(
    "goal",
    "goals",
    Goal,
    GoalRead,
    Scope.GOALS_READ,
    relations=through(_PAIRING),
    edges=(_PAIRING,),
    filters=(Equals("pairing_id"), Equals("status"), Equals("owner"), Range("updated_at")),
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
    edges=(_WINNERS, Edge("author", "author_id", PEOPLE)),
    filters=(Equals("pairing_id"),),
)
