"""What can be done to a concern."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.concerns import service
from app.domain.concerns.resource import CONCERNS

_WRITE = Scope.FEEDBACK_WRITE
INTENTS = (
    create("raise_concern", CONCERNS, service.raise_, _WRITE),
    update("update_concern", CONCERNS, service.update, _WRITE),
    move("acknowledge_concern", CONCERNS, service.acknowledge, _WRITE, "acknowledge"),
    move("begin_review_concern", CONCERNS, service.begin_review, _WRITE, "begin-review"),
    move("escalate_concern", CONCERNS, service.escalate, _WRITE, "escalate"),
    move("resolve_concern", CONCERNS, service.resolve, _WRITE, "resolve"),
)
