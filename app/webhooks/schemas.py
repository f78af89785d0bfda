"""What callers send and get of webhook endpoints, deliveries and attempts."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from app.text import Input, Line, Output, Patch, absent, distinct, whole
from app.webhooks.catalogue import BY_TYPE, PATTERNS
from app.webhooks.models import DeliveryStatus, EndpointStatus


def _known(pattern: str) -> str:
    if pattern not in PATTERNS:
        raise ValueError("must name a type of event, a family of them or all")
    return pattern


def _emitted(name: str) -> str:
    if name not in BY_TYPE:
        raise ValueError("must name a type of event")
    return name


Pattern = Annotated[str, Field(json_schema_extra={"enum": list(PATTERNS)}), AfterValidator(_known)]
Patterns = Annotated[list[Pattern], distinct(100), Field(min_length=1)]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r"^https?://[!-~]+$")]


class WebhookEndpointCreate(Input):
    """An address that wants events. The answer shows its signing secret, once."""

    url: Url = Field(description="HTTPS; resolves to a public address.")
    types: Patterns = Field(
        default=["*"],
        description="Event types; `session.*` for a family, `*` for all that need not be named.",
    )
    description: Line | None = None


class WebhookEndpointUpdate(Patch):
    """Changes to an endpoint."""

    url: Url = absent()
    types: Patterns = absent()
    description: Line | None = None


class WebhookSecretRotate(Input):
    """A new signing secret; the old one signs along for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(default=24, description="How long the old secret signs along.")


class WebhookEndpointTest(Input):
    """Which type of event to try."""

    type: Annotated[str, Field(json_schema_extra={"enum": sorted(BY_TYPE)}), AfterValidator(_emitted)]


class PortalTokenIssue(Input):
    """For how long a token is to be good."""

    minutes: Annotated[int, whole(1, 60)] = Field(default=15, description="After so many minutes it ends.")


class WebhookEndpointRead(Output):
    """An address that wants events, without its secret."""

    id: str
    url: str
    description: str | None
    types: list[str]
    status: EndpointStatus
    disabled_reason: str | None
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


class EventRead(Output):
    """Something that happened, as endpoints are told of it: ids, states and reason codes.

    Over REST one can wait for the next.
    """

    id: str
    type: str
    timestamp: datetime = Field(description="When it happened.")
    sequence: int = Field(description="Rises by one with every event of the organisation.")
    api_version: str
    organisation: str
    subject: str = Field(description="What it is about.")
    actor: str | None = Field(description="Who caused it: a person, or the key of a service. Not told of every type.")
    changed: list[str] = Field(description="Which fields of the subject changed.")
    data: dict[str, Any] = Field(description="The facts. What they hold depends on the type.")
    url: str = Field(description="Where to read the subject.")


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
