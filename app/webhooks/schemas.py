"""What callers send and get of webhook endpoints, deliveries and attempts."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.text import Input, Line, Output, Patch, absent, distinct, whole
from app.webhooks.catalogue import PATTERNS
from app.webhooks.models import Breaker, DeliveryStatus, EndpointStatus, Ordering


def _known(pattern: str) -> str:
    if pattern not in PATTERNS:
        raise ValueError("must name a type of event, a family of them or all")
    return pattern


Pattern = Annotated[str, Field(json_schema_extra={"enum": list(PATTERNS)}), AfterValidator(_known)]
Patterns = Annotated[list[Pattern], distinct(100), Field(min_length=1)]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r"^https?://[!-~]+$")]

_ORDERING = "What waits for what: nothing, later events of the same subject, or all later events."
_RATE = "Most requests a second. An endpoint that answers 429, 502, 503 or 504 gets fewer for a while."
_IN_FLIGHT = "Most requests at a time."
_TIMEOUT = "Longest wait for one answer, from the first lookup to the last byte."
RateLimit = Annotated[int, whole(1, 1000)]
MaxInFlight = Annotated[int, whole(1, 50)]
TimeoutSeconds = Annotated[int, whole(5, 30)]


class WebhookEndpointCreate(Input):
    """An address that wants events. The answer shows its signing secret, once."""

    url: Url = Field(description="HTTPS; resolves to a public address.")
    types: Patterns = Field(
        default=["*"],
        description="Event types; `session.*` for a family, `*` for all that need not be named.",
    )
    description: Line | None = None
    ordering: Ordering = Field(default=Ordering.NONE, description=_ORDERING)
    rate_limit: RateLimit = Field(default=50, description=_RATE)
    max_in_flight: MaxInFlight = Field(default=10, description=_IN_FLIGHT)
    timeout_seconds: TimeoutSeconds = Field(default=20, description=_TIMEOUT)


class WebhookEndpointUpdate(Patch):
    """Changes to an endpoint."""

    url: Url = absent()
    types: Patterns = absent()
    description: Line | None = None
    ordering: Ordering = absent()
    rate_limit: RateLimit = absent()
    max_in_flight: MaxInFlight = absent()
    timeout_seconds: TimeoutSeconds = absent()


class WebhookSecretRotate(Input):
    """A new signing secret; the old one signs along for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(default=24, description="How long the old secret signs along.")


class WebhookEndpointRead(Output):
    """An address that wants events, without its secret."""

    id: str
    url: str
    description: str | None
    types: list[str]
    status: EndpointStatus
    disabled_reason: str | None
    ordering: Ordering = Field(description=_ORDERING)
    rate_limit: int = Field(description=_RATE)
    max_in_flight: int = Field(description=_IN_FLIGHT)
    timeout_seconds: int = Field(description=_TIMEOUT)
    breaker: Breaker = Field(description="Open after ten failures in a row: one delivery on trial at a time.")
    consecutive_failures: int
    failing_since: datetime | None = Field(description="The first failure after the last success.")
    last_success_at: datetime | None
    next_attempt_at: datetime | None = Field(description="While the breaker is open: when the next trial may begin.")
    version: int
    created_at: datetime
    updated_at: datetime


class DeliveryRead(Output):
    """One event on its way to one endpoint."""

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    sequence: int
    status: DeliveryStatus
    attempts: int = Field(description="Tries made since the schedule began.")
    due_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class AttemptRead(Output):
    """One try, and what came back."""

    id: str
    delivery_id: str
    number: int
    started_at: datetime
    elapsed_ms: int
    status: int | None = Field(description="HTTP status; absent when no answer came.")
    error: str | None = Field(description="Why no answer came, or why it did not count.")
    address: str | None = Field(description="The IP address that was dialled.")
    response: str | None = Field(description="The first 16 kB of the answer.")
    version: int
    created_at: datetime
    updated_at: datetime
