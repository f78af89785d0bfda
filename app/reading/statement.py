"""A select, compiled once for the driver: text, and the values it takes by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from app import config, pagination
from app.reading import opening
from app.reading.keyset import INNER_PAD, OUTER_PAD
from app.reading.resource import BASE_URL

_DIALECT = asyncpg_dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text, the names of its values in their order, and those that every request shares.

    The last `witnesses` columns are not for the caller: they say whose data the others show (witness.py).
    """

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]
    witnesses: int = 0

    @classmethod
    def of(cls, select: sa.Select[Any], witnesses: int = 0) -> "Statement":
        """Compile a select. Its parameters must be known by number: `in_` with a list is not."""
        compiled: Any = select.compile(dialect=_DIALECT)
        names = tuple(compiled.positiontup or ())
        constants = {
            name: _for_driver(bind) for name, bind in compiled.binds.items() if name in names and not bind.required
        }
        if INNER_PAD in names:
            constants[INNER_PAD], constants[OUTER_PAD] = pagination.pads()
        if opening.MARK in names:
            constants[opening.MARK] = opening.mark()
        if BASE_URL.key in names:
            constants[BASE_URL.key] = config.settings().base_url
        return cls(compiled.string, names, constants, witnesses)

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values in the statement's order."""
        known = {**self.constants, **values}
        return tuple([known[name] for name in self.names])

    @property
    def is_sealed(self) -> bool:
        """Whether its answers hold markers of sealed texts."""
        return opening.MARK in self.constants


def _for_driver(bind: sa.BindParameter[Any]) -> Any:
    process = bind.type.bind_processor(_DIALECT)
    return process(bind.value) if process else bind.value
