"""Credentials and who issues them: API keys, identity providers, keys of our own, and the roles that people hold."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.auth.actor import Role
from app.errors import Conflict
from app.failures import on_violation
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class TooManyKeys(Conflict):
    """This client has two live keys already. Revoke one first."""

    code = "too_many_keys"


class KeyEnded(Conflict):
    """This key has been revoked, or has expired."""

    code = "key_ended"


class IssuerTaken(Conflict):
    """Your organisation has a provider with this issuer and audience already."""

    code = "issuer_taken"


class StandingHeld(Conflict):
    """This person has a standing already. End it first."""

    code = "standing_held"


class TokenType(StrEnum):
    """What a provider's tokens say they are: access tokens (RFC 9068), or no more than that they are JWTs."""

    AT_JWT = "at_jwt"
    JWT = "jwt"


class Office(StrEnum):
    """What someone can be to the organisation beyond taking part."""

    ORGANISATION_ADMIN = Role.ORGANISATION_ADMIN.value
    COORDINATOR = Role.COORDINATOR.value
    AUDITOR = Role.AUDITOR.value


class PersonMatch(StrEnum):
    """What of a person the claim of a token names."""

    EXTERNAL_ID = "external_id"
    WORK_EMAIL = "work_email"


class ApiKey(Row, table=True):
    """A credential of a person or of a service account. Two per client may live, so that one can replace the other."""

    __tablename__ = "api_key"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        check("one_holder", "(person_id is null) <> (service_account is null)"),
        # Staff of the platform belong to no organisation: their keys name what they were opened for.
        check(
            "role_of_holder",
            "role = 'platform_admin' or (role = 'service_account') = (service_account is not null)",
        ),
        check("slot", "slot in (1, 2)"),
        unique("client", "slot", where="revoked_at is null", name="uq_api_key_client_slot"),
        unique("prefix_text", name="uq_api_key_prefix_text"),
        index("api_key_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "key"

    name: str = Field(sa_type=sa.Text)
    role: Role = Field(sa_type=text_enum(Role))
    scopes: list[str] = json_column()
    person_id: str | None = Field(default=None, sa_type=sa.Text)
    service_account: str | None = Field(default=None, sa_type=sa.Text)
    networks: list[str] = json_column(default_factory=list)
    client: str = Field(sa_type=sa.Text)
    slot: int
    prefix_text: str = Field(sa_type=sa.Text)
    secret_hash: bytes = Field(sa_type=sa.LargeBinary)
    expires_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)
    last_used_at: datetime | None = instant(default=None)

    def revoke(self, at: datetime) -> None:
        """End it for good; doing so twice changes nothing."""
        self.revoked_at = self.revoked_at or at

    def end_by(self, at: datetime) -> None:
        """Let it expire then, unless it ends before."""
        self.expires_at = min(at, self.expires_at or at)

    def has_ended(self, at: datetime) -> bool:
        """Whether it opens nothing any more."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= at)


class Credential(SQLModel, table=True):
    """To which organisation a key belongs: the one look-up that is made before the organisation is known."""

    __tablename__ = "credential"
    __table_args__: Any = {"info": {"kind": "local"}}

    prefix_text: str = Field(primary_key=True, sa_type=sa.Text)
    organisation_id: str = Field(sa_type=sa.Text)


class IdentityProvider(Row, table=True):
    """Where an organisation's people sign in: whose tokens we take, and how they name a person."""

    __tablename__ = "identity_provider"
    __table_args__ = (of_organisation(), unique("issuer", "audience", name="uq_identity_provider_issuer"))
    prefix: ClassVar[str] = "idp"

    name: str = Field(sa_type=sa.Text)
    issuer: str = Field(sa_type=sa.Text)
    audience: str = Field(sa_type=sa.Text)
    jwks_uri: str | None = Field(default=None, sa_type=sa.Text)
    algorithms: list[str] = json_column()
    token_type: TokenType = Field(default=TokenType.AT_JWT, sa_type=text_enum(TokenType))
    person_claim: str = Field(sa_type=sa.Text)
    person_match: PersonMatch = Field(sa_type=text_enum(PersonMatch))
    is_enabled: bool = True


class IssuerBinding(SQLModel, table=True):
    """To which organisation a token belongs: as `Credential`, asked before the organisation is known.

    Several may name the same issuer and audience, and none can tell: the first one has it.
    """

    __tablename__ = "issuer_binding"
    __table_args__: Any = {"info": {"kind": "local"}}

    issuer: str = Field(primary_key=True, sa_type=sa.Text)
    audience: str = Field(primary_key=True, sa_type=sa.Text)
    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    provider_id: str = Field(sa_type=sa.Text)
    bound_at: datetime = instant(default_factory=clock.now)


class Standing(Row, table=True):
    """A role that a person holds in the whole organisation; whoever has none is a participant."""

    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        unique("person_id", name="uq_standing_person"),
    )
    prefix: ClassVar[str] = "std"

    person_id: str = Field(sa_type=sa.Text)
    role: Office = Field(sa_type=text_enum(Office))


class SigningKey(SQLModel, table=True):
    """A key with which the installation signs access tokens for one period, sealed."""

    __tablename__ = "signing_key"
    __table_args__: Any = {"info": {"kind": "local"}}

    period: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sealed: bytes = Field(sa_type=sa.LargeBinary)


on_violation("uq_api_key_client_slot", TooManyKeys)
on_violation("uq_identity_provider_issuer", IssuerTaken)
on_violation("uq_standing_person", StandingHeld)
