"""Rows as the driver answers them, made into entities: a third of what the mapper's own select of one costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.orm import Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.instrumentation import ClassManager, manager_of_class
from sqlmodel import SQLModel

Model = TypeVar("Model", bound=SQLModel)

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
# The driver's number of the type of our fractions: nothing else has to be told the type.
_FLOAT8 = 701


@dataclass(frozen=True, eq=False)
class _Shape:
    """What there is to know of a class: its columns, which of them make its identity, which need converting."""

    manager: ClassManager[Any]
    mapper: Mapper[Any]
    names: tuple[str, ...]
    key: tuple[str, ...]
    converts: tuple[tuple[str, Callable[[Any], Any]], ...]


def entity(session: Session, kind: type[Model], record: Sequence[Any], *, refresh: bool) -> Model:
    """The entity of a row, whose record begins with all columns of its table, in their order.

    What the session holds already stays as it is, or with `refresh` takes over the record, unless it has been changed.
    """
    shape = _shape(kind)
    # A record may have more columns, behind those of the table.
    values = dict(zip(shape.names, record, strict=False))
    for name, convert in shape.converts:
        values[name] = convert(values[name])
    key = shape.mapper.identity_key_from_primary_key(tuple([values[name] for name in shape.key]))
    known: Model | None = session.identity_map.get(key)
    if known is not None:
        if refresh and not instance_state(known).committed_state:
            known.__dict__.update(values)
        return known
    made: Model = shape.manager.new_instance()
    made.__dict__.update(values)
    make_transient_to_detached(made)
    session.add(made)
    return made


@cache
def _shape(kind: type[SQLModel]) -> _Shape:
    mapper: Mapper[Any] = sa.inspect(kind)
    columns = mapper.local_table.c
    processors = {
        column.name: column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, _FLOAT8) for column in columns
    }
    return _Shape(
        manager_of_class(kind),
        mapper,
        tuple(columns.keys()),
        tuple(column.name for column in mapper.primary_key),
        tuple((name, convert) for name, convert in processors.items() if convert is not None),
    )
