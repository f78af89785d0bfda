"""What can be done to webhook endpoints and deliveries."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.operations.resource import OPERATIONS
from app.domain.organisations.resource import ORGANISATIONS
from app.webhooks import portal, resending, rotating, service
from app.webhooks.resource import DELIVERIES, WEBHOOK_ENDPOINTS, WEBHOOK_SECRETS, WEBHOOK_SIGNING_KEYS

_MANAGE = Scope.WEBHOOKS_MANAGE
# Whoever asks for these makes us send requests to others.
_CALLS_OUT = 10
INTENTS = (
    create("create_webhook_endpoint", WEBHOOK_ENDPOINTS, service.create, _MANAGE, reveals=True),
    update("update_webhook_endpoint", WEBHOOK_ENDPOINTS, service.update, _MANAGE),
    delete("delete_webhook_endpoint", WEBHOOK_ENDPOINTS, service.delete, _MANAGE),
    move("rotate_webhook_secret", WEBHOOK_ENDPOINTS, rotating.rotate_secret, _MANAGE, "rotate-secret", reveals=True),
    delete("delete_webhook_secret", WEBHOOK_SECRETS, rotating.delete_secret, _MANAGE),
    create("rotate_webhook_signing_key", WEBHOOK_SIGNING_KEYS, rotating.rotate_signing_key, _MANAGE),
    move("verify_webhook_endpoint", WEBHOOK_ENDPOINTS, service.verify, _MANAGE, "verify", cost=_CALLS_OUT),
    move("disable_webhook_endpoint", WEBHOOK_ENDPOINTS, service.disable, _MANAGE, "disable"),
    move("enable_webhook_endpoint", WEBHOOK_ENDPOINTS, service.enable, _MANAGE, "enable"),
    move("ping_webhook_endpoint", WEBHOOK_ENDPOINTS, service.ping, _MANAGE, "ping", cost=_CALLS_OUT),
    move("test_webhook_endpoint", WEBHOOK_ENDPOINTS, service.test, _MANAGE, "test", cost=_CALLS_OUT),
    # Not the scope that the token carries: nobody shall make themselves another one.
    move(
        "issue_webhook_portal_token",
        ORGANISATIONS,
        portal.issue_token,
        Scope.KEYS_MANAGE,
        "webhook-portal-token",
        reveals=True,
    ),
    move(
        resending.RECOVER,
        WEBHOOK_ENDPOINTS,
        resending.recover,
        _MANAGE,
        "recover",
        cost=_CALLS_OUT,
        begins=OPERATIONS,
    ),
    move(resending.REPLAY, WEBHOOK_ENDPOINTS, resending.replay, _MANAGE, "replay", cost=_CALLS_OUT, begins=OPERATIONS),
    move("retry_delivery", DELIVERIES, service.retry, _MANAGE, "retry", cost=_CALLS_OUT),
)
