"""What can be done about one's data."""

from app.acting.intent import begin, create, move
from app.auth.scopes import Scope
from app.domain.operations.resource import OPERATIONS
from app.domain.privacy import consents, erasures, exports, holds
from app.domain.privacy.resource import CONSENTS, ERASURES, LEGAL_HOLDS

_WRITE = Scope.PRIVACY_WRITE

INTENTS = (
    create("give_consent", CONSENTS, consents.give, _WRITE),
    move("withdraw_consent", CONSENTS, consents.withdraw, _WRITE, "withdraw"),
    begin("request_export", OPERATIONS, exports.request, _WRITE, "exports"),
    create("request_erasure", ERASURES, erasures.request, _WRITE),
    move("withdraw_erasure", ERASURES, erasures.withdraw, _WRITE, "withdraw"),
    move("decline_erasure", ERASURES, erasures.decline, _WRITE, "decline"),
    move("approve_erasure", ERASURES, erasures.approve, _WRITE, "approve"),
    move("resume_erasure", ERASURES, erasures.resume, _WRITE, "resume"),
    create("place_legal_hold", LEGAL_HOLDS, holds.place, _WRITE),
    move("lift_legal_hold", LEGAL_HOLDS, holds.lift, _WRITE, "lift"),
)
