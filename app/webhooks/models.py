"""Who listens, what is due to them, and what came back."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class EndpointStatus(StrEnum):
    """Whether an endpoint gets deliveries."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class Format(StrEnum):
    """How an event is written: our own envelope, CloudEvents 1.0 with attributes in the body or in headers, or xAPI."""

    NATIVE = "native"
    CLOUDEVENTS_STRUCTURED = "cloudevents_structured"
    CLOUDEVENTS_BINARY = "cloudevents_binary"
    XAPI = "xapi"


class XapiVersion(StrEnum):
    """The versions of the Experience API that we speak."""

    V1_0_3 = "1.0.3"
    V2_0_0 = "2.0.0"


class AuthKind(StrEnum):
    """How we say who we are: with user and password (RFC 7617), or a token for our credentials (RFC 6749, 4.4)."""

    BASIC = "basic"
    CLIENT_CREDENTIALS = "client_credentials"


class Payload(StrEnum):
    """How much of the subject comes along: ids and states, or all that whoever registered the endpoint may see."""

    THIN = "thin"
    FULL = "full"


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    HELD = "held"
    DEAD = "dead"


class Recoverable(StrEnum):
    """How a delivery stands that was not accepted and will not be tried again."""

    DEAD = "dead"
    HELD = "held"


class Ordering(StrEnum):
    """What waits for what at one endpoint: nothing, what is of one subject, or everything."""

    NONE = "none"
    KEY = "key"
    STRICT = "strict"


