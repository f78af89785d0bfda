"""What can be read of feedback: what one wrote, and what was written for one."""

from app.auth.actor import Role
from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.feedback.models import Feedback
from app.domain.feedback.schemas import FeedbackRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.sessions.resource import SESSIONS
from app.reading.resource import ME, Edge, Equals, Resource, Sensitive

FEEDBACK = Resource(
    "feedback",
    "feedback",
    Feedback,
    FeedbackRead,
    Scope.FEEDBACK_READ,
    relations={
        Relation.OWN: lambda feedback: feedback.c.author_id == ME,
        Relation.ADDRESSEE: lambda feedback: feedback.c.addressee_id == ME,
    },
    edges=(
        Edge("pairing", "pairing_id", PAIRINGS, "feedback", "The pair."),
        Edge("session", "session_id", SESSIONS, "feedback", "The session."),
        Edge("author", "author_id", PEOPLE),
        Edge("addressee", "addressee_id", PEOPLE),
    ),
    filters=(Equals("pairing_id"), Equals("session_id"), Equals("type"), Equals("author_id"), Equals("addressee_id")),
    default_sort="created_at",
    sensitive=Sensitive("author_id", watched=frozenset(Role)),
)
