"""Small pieces of SQL that make JSON. Keys come from schemas and GraphQL names, so they need no quoting."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

EMPTY_LIST: sa.ColumnElement[Any] = sa.literal_column("'[]'::json")


def as_json(row: sa.FromClause) -> sa.ColumnElement[Any]:
    """A whole row as a JSON object, its columns' labels as keys."""
    return sa.func.row_to_json(sa.literal_column(row.name), type_=JSON).label("body")  # type: ignore[attr-defined]


def built(pairs: list[tuple[str, sa.ColumnElement[Any]]]) -> sa.ColumnElement[Any]:
    """A JSON object from its members."""
    arguments: list[Any] = []
    for key, value in pairs:
        arguments += [sa.literal_column(f"'{key}'"), value]
    return sa.func.json_build_object(*arguments, type_=JSON)


def text(constant: str) -> sa.ColumnElement[str]:
    """A constant text: the name of a type."""
    return sa.literal_column(f"'{constant}'::text")