class Breaker(StrEnum):
    """Whether an endpoint gets all that is due, nothing, or one delivery on trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Handshake(StrEnum):
    """How an address is asked whether it wants what we send."""

    NONE = "none"
    CLOUDEVENTS = "cloudevents"  # CloudEvents, HTTP 1.1 Web Hooks, section 4


class Verification(StrEnum):
    """Whether the address said that it wants what we send."""

    NONE = "none"
    PENDING = "pending"
    VERIFIED = "verified"
    FAILED = "failed"


_E, _D, _V = EndpointStatus, DeliveryStatus, Verification
ENDPOINT = Machine(
    "webhook_endpoint", {"enable": ((_E.DISABLED,), _E.ENABLED), "disable": ((_E.ENABLED,), _E.DISABLED)}
)
DELIVERY = Machine(
    "delivery",
    {
        # A held one may have been on its way.
        "deliver": ((_D.PENDING, _D.HELD), _D.DELIVERED),
        "exhaust": ((_D.PENDING,), _D.DEAD),
        "hold": ((_D.PENDING,), _D.HELD),
        "retry": ((_D.HELD, _D.DEAD, _D.DELIVERED), _D.PENDING),
    },
)
VERIFICATION = Machine(
    "verification",
    {
        "ask": (tuple(_V), _V.PENDING),
        "confirm": ((_V.PENDING,), _V.VERIFIED),
        "refuse": ((_V.PENDING,), _V.FAILED),
        "waive": ((_V.PENDING, _V.VERIFIED, _V.FAILED), _V.NONE),
    },
)
# Why an endpoint is disabled whose address has not yet said that it wants anything.
UNVERIFIED = "unverified"


class WebhookEndpoint(Row, table=True):
    """An address that wants events of some types. The lease makes it one worker's lane at a time."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        of_organisation(),
        # In the order in which lanes are taken, so that those who take a few look at a few.
        sa.Index(
            "ix_webhook_endpoint_lane",
            *(sa.text("lease_until nulls first"), "id"),
            postgresql_where=sa.text("status = 'enabled'"),
        ),
        check("rate_limit_range", "rate_limit between 1 and 1000"),
        check("max_in_flight_range", "max_in_flight between 1 and 50"),
        check("timeout_range", "timeout_seconds between 5 and 30"),
        sa.Index("ix_webhook_endpoint_asked", "lease_until", postgresql_where=sa.text("verification = 'pending'")),
    )
    prefix: ClassVar[str] = "whe"

    url: str = Field(sa_type=sa.Text)
    description: str | None = Field(default=None, sa_type=sa.Text)
    types: list[str] = json_column()
    status: EndpointStatus = Field(default=EndpointStatus.ENABLED, sa_type=text_enum(EndpointStatus))
    disabled_reason: str | None = Field(default=None, sa_type=sa.Text)
    lease_until: datetime | None = instant(default=None)
    lease_by: str | None = Field(default=None, sa_type=sa.Text)
    ordering: Ordering = Field(default=Ordering.NONE, sa_type=text_enum(Ordering))
    rate_limit: int = 50
    max_in_flight: int = 10
    timeout_seconds: int = 20
    # What webhooks/health.py and webhooks/pacing.py say, as of the last attempts.
    consecutive_failures: int = 0
    failing_since: datetime | None = instant(default=None)
    last_success_at: datetime | None = instant(default=None)
    next_attempt_at: datetime | None = instant(default=None)
    probes: int = 0
    warnings: int = 0
    effective_rate: float | None = None
    paid_until: datetime | None = instant(default=None)
    programme_ids: list[str] = json_column(default_factory=list)
    changed_fields: list[str] = json_column(default_factory=list)
    filter: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    format: Format = Field(default=Format.NATIVE, sa_type=text_enum(Format))
    payload: Payload = Field(default=Payload.THIN, sa_type=text_enum(Payload))
    transform: list[dict[str, Any]] = json_column(default_factory=list)
    header_names: list[str] = json_column(default_factory=list)
    sealed_headers: bytes | None = sealed_by(None, default=None)
    # The key that asked for full payloads, in whose name they are read.
    registered_by: str | None = Field(default=None, sa_type=sa.Text)
    asymmetric_signature: bool = False
    handshake: Handshake = Field(default=Handshake.NONE, sa_type=text_enum(Handshake))
    verification: Verification = Field(default=Verification.NONE, sa_type=text_enum(Verification))
    verification_error: str | None = Field(default=None, sa_type=sa.Text)
    allowed_per_minute: int | None = None
    # Of the format xapi alone: its version, and how we say who we are.
    xapi_version: XapiVersion | None = Field(default=None, sa_type=text_enum(XapiVersion))
    auth_kind: AuthKind | None = Field(default=None, sa_type=text_enum(AuthKind))
    sealed_auth: bytes | None = sealed_by(None, default=None)
    client_certificate_subject: str | None = Field(default=None, sa_type=sa.Text)
    client_certificate_fingerprint: str | None = Field(default=None, sa_type=sa.Text)
    client_certificate_expires_at: datetime | None = instant(default=None)
    # The certificate and its private key, as outgoing/identities.py reads them.
    sealed_identity: bytes | None = sealed_by(None, default=None)

    def enable(self) -> None:
        """Deliver again."""
        self.status, self.disabled_reason = ENDPOINT.step(self.status, "enable"), None
        self.trust()

    def trust(self) -> None:
        """Forget how it failed: what answers there now has not failed yet."""
        self.consecutive_failures = self.probes = self.warnings = 0
        self.failing_since = self.next_attempt_at = self.effective_rate = None

    def move(self, url: str) -> None:
        """Deliver there; what says who we are was meant for the address that it was given with."""
        if url != self.url:
            self.auth_kind = self.sealed_auth = None
        self.url = url
        self.trust()

    def disable(self, reason: str) -> None:
        """Hold deliveries from now on."""
        self.status, self.disabled_reason = ENDPOINT.step(self.status, "disable"), reason

    def ask(self) -> None:
        """Hold deliveries until the address has said that it wants them; a worker asks it at once."""
        self._take("ask")
        if self.status is EndpointStatus.ENABLED:
            self.disable(UNVERIFIED)

    def confirm(self, per_minute: int | None) -> None:
        """The address wants them, so many a minute if it said so."""
        self._take("confirm")
        self.allowed_per_minute = per_minute
        self._open()

    def refuse(self, error: str) -> None:
        """The address did not say that it wants them."""
        self._take("refuse")
        self.verification_error = error

    def waive(self) -> None:
        """Deliver unasked."""
        self._take("waive")
        self._open()

    def _take(self, move: str) -> None:
        self.verification = VERIFICATION.step(self.verification, move)
        self.verification_error = self.allowed_per_minute = self.lease_until = None

    def _open(self) -> None:
        if self.disabled_reason == UNVERIFIED:
            self.enable()


