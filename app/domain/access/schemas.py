"""What callers send and get of API keys."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.auth.actor import Role
from app.auth.scopes import Scope
from app.domain.people.schemas import PersonId
from app.text import Input, Instant, Name, Output, Slug, distinct

Scopes = Annotated[list[Scope], distinct(len(Scope))]


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

    @model_validator(mode="after")
    def _one_holder(self) -> Self:
        is_service = self.role is Role.SERVICE_ACCOUNT
        if is_service != (self.service_account is not None) or is_service != (self.person_id is None):
            raise ValueError("service accounts name a service_account, every other role a person_id")
        return self


class ApiKeyRead(Output):
    """A credential, without its secret."""

    id: str
    name: str
    role: Role
    scopes: list[Scope]
    person_id: str | None
    service_account: str | None
    prefix_text: str = Field(description="The part of the key that finds it: fsk_live_<prefix>_…")
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
