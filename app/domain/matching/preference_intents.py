"""What can be done to preferences."""

from app.acting.intent import create, delete, update
from app.auth.scopes import Scope
from app.domain.matching import preference_service as service
from app.domain.matching.preference_resource import MATCHING_PREFERENCES

INTENTS = (
    create("create_matching_preference", MATCHING_PREFERENCES, service.create, Scope.ENROLMENTS_WRITE),
    update("update_matching_preference", MATCHING_PREFERENCES, service.update, Scope.ENROLMENTS_WRITE),
    delete("delete_matching_preference", MATCHING_PREFERENCES, service.delete, Scope.ENROLMENTS_WRITE),
)
