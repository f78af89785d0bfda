"""What can be done to a series."""

from app.acting.intent import create, move
from app.auth.scopes import Scope
from app.domain.planning import proposing, service
from app.domain.planning.resource import RECURRING_SESSIONS
from app.domain.sessions.resource import SESSIONS

_WRITE = Scope.SESSIONS_WRITE
INTENTS = (
    create("propose_session", SESSIONS, proposing.propose, _WRITE, path="proposed-sessions"),
    move("accept_session", SESSIONS, proposing.accept, _WRITE, "accept"),
    move("decline_session", SESSIONS, proposing.decline, _WRITE, "decline"),
    create("schedule_recurring_session", RECURRING_SESSIONS, service.schedule, _WRITE, cost=5),
    move("cancel_recurring_session", RECURRING_SESSIONS, service.cancel, _WRITE, "cancel", cost=5),
)
