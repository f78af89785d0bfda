"""What can be read of webhooks."""

from collections.abc import Mapping

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.reading.resource import ENDPOINT, Edge, Equals, Made, Predicate, Resource, Table
from app.webhooks.models import Attempt, Breaker, Delivery, WebhookEndpoint, WebhookSecret, WebhookSigningKey
from app.webhooks.schemas import (
    AttemptRead,
    DeliveryRead,
    WebhookEndpointRead,
    WebhookSecretRead,
    WebhookSigningKeyRead,
)


def _breaker(endpoint: Table) -> sa.ColumnElement[str]:
    """Open while a time is set for the next trial, half open while somebody holds the lease for it."""
    return sa.case(
        (endpoint.c.next_attempt_at.is_(None), Breaker.CLOSED.value),
        (endpoint.c.lease_by.is_(None), Breaker.OPEN.value),
        else_=Breaker.HALF_OPEN.value,
    )


_OF_ENDPOINT: Mapping[Relation, Predicate] = {Relation.EMBEDDED: lambda table: table.c.endpoint_id == ENDPOINT}
WEBHOOK_ENDPOINTS = Resource(
    "webhook_endpoint",
    "webhook_endpoints",
    WebhookEndpoint,
    WebhookEndpointRead,
    Scope.WEBHOOKS_MANAGE,
    relations={Relation.EMBEDDED: lambda endpoint: endpoint.c.id == ENDPOINT},
    filters=(Equals("status"),),
    computed={"breaker": _breaker},
)
WEBHOOK_SECRETS = Resource(
    "webhook_secret",
    "webhook_secrets",
    WebhookSecret,
    WebhookSecretRead,
    Scope.WEBHOOKS_MANAGE,
    relations=_OF_ENDPOINT,
    edges=(Edge("endpoint", "endpoint_id", WEBHOOK_ENDPOINTS, "secrets", "Whose secret it is.", "What signs for it."),),
    filters=(Equals("endpoint_id"),),
    # Changes without a new version.
    computed={"last_signed_at": lambda table: table.c.last_signed_at},
)
WEBHOOK_SIGNING_KEYS = Resource(
    "webhook_signing_key",
    "webhook_signing_keys",
    WebhookSigningKey,
    WebhookSigningKeyRead,
    Scope.WEBHOOKS_MANAGE,
)
DELIVERIES = Resource(
    "delivery",
    "deliveries",
    Delivery,
    DeliveryRead,
    Scope.WEBHOOKS_MANAGE,
    relations=_OF_ENDPOINT,
    edges=(Edge("endpoint", "endpoint_id", WEBHOOK_ENDPOINTS, "deliveries", "Where it goes.", "What was due to it."),),
    filters=(Equals("endpoint_id"), Equals("event_id"), Equals("event_type"), Equals("status"), Made(prefix="dlv")),
)
ATTEMPTS = Resource(
    "attempt",
    "attempts",
    Attempt,
    AttemptRead,
    Scope.WEBHOOKS_MANAGE,
    relations=_OF_ENDPOINT,
    edges=(Edge("delivery", "delivery_id", DELIVERIES, "tries", "What was tried.", "Every try."),),
    filters=(Equals("delivery_id"), Equals("endpoint_id"), Made(prefix="tri")),
)
