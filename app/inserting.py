"""All new rows of a transaction as one statement: one round trip, whatever the number of tables.

References among the new rows hold, since PostgreSQL checks foreign keys when the whole statement is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa
from pydantic.fields import FieldInfo
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

Convert = Callable[[Any], Any]


def json_text(value: Any) -> str:
    """A JSON column's value as the driver takes it."""
    return orjson.dumps(value).decode()


_DIALECT = asyncpg_dialect(json_serializer=json_text)  # type: ignore[no-untyped-call]
# A mapped class and the values of one of its rows; what is missing gets the class's default.
Row = tuple[Any, Mapping[str, Any]]


# So many rows of a table come as one array for each column: the text is then the same however many there are.
_MANY = 30


@dataclass(frozen=True)
class _Filling:
    """A column: what makes a value of it one for the driver, and what stands where there is none."""

    name: str
    convert: Convert | None
    default: Callable[[], Any]
    kind: str
    # Whether leaving it out of a statement would put something else there.
    is_needed: bool

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Its values in some rows."""
        found = [row[self.name] if self.name in row else self.default() for row in rows]
        convert = self.convert
        return found if convert is None else [None if value is None else convert(value) for value in found]


# One of each class, so that to be the same is to be equal: it is a key to texts with every statement.
@dataclass(frozen=True, eq=False)
class _Target:
    """A table, and its columns that are not the database's to fill."""

    name: str
    fillings: tuple[_Filling, ...]


# A table, how many of its rows one by one (none: as arrays), and which columns.
_Group = tuple[_Target, int, tuple[_Filling, ...]]


def statement(rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """SQL text and values that insert `rows`, those of one table in the order in which they are given."""
    groups: list[_Group] = []
    values: list[Any] = []
    for kind, same in groupby(sorted(rows, key=_table), key=_kind):
        target, found = _target(kind), [row for _, row in same]
        if len(found) > _MANY:
            given = set().union(*found)
            used = tuple(filling for filling in target.fillings if filling.is_needed or filling.name in given)
            groups.append((target, 0, used))
            values += [filling.values(found) for filling in used]
        else:
            groups.append((target, len(found), target.fillings))
            values += [value for row in found for value in _values(target, row)]
    return _text(tuple(groups)), values


def _kind(row: Row) -> Any:
    return row[0]


def _table(row: Row) -> str:
    return str(row[0].__tablename__)


def _values(target: _Target, row: Mapping[str, Any]) -> Iterator[Any]:
    # Apart from `_Filling.values`: most statements bring a row or two, and wait for this.
    for filling in target.fillings:
        value = row[filling.name] if filling.name in row else filling.default()
        yield value if filling.convert is None or value is None else filling.convert(value)


@cache
def _target(kind: Any) -> _Target:
    table: sa.Table = kind.__table__
    return _Target(table.name, tuple(_filling(kind, column) for column in table.c if not _is_filled(column)))


def _is_filled(column: sa.Column[Any]) -> bool:
    """Whether the database fills a column, whatever is said of it."""
    return column.identity is not None or column.computed is not None


def _filling(kind: Any, column: sa.Column[Any]) -> _Filling:
    field = kind.model_fields[column.name]
    convert = column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    is_needed = (
        field.default_factory is not None or field.get_default() is not None or column.server_default is not None
    )
    return _Filling(column.name, convert, _default(field), column.type.compile(dialect=_DIALECT), is_needed)


def _default(field: FieldInfo) -> Callable[[], Any]:
    # Asked of pydantic each time, a default inspects the signature of what makes it: dearer than the rest of its row.
    if field.default_factory is not None:
        return field.default_factory  # type: ignore[return-value]
    value = field.get_default()
    return lambda: value


@cache
def _text(groups: tuple[_Group, ...]) -> str:
    inserts, number = [], 0
    for target, count, fillings in groups:
        names = ", ".join(f'"{filling.name}"' for filling in fillings)
        if count:
            tuples = []
            for _ in range(count):
                tuples.append(f"({', '.join(f'${number + index + 1}' for index in range(len(fillings)))})")
                number += len(fillings)
            source = f"values {', '.join(tuples)}"
        else:
            arrays = (f"${number + index}::{filling.kind}[]" for index, filling in enumerate(fillings, 1))
            source = f"select * from unnest({', '.join(arrays)})"  # noqa: S608
            number += len(fillings)
        inserts.append(f'insert into "{target.name}" ({names}) {source}')
    *first, last = inserts
    if not first:
        return last
    return "with " + ", ".join(f"i{index} as ({insert})" for index, insert in enumerate(first)) + " " + last
