"""The data keys of organisations and people, wrapped."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.table import check, instant, of_organisation, unique

# The owner of an organisation's own keys.
ORGANISATION = ""


class DataKey(SQLModel, table=True):
    """One generation of someone's data key. Shredded, its bytes are gone and only the fact is left."""

    __tablename__ = "data_key"
    __table_args__ = (
        of_organisation(),
        unique("owner", "generation"),
        check("shredded", "(wrapped is null) = (shredded_at is not null)"),
    )
    prefix: ClassVar[str] = "dky"

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    id: str = Field(primary_key=True, sa_type=sa.Text)
    owner: str = Field(default=ORGANISATION, sa_type=sa.Text)
    generation: int = 1
    wrapped: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    kek_id: str | None = Field(default=None, sa_type=sa.Text)
    created_at: datetime = instant(default_factory=clock.now)
    shredded_at: datetime | None = instant(default=None)
