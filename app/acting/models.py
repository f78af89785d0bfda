"""Answers that are kept so that a repeated request gets them again."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.sealing.columns import sealed_by
from app.table import index, instant, of_organisation


class IdempotencyRecord(SQLModel, table=True):
    """The answer to one request with an idempotency key, written in the transaction of its effect."""

    __tablename__ = "idempotency_record"
    __table_args__ = (of_organisation(), index("idempotency_record_created_at", "created_at"))

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    principal: str = Field(primary_key=True, sa_type=sa.Text)
    operation: str = Field(primary_key=True, sa_type=sa.Text)
    key: str = Field(primary_key=True, sa_type=sa.Text)
    request_hash: str = Field(sa_type=sa.Text)
    object_id: str = Field(sa_type=sa.Text)
    object_version: int
    # Sealed: an answer may hold a secret that is shown once.
    body: bytes = sealed_by(None)
    created_at: datetime = instant(default_factory=clock.now)
