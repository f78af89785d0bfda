"""All new rows of a transaction as one statement: one round trip, whatever the number of tables.

References among the new rows hold, since PostgreSQL checks foreign keys when the whole statement is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Target:
    """A table, its columns that are not the database's to fill, and how their values go to the driver."""

    name: str
    columns: tuple[str, ...]
    converters: tuple[Convert | None, ...]


def statement(rows: Sequence[Any]) -> tuple[str, list[Any]]:
    """SQL text and values that insert `rows`, mapped objects in the order in which they were added."""
    groups = [(_target(kind), list(same)) for kind, same in groupby(sorted(rows, key=_table_name), key=type)]
    values = [
        value if convert is None or value is None else convert(value)
        for target, same in groups
        for row in same
        for value, convert in zip(map(row.__dict__.get, target.columns), target.converters, strict=True)
    ]
    return _text(tuple((target, len(same)) for target, same in groups)), values


def _table_name(row: Any) -> str:
    return str(row.__tablename__)


@cache
def _target(kind: type) -> _Target:
    table: sa.Table = kind.__table__  # type: ignore[attr-defined]
    columns = [column for column in table.c if column.identity is None]
    converters = [column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for column in columns]
    return _Target(kind.__tablename__, tuple(column.name for column in columns), tuple(converters))  # type: ignore[attr-defined]


@cache
def _text(groups: tuple[tuple[_Target, int], ...]) -> str:
    inserts, number = [], 0
    for target, count in groups:
        tuples = []
        for _ in range(count):
            tuples.append(f"({', '.join(f'${number + index + 1}' for index in range(len(target.columns)))})")
            number += len(target.columns)
        names = ", ".join(f'"{name}"' for name in target.columns)
        inserts.append(f'insert into "{target.name}" ({names}) values {", ".join(tuples)}')  # noqa: S608
    *first, last = inserts
    if not first:
        return last
    return "with " + ", ".join(f"i{index} as ({insert})" for index, insert in enumerate(first)) + " " + last
