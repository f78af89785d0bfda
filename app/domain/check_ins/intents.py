"""What can be done to a check-in."""

from app.acting.intent import create
from app.auth.scopes import Scope
from app.domain.check_ins import service
from app.domain.check_ins.resource import CHECK_INS

INTENTS = (create("submit_check_in", CHECK_INS, service.submit, Scope.FEEDBACK_WRITE),)