class Signer(Row):
    """What signs, sealed, until it expires."""

    sealed: bytes = sealed_by(None)
    expires_at: datetime | None = instant(default=None)

    def expire_at(self, at: datetime) -> None:
        """Stop signing then, unless it stops before."""
        self.expires_at = min(at, self.expires_at or at)


class WebhookSecret(Signer, table=True):
    """A signing secret. During a rotation the old one signs along until it expires."""

    __tablename__ = "webhook_secret"
    __table_args__ = (
        of_organisation(),
        belongs_to("webhook_endpoint", "endpoint_id", on_delete="CASCADE"),
        index("webhook_secret_endpoint", "endpoint_id", "id"),
    )
    prefix: ClassVar[str] = "whs"

    endpoint_id: str = Field(sa_type=sa.Text)
    # To the minute, as the worker writes it: it costs no write for each delivery.
    last_signed_at: datetime | None = instant(default=None)


class WebhookSigningKey(Signer, table=True):
    """An Ed25519 key of an organisation, its private half sealed. Rotated as secrets are."""

    __tablename__ = "webhook_signing_key"
    __table_args__ = (of_organisation(),)
    prefix: ClassVar[str] = "wsk"

    public_key: str = Field(sa_type=sa.Text)


class Delivery(Row, table=True):
    """One event on its way to one endpoint."""

    __table_args__ = (
        of_organisation(),
        belongs_to("webhook_endpoint", "endpoint_id", on_delete="CASCADE"),
        unique("event_id", "endpoint_id", name="uq_delivery_event"),
        index("delivery_endpoint", "endpoint_id", "id"),
        index("delivery_status", "endpoint_id", "status", "id"),
        index("delivery_due", "endpoint_id", "due_at", "sequence", where="status = 'pending'"),
        index(
            "delivery_order",
            *("endpoint_id", "ordering_key", "sequence"),
            where="status = 'pending' and ordering_key is not null",
        ),
    )
    prefix: ClassVar[str] = "dlv"

    endpoint_id: str = Field(sa_type=sa.Text)
    event_id: str = Field(sa_type=sa.Text)
    event_type: str = Field(sa_type=sa.Text)
    sequence: int = Field(sa_type=sa.BigInteger)
    status: DeliveryStatus = Field(default=DeliveryStatus.PENDING, sa_type=text_enum(DeliveryStatus))
    attempts: int = 0
    due_at: datetime = instant()
    # While it is on its way: if nothing came of it by then, its worker is dead.
    claimed_until: datetime | None = instant(default=None)
    delivered_at: datetime | None = instant(default=None)
    last_status: int | None = None
    last_error: str | None = Field(default=None, sa_type=sa.Text)
    # Those of one key at one endpoint go out one after another.
    ordering_key: str | None = Field(default=None, sa_type=sa.Text)

    def retry(self, at: datetime) -> None:
        """Start the schedule anew."""
        self.status = DELIVERY.step(self.status, "retry")
        self.attempts, self.due_at, self.claimed_until, self.delivered_at = 0, at, None, None


class Attempt(Row, table=True):
    """One try, and what came back. Its id tells when it was written down, and so in which month's partition it lies."""

    __table_args__ = (
        of_organisation(),
        belongs_to("delivery", "delivery_id", on_delete="CASCADE"),
        index("attempt_delivery", "delivery_id", "id"),
        index("attempt_endpoint", "endpoint_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )
    prefix: ClassVar[str] = "tri"

    delivery_id: str = Field(sa_type=sa.Text)
    # That of its delivery, which never changes: the log of an endpoint is walked without a look at each delivery.
    endpoint_id: str = Field(sa_type=sa.Text)
    number: int
    started_at: datetime = instant()
    elapsed_ms: int
    status: int | None = None
    error: str | None = Field(default=None, sa_type=sa.Text)
    address: str | None = Field(default=None, sa_type=sa.Text)
    # Without what proves who sent it, or is the endpoint's own.
    request_headers: dict[str, str] = json_column(default_factory=dict)
    response: str | None = Field(default=None, sa_type=sa.Text)
