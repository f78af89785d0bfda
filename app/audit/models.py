"""The audit trail: who did what, to which object, and whose data they saw. Ids and names of members, never a value.

Requests may add and read, the worker may number and chain: the grants of the migration see to it.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.auth.actor import Role
from app.table import check, index, instant, json_column, of_organisation, text_enum, unique


class AuditOutcome(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"


class AuditEntry(SQLModel, table=True):
    """One act or one watched read. It has no place in the chain (`sequence`, hashes) until a worker gives it one."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        of_organisation(),
        check("chained", "(sequence is null) = (hash is null) and (sequence is null) = (prev_hash is null)"),
        unique("sequence", where="sequence is not null", name="uq_audit_entry_sequence"),
        index("audit_entry_waiting", "id", where="sequence is null"),
        index("audit_entry_actor", "actor_id", "id"),
    )
    prefix: ClassVar[str] = "aud"

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    id: str = Field(primary_key=True, sa_type=sa.Text)
    occurred_at: datetime = instant(default_factory=clock.now)
    principal: str = Field(sa_type=sa.Text)
    actor_id: str | None = Field(default=None, sa_type=sa.Text)
    role: Role = Field(sa_type=text_enum(Role))
    action: str = Field(sa_type=sa.Text)
    resource: str = Field(sa_type=sa.Text)
    object_id: str | None = Field(default=None, sa_type=sa.Text)
    objects: int = 1
    members: list[str] = json_column()
    outcome: AuditOutcome = Field(sa_type=text_enum(AuditOutcome))
    code: str | None = Field(default=None, sa_type=sa.Text)
    request_id: str | None = Field(default=None, sa_type=sa.Text)
    # Made at the insert with a key of the installation: what is changed or slipped in before the chaining shows, too.
    mac: bytes = Field(sa_type=sa.LargeBinary)
    sequence: int | None = Field(default=None, sa_type=sa.BigInteger)
    prev_hash: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    hash: bytes | None = Field(default=None, sa_type=sa.LargeBinary)


class AuditSubject(SQLModel, table=True):
    """A person whose data an entry is about. It has no reference to the entry: the entry's mac covers it."""

    __tablename__ = "audit_subject"
    __table_args__ = (of_organisation(), index("audit_subject_entry", "entry_id", "person_id"))

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    person_id: str = Field(primary_key=True, sa_type=sa.Text)
    entry_id: str = Field(primary_key=True, sa_type=sa.Text)


class AuditHead(SQLModel, table=True):
    """How far an organisation's chain had come at the end of a day, signed. Today's moves with the chain."""

    __tablename__ = "audit_head"
    __table_args__ = (of_organisation(),)

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    day: date = Field(primary_key=True)
    sequence: int = Field(sa_type=sa.BigInteger)
    hash: bytes = Field(sa_type=sa.LargeBinary)
    signature: bytes = Field(sa_type=sa.LargeBinary)
