"""What callers send and get of API keys."""

from datetime import datetime
from ipaddress import ip_network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.auth.actor import Role
from app.auth.scopes import Scope
from app.domain.people.schemas import PersonId
from app.text import Input, Instant, Name, Output, Slug, distinct, whole

Scopes = Annotated[list[Scope], distinct(len(Scope))]

_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_GROUP = "[0-9a-f]{1,4}"
_CIDR = (
    rf"^(({_BYTE}\.){{3}}{_BYTE}/(3[0-2]|[12]?[0-9])"
    rf"|(({_GROUP}:){{1,7}}:|({_GROUP}:){{7}}{_GROUP})/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$"
)


def _network(text: str) -> str:
    """A network by its first address: what callers add to the right of the prefix says nothing."""
    return str(ip_network(text, strict=False))


Network = Annotated[str, StringConstraints(pattern=_CIDR), AfterValidator(_network)]
Networks = Annotated[list[Network], distinct(20)]


class ApiKeyCreate(Input):
    """A key for a person or for a service account. Its text is shown once, in the answer."""

    name: Name
    role: Role
    scopes: Scopes = Field(min_length=1)
    person_id: PersonId | None = Field(
        default=None, description="Whose key it is; for every role but service accounts."
    )
    service_account: Slug | None = Field(default=None, description="Which service uses it; for service accounts.")
    expires_at: Instant | None = Field(default=None, description="At most 365 days ahead. Absent: it does not expire.")

    networks: Networks = Field(
        default=[], description="Networks from which it opens the door, such as 203.0.113.0/24. None: from anywhere."
    )

    @model_validator(mode="after")
    def _one_holder(self) -> Self:
        is_service = self.role is Role.SERVICE_ACCOUNT
        if is_service != (self.service_account is not None) or is_service != (self.person_id is None):
            raise ValueError("service accounts name a service_account, every other role a person_id")
        return self


class ApiKeyRotate(Input):
    """A new key in the place of another, which lives on for a while."""

    overlap_hours: Annotated[int, whole(0, 168)] = Field(default=24, description="How long the old key lives on.")


class ApiKeyRead(Output):
    """A credential, without its secret."""

    id: str
    name: str
    role: Role
    scopes: list[Scope]
    person_id: str | None
    service_account: str | None
    networks: list[str] = Field(description="From where it opens the door; none: from anywhere.")
    prefix_text: str = Field(description="The part of the key that finds it: fsk_live_<prefix>_…")
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
