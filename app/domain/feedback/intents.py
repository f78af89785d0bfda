"""What can be done to feedback."""

from app.acting.intent import create, delete
from app.auth.scopes import Scope
from app.domain.feedback import service
from app.domain.feedback.resource import FEEDBACK

INTENTS = (
    create("give_feedback", FEEDBACK, service.give, Scope.FEEDBACK_WRITE),
    delete("withdraw_feedback", FEEDBACK, service.withdraw, Scope.FEEDBACK_WRITE),
)
