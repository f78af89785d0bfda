"""What callers send and get of webhook endpoints, deliveries and attempts."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.text import Flag, Input, Line, Output, Patch, absent, distinct, whole
from app.webhooks.catalogue import PATTERNS
from app.webhooks.models import DeliveryStatus, EndpointStatus, Handshake, Verification


def _known(pattern: str) -> str:
    if pattern not in PATTERNS:
        raise ValueError("must name a type of event, a family of them or all")
    return pattern


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
    asymmetric_signature: Flag = Field(
        default=False, description="Sign with the organisation's Ed25519 key (`v1a`) besides the secret (`v1`)."
    )
    handshake: Handshake = Field(
        default=Handshake.NONE,
        description="Ask the address first whether it wants what we send; until it says so, deliveries are held.",
    )


class WebhookEndpointUpdate(Patch):
    """Changes to an endpoint."""

    url: Url = absent()
    types: Patterns = absent()
    description: Line | None = None
    asymmetric_signature: Flag = absent()
    handshake: Handshake = absent()


class WebhookSecretRotate(Input):
    """A new signing secret; the old one signs along for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(default=24, description="How long the old secret signs along.")


class WebhookSigningKeyRotate(Input):
    """A new Ed25519 key; those before sign along for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(
        default=24, description="How long the keys before sign along and stay published."
    )


class WebhookEndpointRead(Output):
    """An address that wants events, without its secret."""

    id: str
    url: str
    description: str | None
    types: list[str]
    status: EndpointStatus
    disabled_reason: str | None
    asymmetric_signature: bool
    handshake: Handshake
    verification: Verification
    verification_error: str | None = Field(description="Why the handshake failed.")
    allowed_per_minute: int | None = Field(description="How many requests a minute the handshake allowed.")
    version: int
    created_at: datetime
    updated_at: datetime


class WebhookSecretRead(Output):
    """A signing secret, without its value."""

    id: str
    endpoint_id: str
    expires_at: datetime | None = Field(description="When it stops signing; absent for the newest.")
    last_signed_at: datetime | None = Field(description="When it last signed a delivery, to the minute.")
    version: int
    created_at: datetime
    updated_at: datetime


class WebhookSigningKeyRead(Output):
    """An Ed25519 key that signs webhooks: its public half."""

    id: str = Field(description="Also its `kid` in the organisation's key set.")
    public_key: str = Field(description="`whpk_` and the key in base64.")
    expires_at: datetime | None = Field(description="When it stops signing; absent for the newest.")
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
