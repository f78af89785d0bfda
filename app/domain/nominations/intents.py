"""What can be done to nominations."""

from app.acting.intent import create, move
from app.auth.scopes import Scope
from app.domain.nominations import service
from app.domain.nominations.resource import NOMINATIONS

_WRITE = Scope.ENROLMENTS_WRITE
INTENTS = (
    create("nominate_person", NOMINATIONS, service.nominate, _WRITE),
    move("take_up_nomination", NOMINATIONS, service.take_up, _WRITE, "take-up"),
    move("decline_nomination", NOMINATIONS, service.decline, _WRITE, "decline"),
    move("withdraw_nomination", NOMINATIONS, service.withdraw, _WRITE, "withdraw"),
)
