"""What can be read of tasks. They have no table."""

from typing import ClassVar

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.concerns.resource import CONCERNS
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching.resource import MATCH_PROPOSALS
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.domain.readiness.resource import TRAINING_ASSIGNMENTS
from app.domain.sessions.resource import ACTION_ITEMS, SESSIONS
from app.domain.tasks import kinds, shape
from app.domain.tasks.schemas import TaskRead
from app.reading.resource import ME, Edge, Equals, Resource


class Task:
    """The rows of other tables that say that the caller has something to do."""

    prefix: ClassVar[str] = shape.PREFIX
    __table__: ClassVar[sa.Subquery] = kinds.mine().subquery("task")


TASKS = Resource(
    "task",
    "tasks",
    Task,
    TaskRead,
    Scope.PAIRINGS_READ,
    relations={Relation.OWN: lambda task: task.c.person_id == ME},
    edges=(
        Edge("person", "person_id", PEOPLE, "tasks", "For whom it waits.", "What waits for them."),
        Edge("programme", "programme_id", PROGRAMMES),
        Edge("pairing", "pairing_id", PAIRINGS),
        Edge("enrolment", "enrolment_id", ENROLMENTS),
        Edge("training_assignment", "training_assignment_id", TRAINING_ASSIGNMENTS),
        Edge("match_proposal", "match_proposal_id", MATCH_PROPOSALS),
        Edge("agreement", "agreement_id", AGREEMENTS),
        Edge("session", "session_id", SESSIONS),
        Edge("action_item", "action_item_id", ACTION_ITEMS),
        Edge("concern", "concern_id", CONCERNS),
    ),
    filters=(Equals("kind"), Equals("programme_id"), Equals("pairing_id")),
)
