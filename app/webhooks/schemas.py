"""What callers send and get of webhook endpoints, deliveries and attempts."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from app.domain.programmes.schemas import ProgrammeId
from app.text import Flag, Input, Instant, Line, Output, Patch, absent, distinct, reference, whole
from app.webhooks import custom_headers
from app.webhooks.catalogue import BY_TYPE, PATTERNS
from app.webhooks.credentials import LrsAuth
from app.webhooks.custom_headers import CustomHeader
from app.webhooks.models import (
    AuthKind,
    Breaker,
    DeliveryStatus,
    EndpointStatus,
    Format,
    Handshake,
    Ordering,
    Payload,
    Recoverable,
    Verification,
)
from app.webhooks.transforms import MOST_STEPS, Transformation


def _known(pattern: str) -> str:
    if pattern not in PATTERNS:
        raise ValueError("must name a type of event, a family of them or all")
    return pattern


def _emitted(name: str) -> str:
    if name not in BY_TYPE:
        raise ValueError("must name a type of event")
    return name


Pattern = Annotated[str, Field(json_schema_extra={"enum": list(PATTERNS)}), AfterValidator(_known)]
# Those of `XapiVersion`; no enumeration here, since GraphQL could not name its values.
Version = Annotated[str, StringConstraints(pattern=r"^(1\.0\.3|2\.0\.0)$")]
Patterns = Annotated[list[Pattern], distinct(100), Field(min_length=1)]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r"^https?://[!-~]+$")]
ProgrammeIds = Annotated[
    list[ProgrammeId],
    distinct(50),
    Field(description="Only events of these programmes; none: of any, and those of no programme."),
]
ChangedFields = Annotated[
    list[Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,60}$")]],
    distinct(50),
    Field(description="Only events that `changed` one of these fields; none: whatever changed."),
]
Predicate = Annotated[
    dict[str, Any] | None,
    Field(
        description="Only events whose envelope meets all of this: members by name, nested or dotted, with a value or "
        "with `$eq $neq $gt $gte $lt $lte $in $nin $startsWith $endsWith $exist`, joined by `$and $or $not`. What is "
        "missing or of another type meets nothing. At most 5 deep, 50 conditions, 4096 bytes.",
        examples=[{"data": {"mode": {"$in": ["in_person", "hybrid"]}}}],
    ),
]
Steps = Annotated[
    list[Transformation],
    Field(max_length=MOST_STEPS, description="What is done to `data` before it is signed, one after the other."),
]
Headers = Annotated[
    list[CustomHeader],
    AfterValidator(custom_headers.different),
    Field(
        max_length=custom_headers.MOST,
        description="Sent along with every delivery. Kept sealed: only their names are shown.",
    ),
]
FormatChoice = Annotated[
    Format,
    Field(
        description="Our own envelope, CloudEvents 1.0 in structured or binary mode, or `xapi`: statements for the LRS "
        "whose base `url` is, of the types of events that make some. All are signed alike."
    ),
]
PayloadChoice = Annotated[
    Payload,
    Field(
        description="`full` adds the subject as `data.object`, read when it is sent, in the name of the API key that "
        "last changed the endpoint; while that may not see it, nothing is added. Takes the scope events:full."
    ),
]

Pem = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[\t\n\r -~]+$")]


class ClientCertificate(Input):
    """Who we are to a receiver that asks in the TLS handshake (mTLS). The private key is not shown again."""

    certificate: Pem = Field(description="The certificate in PEM, then those that lead from it to its root.")
    private_key: Pem = Field(description="Its private key in PEM, without a passphrase. Kept sealed.")


EndpointId = Annotated[str, reference("whe")]
_IDENTITY = "Shown to a receiver that asks for it in the TLS handshake; `null`: none."
_ORDERING = "What waits for what: nothing, later events of the same subject, or all later events."
_RATE = "Most requests a second. An endpoint that answers 429, 502, 503 or 504 gets fewer for a while."
_IN_FLIGHT = "Most requests at a time. At first it is two; each one accepted makes room for one more."
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
    programme_ids: ProgrammeIds = Field(default=[])
    changed_fields: ChangedFields = Field(default=[])
    filter: Predicate = None
    format: FormatChoice = Format.NATIVE
    payload: PayloadChoice = Payload.THIN
    transform: Steps = Field(default=[])
    headers: Headers = Field(default=[])
    asymmetric_signature: Flag = Field(
        default=False, description="Sign with the organisation's Ed25519 key (`v1a`) besides the secret (`v1`)."
    )
    handshake: Handshake = Field(
        default=Handshake.NONE,
        description="Ask the address first whether it wants what we send; until it says so, deliveries are held.",
    )
    xapi_version: Version | None = Field(
        default=None, description="Of the format xapi alone; 1.0.3 if nothing is said."
    )
    auth: LrsAuth | None = Field(
        default=None,
        description="Of the format xapi, which needs it. Not shown again; to be sent again with another `url`.",
    )
    client_certificate: ClientCertificate | None = Field(default=None, description=_IDENTITY)


class WebhookEndpointUpdate(Patch):
    """Changes to an endpoint."""

    url: Url = absent()
    types: Patterns = absent()
    description: Line | None = None
    ordering: Ordering = absent()
    rate_limit: RateLimit = absent()
    max_in_flight: MaxInFlight = absent()
    timeout_seconds: TimeoutSeconds = absent()
    programme_ids: ProgrammeIds = absent()
    changed_fields: ChangedFields = absent()
    filter: Predicate = None
    format: FormatChoice = absent()
    payload: PayloadChoice = absent()
    transform: Steps = absent()
    headers: Headers = absent()
    asymmetric_signature: Flag = absent()
    handshake: Handshake = absent()
    xapi_version: Version = absent()
    auth: LrsAuth = absent()
    client_certificate: ClientCertificate | None = Field(default=None, description=_IDENTITY)


class WebhookSecretRotate(Input):
    """A new signing secret; the old one signs along for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(default=24, description="How long the old secret signs along.")


