"""What can be done to API keys, identity providers and standings."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.access import identity_service as identity
from app.domain.access import service
from app.domain.access.resource import API_KEYS, IDENTITY_PROVIDERS, STANDINGS

_MANAGE = Scope.KEYS_MANAGE
INTENTS = (
    create("create_api_key", API_KEYS, service.create, _MANAGE, reveals=True),
    move("rotate_api_key", API_KEYS, service.rotate, _MANAGE, "rotate", reveals=True),
    move("revoke_api_key", API_KEYS, service.revoke, _MANAGE, "revoke"),
    create("create_identity_provider", IDENTITY_PROVIDERS, identity.create, _MANAGE),
    update("update_identity_provider", IDENTITY_PROVIDERS, identity.update, _MANAGE),
    delete("delete_identity_provider", IDENTITY_PROVIDERS, identity.delete, _MANAGE),
    create("create_standing", STANDINGS, identity.give_standing, _MANAGE),
    delete("delete_standing", STANDINGS, identity.end_standing, _MANAGE),
)
