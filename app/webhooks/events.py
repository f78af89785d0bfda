"""What we tell endpoints about endpoints."""

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
