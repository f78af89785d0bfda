"""All new rows of a transaction as one statement: one round trip, whatever the number of tables.

References among the new rows hold, since PostgreSQL checks foreign keys when the whole statement is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from pydantic.fields import FieldInfo
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
Convert = Callable[[Any], Any]
# A mapped class and the values of one of its rows; what is missing gets the class's default.
Row = tuple[Any, Mapping[str, Any]]


# One of each class, so that to be the same is to be equal: it is a key to texts with every statement.
@dataclass(frozen=True, eq=False)
class _Target:
    """A table, its columns that are not the database's to fill, and how their values go to the driver."""

    name: str
    columns: tuple[str, ...]
    # Of each column: its name, what makes a value of it one for the driver, and what stands where there is none.
    fillings: tuple[tuple[str, Convert | None, Callable[[], Any]], ...]


def statement(rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """SQL text and values that insert `rows`, those of one table in the order in which they are given."""
    groups = [
        (_target(kind), [values for _, values in same]) for kind, same in groupby(sorted(rows, key=_table), key=_kind)
    ]
    values = [value for target, same in groups for row in same for value in _values(target, row)]
    return _text(tuple((target, len(same)) for target, same in groups)), values


def _kind(row: Row) -> Any:
    return row[0]


def _table(row: Row) -> str:
    return str(row[0].__tablename__)


def _values(target: _Target, row: Mapping[str, Any]) -> Iterator[Any]:
    for name, convert, default in target.fillings:
        value = row[name] if name in row else default()
        yield value if convert is None or value is None else convert(value)


@cache
def _target(kind: Any) -> _Target:
    table: sa.Table = kind.__table__
    columns = [column for column in table.c if column.identity is None]
    converters = [column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for column in columns]
    names = tuple(column.name for column in columns)
    defaults = [_default(kind.model_fields[name]) for name in names]
    return _Target(table.name, names, tuple(zip(names, converters, defaults, strict=True)))


def _default(field: FieldInfo) -> Callable[[], Any]:
    # Asked of pydantic each time, a default inspects the signature of what makes it: dearer than the rest of its row.
    return field.default_factory or partial(field.get_default)  # type: ignore[return-value]


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
