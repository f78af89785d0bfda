"""What can be done about recognition."""

from app.acting.intent import create, delete, move
from app.auth.scopes import Scope
from app.domain.recognition import service
from app.domain.recognition.resource import RECOGNITION_CRITERIA, RECOGNITIONS

_WRITE = Scope.FEEDBACK_WRITE
INTENTS = (
    create("thank_partner", RECOGNITIONS, service.thank, _WRITE, path="thanks"),
    create("nominate_for_recognition", RECOGNITIONS, service.nominate, _WRITE),
    move("approve_recognition", RECOGNITIONS, service.approve, _WRITE, "approve"),
    move("decline_recognition", RECOGNITIONS, service.decline, _WRITE, "decline"),
    move("award_recognition", RECOGNITIONS, service.award, _WRITE, "award"),
    move("revoke_recognition", RECOGNITIONS, service.revoke, _WRITE, "revoke"),
    create("create_recognition_criterion", RECOGNITION_CRITERIA, service.declare, Scope.PROGRAMMES_WRITE),
    delete("delete_recognition_criterion", RECOGNITION_CRITERIA, service.drop, Scope.PROGRAMMES_WRITE),
)
