"""What can be done to API keys."""

from app.acting.intent import create, move
from app.auth.scopes import Scope
from app.domain.access import service
from app.domain.access.resource import API_KEYS

INTENTS = (
    create("create_api_key", API_KEYS, service.create, Scope.KEYS_MANAGE, reveals=True),
    move("revoke_api_key", API_KEYS, service.revoke, Scope.KEYS_MANAGE, "revoke"),
)
