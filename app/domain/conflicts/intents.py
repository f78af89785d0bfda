"""What can be done about a conflict."""

from app.acting.intent import move
from app.auth.scopes import Scope
from app.domain.conflicts import service
from app.domain.conflicts.resource import PAIRING_CONFLICTS

INTENTS = (
    move("waive_pairing_conflict", PAIRING_CONFLICTS, service.waive, Scope.PAIRINGS_WRITE, "waive"),
    move("dissolve_pairing_conflict", PAIRING_CONFLICTS, service.dissolve, Scope.PAIRINGS_WRITE, "dissolve"),
)
