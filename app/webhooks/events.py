"""What we tell endpoints about endpoints."""

from datetime import datetime
from typing import ClassVar

from app.events.envelope import Event, Visibility


class EndpointEvent(Event):
    """A fact about one endpoint."""

    subject: ClassVar[str] = "endpoint_id"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    endpoint_id: str


class EndpointPinged(EndpointEvent):
    """A test delivery, sent to this endpoint alone whatever types it wants."""

    type = "webhook_endpoint.ping"


class EndpointFailing(EndpointEvent):
    """An endpoint has accepted nothing for so many hours; it will be disabled after 120 of them."""

    type = "webhook_endpoint.failing"

    hours: int
    failing_since: datetime
    consecutive_failures: int
    last_status: int | None
    last_error: str | None
    event_id: str
    event_type: str


class EndpointDisabled(EndpointEvent):
    """An endpoint gets no more deliveries; what is due to it is held."""

    type = "webhook_endpoint.disabled"

    reason: str


class DeliveryExhausted(EndpointEvent):
    """A delivery failed as often as the schedule allows."""

    type = "webhook_endpoint.delivery_exhausted"

    delivery_id: str
    event_id: str
    event_type: str


# An endpoint never hears of its own failure: it could not, or would be told for ever.
OTHERS_HEAR = frozenset({EndpointFailing.type, EndpointDisabled.type, DeliveryExhausted.type})
