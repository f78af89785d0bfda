"""What can be done to a series."""

from app.acting.intent import create, move
from app.auth.scopes import Scope
from app.domain.planning import service
from app.domain.planning.resource import RECURRING_SESSIONS

_WRITE = Scope.SESSIONS_WRITE
INTENTS = (
    create("schedule_recurring_session", RECURRING_SESSIONS, service.schedule, _WRITE, cost=5),
    move("cancel_recurring_session", RECURRING_SESSIONS, service.cancel, _WRITE, "cancel", cost=5),
)
