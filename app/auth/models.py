"""API keys: who holds one, what it may do; never the secret itself."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.auth.actor import Role
from app.errors import Conflict
from app.failures import on_violation
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class TooManyKeys(Conflict):
    """This client has two live keys already. Revoke one first."""

    code = "too_many_keys"


class ApiKey(Row, table=True):
    """A credential of a person or of a service account. Two per client may live, so that one can replace the other."""

    __tablename__ = "api_key"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        check("one_holder", "(person_id is null) <> (service_account is null)"),
        # Staff of the platform belong to no organisation: their keys name what they were opened for.
        check("role_of_holder", "(role in ('service_account', 'platform_admin')) = (service_account is not null)"),
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


on_violation("uq_api_key_client_slot", TooManyKeys)


class Credential(SQLModel, table=True):
    """To which organisation a key belongs: the one look-up that is made before the organisation is known."""

    __tablename__ = "credential"
    __table_args__: Any = {"info": {"kind": "local"}}

    prefix_text: str = Field(primary_key=True, sa_type=sa.Text)
    organisation_id: str = Field(sa_type=sa.Text)
