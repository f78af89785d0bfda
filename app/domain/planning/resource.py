"""What can be read of series: by whom their sessions are."""

from app.auth.scopes import Scope
from app.domain.pairings.resource import PAIRINGS
from app.domain.planning.models import RecurringSession
from app.domain.planning.schemas import RecurringSessionRead
from app.domain.programmes.resource import PROGRAMMES
from app.domain.sessions.resource import SESSIONS
from app.reading.resource import Edge, Equals, Range, Resource, through

_PAIRING = Edge(
    "pairing", "pairing_id", PAIRINGS, "recurring_sessions", "The pair.", "What they meet for again and again."
)
RECURRING_SESSIONS = Resource(
    "recurring_session",
    "recurring_sessions",
    RecurringSession,
    RecurringSessionRead,
    Scope.SESSIONS_READ,
    relations=through(_PAIRING),
    edges=(_PAIRING, Edge("programme", "programme_id", PROGRAMMES)),
    filters=(Equals("pairing_id"), Equals("programme_id"), Equals("status"), Range("starts_on")),
)
SESSIONS.add_edge(
    Edge("series", "series_id", RECURRING_SESSIONS, "sessions", "The series that it is of.", "The sessions of it.")
)