class WebhookSigningKeyRotate(Input):
    """A new Ed25519 key; those before sign along for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(
        default=24, description="How long the keys before sign along and stay published."
    )


class WebhookEndpointTest(Input):
    """Which type of event to try."""

    type: Annotated[str, Field(json_schema_extra={"enum": sorted(BY_TYPE)}), AfterValidator(_emitted)]


class WebhookEndpointReplay(Input):
    """Which deliveries to send again."""

    since: Instant = Field(description="Those that were made at or after this; no further back than they are kept.")
    until: Instant | None = Field(default=None, description="And before this. Absent: up to now.")
    types: Patterns | None = Field(default=None, description="Only events of these types. Absent: of all.")


class WebhookEndpointRecover(WebhookEndpointReplay):
    """Which deliveries to send again, of those that were not accepted."""

    states: Annotated[list[Recoverable], distinct(2), Field(min_length=1)] = Field(
        default=list(Recoverable), description="`dead`: given up. `held`: due while the endpoint was disabled."
    )


class PortalTokenIssue(Input):
    """For how long a token is to be good, and for what."""

    minutes: Annotated[int, whole(1, 60)] = Field(default=15, description="After so many minutes it ends.")
    endpoint_id: EndpointId | None = Field(default=None, description="The one endpoint it is for; absent: all of them.")


class WebhookEndpointRead(Output):
    """An address that wants events, without its secret."""

    id: str
    url: str
    description: str | None
    types: list[str]
    programme_ids: list[str]
    changed_fields: list[str]
    filter: dict[str, Any] | None
    format: Format
    payload: Payload
    transform: list[Transformation]
    header_names: list[str] = Field(description="The headers of its own; their values are not shown.")
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
    asymmetric_signature: bool
    handshake: Handshake
    verification: Verification
    verification_error: str | None = Field(description="Why the handshake failed.")
    allowed_per_minute: int | None = Field(description="How many requests a minute the handshake allowed.")
    xapi_version: str | None
    auth_kind: AuthKind | None = Field(description="How we say who we are; nothing else of `auth` is shown.")
    client_certificate_subject: str | None = Field(description="Whom the client certificate names (RFC 4514).")
    client_certificate_fingerprint: str | None = Field(description="SHA-256 over the certificate, in hexadecimal.")
    client_certificate_expires_at: datetime | None
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
    endpoint_id: str
    number: int
    started_at: datetime
    elapsed_ms: int
    status: int | None = Field(description="HTTP status; absent when no answer came.")
    error: str | None = Field(description="Why no answer came, or why it did not count.")
    address: str | None = Field(description="The IP address that was dialled.")
    request_headers: dict[str, Any] = Field(
        description="What was sent along; `***` for the signature and for headers of your own."
    )
    response: str | None = Field(description="The first 16 kB of the answer.")
    version: int
    created_at: datetime
    updated_at: datetime
