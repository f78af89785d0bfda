"""What every table of an organisation has in common: keys that lead with the organisation, version, times.

No triggers, no keys or references without `organisation_id`: the schema spreads over a distributed
engine unchanged, and tests/security/test_grants.py holds every table to it.
"""

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app import clock

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata
Instant = sa.DateTime(timezone=True)


class Row(SQLModel):
    """A row that belongs to one organisation and carries a version."""

    organisation_id: str = Field(primary_key=True, max_length=30, sa_type=sa.Text)
    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(default=1)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant)
    updated_at: datetime = Field(default_factory=clock.now, sa_type=Instant)

    prefix: ClassVar[str]


def belongs_to(table: str, column: str, *, on_delete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    """A reference inside one organisation."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"], ondelete=on_delete
    )


def of_organisation() -> sa.ForeignKeyConstraint:
    """The reference of every row to its organisation."""
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"])


def unique(*columns: str, where: str | None = None, name: str | None = None) -> sa.Index:
    """A key inside one organisation, partial when `where` is given."""
    return sa.Index(
        name or "uq_" + "_".join(columns),
        "organisation_id",
        *columns,
        unique=True,
        postgresql_where=None if where is None else sa.text(where),
    )


def index(name: str, *columns: str, where: str | None = None) -> sa.Index:
    """An index that leads with the organisation, as row-level security needs it to stay ordered."""
    return sa.Index(
        f"ix_{name}", "organisation_id", *columns, postgresql_where=None if where is None else sa.text(where)
    )


def check(name: str, condition: str) -> sa.CheckConstraint:
    """A rule on one row."""
    return sa.CheckConstraint(condition, name=name)


def text_enum(enum: type[Enum]) -> Any:
    """A column type that stores an enum's values as text, checked by the database."""
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=enum.__name__.lower(),
        values_callable=lambda kind: [item.value for item in kind],
    )


def json_column(**options: Any) -> Any:
    """A column of plain JSON values."""
    return Field(sa_type=JSONB, **options)


def instant(**options: Any) -> Any:
    """An instant, stored in UTC."""
    return Field(sa_type=Instant, **options)
