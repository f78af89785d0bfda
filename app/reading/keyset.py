"""Where a page begins and ends: order, sort keys and cursors, as SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from app.reading.fragments import EMPTY_LIST, built, text
from app.reading.resource import Table
from app.reading.shape import Constant, Group, Page, Part, Says

INNER_PAD, OUTER_PAD = "cursor_inner_pad", "cursor_outer_pad"
_ONE: sa.ColumnElement[int] = sa.literal_column("1")
_UTF8: sa.ColumnElement[str] = sa.literal_column("'UTF8'")


def limit(listed: Page) -> sa.BindParameter[int]:
    """The size of a page."""
    return sa.bindparam(listed.limit, type_=sa.BigInteger)


def _names(listed: Page) -> tuple[str, ...]:
    return ("id",) if listed.sort == "id" else (listed.sort, "id")


def _is_falling(listed: Page) -> bool:
    return listed.descending != listed.backward


def order(listed: Page, table: Table) -> list[sa.ColumnElement[Any]]:
    """The order in which rows are walked; for a page before a cursor the other way round."""
    return [table.c[name].desc() if _is_falling(listed) else table.c[name] for name in _names(listed)]


def beyond(listed: Page, table: Table, slot: str) -> sa.ColumnElement[bool]:
    """Rows after the cursor. Its keys are bound as text and cast, so that they round-trip exactly."""

    def key(name: str, index: int) -> sa.ColumnElement[Any]:
        kind = table.c[name].type
        bound: sa.BindParameter[Any] = sa.bindparam(f"{slot}_{index}", type_=sa.Text)
        return bound if isinstance(kind, sa.Text | sa.Enum) else sa.cast(bound, kind)

    names = _names(listed)
    here: Any = sa.tuple_(*(table.c[name] for name in names)) if len(names) > 1 else table.c.id
    there: Any = sa.tuple_(*(key(name, i) for i, name in enumerate(names))) if len(names) > 1 else key("id", 0)
    return here < there if _is_falling(listed) else here > there  # type: ignore[no-any-return]


def keys(listed: Page, table: Table) -> sa.ColumnElement[str]:
    """The sort keys of a row, as JSON text."""
    return sa.cast(sa.func.json_build_array(*(table.c[name] for name in _names(listed))), sa.Text)


def place() -> sa.Over[int]:
    """The number of a row in its page, from 1: rows come in order, and nothing behind the limit turns them."""
    return sa.func.row_number().over()


def gathered(listed: Page, numbered: sa.Subquery, bodies: int) -> sa.Select[Any]:
    """The numbered rows of a page as one: the first of their `bodies` as a JSON list, the keys of its last row (the
    only one that has them) if the page has a next, the other bodies as lists.
    """
    size, number = limit(listed), numbered.c.place
    # Numbered rows come in the order of their numbers: nothing is left to sort.
    lists = [sa.func.json_agg(numbered.c[f"b{index}"]).filter(number <= size) for index in range(bodies)]
    first, *others = [sa.func.coalesce(found, EMPTY_LIST, type_=JSON) for found in lists]
    last = sa.case((sa.func.count() > size, sa.func.min(numbered.c["keys"])))
    return sa.select(first, last, *others).select_from(numbered)


def cursor(scope: sa.ColumnElement[str], key: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """The SQL twin of `pagination.seal`."""
    inner: sa.BindParameter[bytes] = sa.bindparam(INNER_PAD, type_=sa.LargeBinary)
    outer: sa.BindParameter[bytes] = sa.bindparam(OUTER_PAD, type_=sa.LargeBinary)
    message = sa.func.convert_to(scope + sa.literal_column("E'\\n'") + key, _UTF8)
    digest = sa.func.sha256(outer.op("||")(sa.func.sha256(inner.op("||")(message))))
    mac = sa.func.substr(digest, _ONE, sa.literal_column("16"))
    sealed = sa.func.encode(mac.op("||")(sa.func.convert_to(key, _UTF8)), sa.literal_column("'base64'"))
    # encode() breaks lines and pads; translate() drops what its third argument does not name.
    web_safe = sa.func.translate(sealed, sa.literal_column("E'+/=\\n'"), sa.literal_column("'-_'"))
    return sa.case((key.is_not(None), web_safe))


@dataclass(frozen=True)
class Said:
    """A list over its numbered rows (one more than the limit): its objects, and what it says of itself."""

    listed: Page
    numbered: sa.Subquery
    scope: sa.ColumnElement[str]

    def gathered(self, column: str) -> sa.ColumnElement[Any]:
        """A column of the rows that are shown, as a JSON list in the list's own order."""
        name, turned = self.numbered.name, " desc" if self.listed.backward else ""
        every = sa.func.json_agg(sa.text(f"{name}.{column} order by {name}.place{turned}"))
        return sa.func.coalesce(every.filter(self.numbered.c.place <= limit(self.listed)), EMPTY_LIST, type_=JSON)

    def value(self, item: Says | Group | Constant) -> sa.ColumnElement[Any]:
        """One fact about the list, or several under one key."""
        if isinstance(item, Constant):
            return text(item.text)
        if isinstance(item, Group):
            return built([(part.key, self.value(part)) for part in item.items])
        backward = self.listed.backward
        has_more: Any = sa.func.count() > limit(self.listed)
        has_other: Any = sa.literal_column("true" if self.listed.after else "false")
        first, last = (self._last, _ONE) if backward else (_ONE, self._last)
        facts: dict[Part, Callable[[], sa.ColumnElement[Any]]] = {
            Part.HAS_NEXT: lambda: has_other if backward else has_more,
            Part.HAS_PREVIOUS: lambda: has_more if backward else has_other,
            Part.NEXT_CURSOR: lambda: sa.case((has_more, self._cursor_at(limit(self.listed)))),
            Part.START_CURSOR: lambda: self._cursor_at(first),
            Part.END_CURSOR: lambda: self._cursor_at(last),
        }
        return facts[item.part]()

    @property
    def _last(self) -> sa.ColumnElement[int]:
        return sa.func.least(sa.func.count(), limit(self.listed))

    def _cursor_at(self, place: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
        name = self.numbered.name
        every = sa.func.array_agg(sa.text(f"{name}.keys order by {name}.place"), type_=ARRAY(sa.Text))
        return cursor(self.scope, sa.type_coerce(every, ARRAY(sa.Text))[sa.cast(place, sa.Integer)])
