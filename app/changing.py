"""All new and changed rows of a transaction as one statement: one round trip, whatever the number of tables.

References among them hold, since PostgreSQL checks foreign keys when the whole statement is done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
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
# A mapped class, the values of one of its rows, and the names of those that are new.
Change = tuple[Any, Mapping[str, Any], tuple[str, ...]]


# So many rows of a table come as one array for each column: the text is then the same however many there are.
_MANY = 30


# One of each column, as of each table below, so that to be the same is to be equal: they are the key to texts.
@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
class _Target:
    """A table, its columns that are not the database's to fill, and which of them name a row."""

    name: str
    fillings: dict[str, _Filling]
    key: tuple[_Filling, ...]


@dataclass(frozen=True)
class _Insert:
    """So many new rows of a table (none: as arrays), and which columns they fill."""

    target: _Target
    count: int
    fillings: tuple[_Filling, ...]

    @property
    def width(self) -> int:
        """How many values it takes."""
        return (self.count or 1) * len(self.fillings)

    def text(self, first: int) -> str:
        """Its SQL, with the values numbered from `first`."""
        width = len(self.fillings)
        if self.count:
            rows = (", ".join(_numbered(first + row * width, width)) for row in range(self.count))
            source = "values " + ", ".join(f"({row})" for row in rows)
        else:
            source = f"select * from {_arrays(self.fillings, first)}"  # noqa: S608
        return f'insert into "{self.target.name}" ({_names(self.fillings)}) {source}'


@dataclass(frozen=True)
class _Update:
    """A changed row of a table, or many of them as arrays, and which of its columns are new."""

    target: _Target
    is_one: bool
    fillings: tuple[_Filling, ...]

    @property
    def width(self) -> int:
        """How many values it takes."""
        return len(self.given)

    @property
    def given(self) -> tuple[_Filling, ...]:
        """The columns that it takes values of: those that name a row, then those that are new."""
        return (*self.target.key, *self.fillings)

    def text(self, first: int) -> str:
        """Its SQL, with the values numbered from `first`. It answers a row for each that it changed."""
        if self.is_one:
            source, values = "", _numbered(first, self.width)
        else:
            source = f" from {_arrays(self.given, first)} as v({_names(self.given)})"
            values = [f'v."{filling.name}"' for filling in self.given]
        pairs = [f'"{filling.name}" = {value}' for filling, value in zip(self.given, values, strict=True)]
        keys = len(self.target.key)
        sets, same = ", ".join(pairs[keys:]), " and ".join(f"t.{pair}" for pair in pairs[:keys])
        return f'update "{self.target.name}" as t set {sets}{source} where {same} returning 1'  # noqa: S608


_Piece = _Update | _Insert


def statement(rows: Sequence[Row], changes: Sequence[Change] = ()) -> tuple[str, list[Any]]:
    """SQL text and values that insert `rows`, those of one table in the order in which they are given, and make
    `changes`. Where there are changes, it answers how many rows of them were there.
    """
    pieces = [*_updates(changes), *_inserts(rows)]
    return _text(tuple([piece for piece, _ in pieces])), [value for _, given in pieces for value in given]


def _updates(changes: Sequence[Change]) -> Iterator[tuple[_Piece, Iterable[Any]]]:
    for (target, names), same in groupby(sorted(changes, key=_change_order), key=_what_changes):
        found = [row for _, row, _ in same]
        update = _Update(target, len(found) == 1, tuple(target.fillings[name] for name in names))
        columns = [filling.values(found) for filling in update.given]
        yield update, ([value for (value,) in columns] if update.is_one else columns)


def _inserts(rows: Sequence[Row]) -> Iterator[tuple[_Piece, Iterable[Any]]]:
    for kind, same in groupby(sorted(rows, key=_table), key=_kind):
        target, found = _target(kind), [row for _, row in same]
        fillings = tuple(target.fillings.values())
        if len(found) > _MANY:
            given = set().union(*found)
            used = tuple(filling for filling in fillings if filling.is_needed or filling.name in given)
            yield _Insert(target, 0, used), [filling.values(found) for filling in used]
        else:
            yield _Insert(target, len(found), fillings), [value for row in found for value in _values(target, row)]


def _kind(row: Row) -> Any:
    return row[0]


def _table(row: Row) -> str:
    return str(row[0].__tablename__)


def _change_order(change: Change) -> tuple[Any, ...]:
    kind, row, names = change
    # By their ids, so that two transactions do not wait for each other.
    return kind.__tablename__, names, row.get("id", "")


def _what_changes(change: Change) -> tuple[_Target, tuple[str, ...]]:
    return _target(change[0]), change[2]


def _values(target: _Target, row: Mapping[str, Any]) -> Iterator[Any]:
    # Apart from `_Filling.values`: most statements bring a row or two, and wait for this.
    for filling in target.fillings.values():
        value = row[filling.name] if filling.name in row else filling.default()
        yield value if filling.convert is None or value is None else filling.convert(value)


@cache
def _target(kind: Any) -> _Target:
    table: sa.Table = kind.__table__
    fillings = {column.name: _filling(kind, column) for column in table.c if not _is_filled(column)}
    return _Target(table.name, fillings, tuple(fillings[column.name] for column in table.primary_key))


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


# Of which columns are changed together callers have a say, too.
@lru_cache(maxsize=2000)
def _text(pieces: tuple[_Piece, ...]) -> str:
    texts, counts, number = [], [], 1
    for place, piece in enumerate(pieces):
        texts.append(piece.text(number))
        number += piece.width
        if isinstance(piece, _Update):
            counts.append(f"(select count(*) from c{place})")  # noqa: S608
    if counts:
        texts.append(f"select {' + '.join(counts)}")
    *first, last = texts
    if not first:
        return last
    return "with " + ", ".join(f"c{place} as ({text})" for place, text in enumerate(first)) + " " + last


def _names(fillings: Sequence[_Filling]) -> str:
    return ", ".join(f'"{filling.name}"' for filling in fillings)


def _arrays(fillings: Sequence[_Filling], first: int) -> str:
    return f"unnest({', '.join(f'${number}::{filling.kind}[]' for number, filling in enumerate(fillings, first))})"


def _numbered(first: int, width: int) -> list[str]:
    return [f"${number}" for number in range(first, first + width)]
