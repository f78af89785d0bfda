"""How full the buckets are that several replicas share: worth a minute, so nothing of it survives a crash."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class QuotaLevel(SQLModel, table=True):
    """One bucket: when it will be full again, in seconds of the Unix epoch."""

    __tablename__ = "quota_level"
    __table_args__: Any = {"prefixes": ["UNLOGGED"]}

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    budget: str = Field(primary_key=True, sa_type=sa.Text)
    holder: str = Field(primary_key=True, sa_type=sa.Text)
    full_at: float = Field(sa_type=sa.Double)
