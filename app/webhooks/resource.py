"""What can be read of webhooks."""

from app.auth.scopes import Scope
from app.reading.resource import Edge, Equals, Resource
from app.webhooks.models import Attempt, Delivery, WebhookEndpoint
from app.webhooks.schemas import AttemptRead, DeliveryRead, WebhookEndpointRead

WEBHOOK_ENDPOINTS = Resource(
    "webhook_endpoint",
    "webhook_endpoints",
    WebhookEndpoint,
    WebhookEndpointRead,
    Scope.WEBHOOKS_MANAGE,
    filters=(Equals("status"),),
)
DELIVERIES = Resource(
    "delivery",
    "deliveries",
    Delivery,
    DeliveryRead,
    Scope.WEBHOOKS_MANAGE,
    edges=(Edge("endpoint", "endpoint_id", WEBHOOK_ENDPOINTS, "deliveries", "Where it goes.", "What was due to it."),),
    filters=(Equals("endpoint_id"), Equals("event_id"), Equals("event_type"), Equals("status")),
)
ATTEMPTS = Resource(
    "attempt",
    "attempts",
    Attempt,
    AttemptRead,
    Scope.WEBHOOKS_MANAGE,
    edges=(Edge("delivery", "delivery_id", DELIVERIES, "tries", "What was tried.", "Every try."),),
    filters=(Equals("delivery_id"),),
)
