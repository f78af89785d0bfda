"""Sealed texts on their way out: PostgreSQL puts a marker where one belongs, the text takes its place here.

A marker carries the envelope, the names of its place, and the wrapped key as the database holds it at that very moment.
So a read stays one statement, and a text whose key was shredded is `null` from the next read on, in every process.
Markers begin with a random text that is new in every process and never leaves it: callers cannot write one.
"""

import secrets
from typing import Any

import orjson
import sqlalchemy as sa

from app.reading.resource import Table, owner
from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL
from app.sealing.models import DataKey

MARK = "sealed_mark"
_MARK = f"sealed:{secrets.token_hex(16)}:"
_BEGIN, _END = b'"' + _MARK.encode(), b'"'


def mark() -> str:
    """How the markers of this process begin."""
    return _MARK


def marker(table: Table, place: sa.Column[Any], column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """The marker of a sealed column of `table`, stored at `place`; null where there is no text, or no key any more."""
    key = DataKey.__table__.alias()  # type: ignore[attr-defined]
    key_id: sa.ColumnElement[str] = sa.literal_column(KEY_ID_SQL.format(f"{table.name}.{place.name}"))  # type: ignore[attr-defined]
    wrapped = sa.select(key.c.wrapped).where(key.c.organisation_id == owner(table), key.c.id == key_id)
    parts: tuple[sa.ColumnElement[str], ...] = (
        sa.literal_column(f"'{place.table.name}.{place.name}.'"),
        table.c.id,
        sa.literal_column("'.'"),
        sa.func.encode(wrapped.correlate(table).scalar_subquery(), sa.literal_column("'hex'")),
        sa.literal_column("'.'"),
        sa.func.encode(column, sa.literal_column("'hex'")),
    )
    marked: sa.ColumnElement[str] = sa.bindparam(MARK, type_=sa.Text)
    for part in parts:
        marked = marked.op("||", return_type=sa.Text())(part)
    return marked


async def opened(organisation_id: str, rows: list[Any]) -> list[Any]:
    """The rows of a statement with texts for markers, in whatever column of JSON they stand."""
    return [
        tuple([await _texts(organisation_id, value) if isinstance(value, bytes) else value for value in row])
        for row in rows
    ]


async def _texts(organisation_id: str, body: bytes) -> bytes:
    before, *marked = body.split(_BEGIN)
    pieces = [before]
    for part in marked:
        marker, _, after = part.partition(_END)
        table, column, row_id, wrapped, sealed = marker.decode("ascii").split(".")
        clear = await keeping.opened(
            bytes.fromhex(sealed), bytes.fromhex(wrapped), organisation_id, table, row_id, column
        )
        pieces += orjson.dumps(clear.decode()), after
    return b"".join(pieces)
