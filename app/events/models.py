"""The outbox: events written in the transaction of their cause, numbered by the relay."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.table import index, instant, json_column, of_organisation


class OutboxEvent(SQLModel, table=True):
    """One event. `position` keeps the order of writing, `sequence` the order that consumers see.

    One that is for a single endpoint, a ping or a test, stands outside that order: its number is 0.
    """

    __tablename__ = "outbox_event"
    __table_args__ = (
        of_organisation(),
        index("outbox_event_feed", "sequence", "id"),
        index("outbox_event_subject", "subject", "sequence", "id"),
        index("outbox_event_pending", "position", where="relayed_at is null"),
    )
    prefix: ClassVar[str] = "evt"

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    id: str = Field(primary_key=True, sa_type=sa.Text)
    # Taken while the subject is locked, so it rises with the subject's changes whatever the clocks say.
    position: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False)
    )
    sequence: int | None = Field(default=None, sa_type=sa.BigInteger)
    type: str = Field(sa_type=sa.Text)
    subject: str = Field(sa_type=sa.Text)
    visibility: str = Field(sa_type=sa.Text)
    actor: str | None = Field(default=None, sa_type=sa.Text)
    changed: list[str] = json_column(default_factory=list)
    data: dict[str, Any] = json_column()
    endpoint_id: str | None = Field(default=None, sa_type=sa.Text)
    occurred_at: datetime = instant(default_factory=clock.now)
    relayed_at: datetime | None = instant(default=None)
    retry_at: datetime | None = instant(default=None)
    failures: int = Field(default=0)


class EventCounter(SQLModel, table=True):
    """The last sequence number an organisation's events were given. Its lock makes relaying serial per organisation."""

    __tablename__ = "event_counter"
    __table_args__ = (of_organisation(),)

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    last_sequence: int = Field(default=0, sa_type=sa.BigInteger)


class BrokerCursor(SQLModel, table=True):
    """The last number of an organisation's events that the broker has confirmed. One worker holds the lease."""

    __tablename__ = "broker_cursor"
    __table_args__ = (of_organisation(),)

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    sequence: int = Field(default=0, sa_type=sa.BigInteger)
    lease_until: datetime = instant()
    lease_by: str | None = Field(default=None, sa_type=sa.Text)
