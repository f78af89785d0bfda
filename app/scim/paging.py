"""One page of what was found: by index, or from the last row of another page on, so that pages stay stable."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from scim2_models import InvalidCursorException, SearchRequest

from app.scim.attributes import Term

NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True)
class Found:
    """How many there are, the rows of the page, and the positions of the pages behind and before it."""

    total: int
    rows: Sequence[Any] = ()
    behind: Any = None
    before: Any = None


@dataclass(frozen=True)
class Cut:
    """What a statement asks for of what was found: their number, or some rows in their order."""

    is_count: bool = False
    is_falling: bool = False
    # Whether it begins behind a row that is named, not at an index.
    is_anchored: bool = False


COUNT = Cut(is_count=True)
# The rows of a statement that is cut so, with the values of its parameters.
Ask = Callable[[Cut, dict[str, Any]], Awaitable[Sequence[Any]]]


async def page(ask: Ask, search: SearchRequest[Any], position: Any, *, is_sorted: bool) -> Found:
    """The page that a search asks for. Raises `InvalidCursorException`."""
    size = search.count
    if size == 0:
        return Found(await _total(ask))
    is_falling = search.sort_order == SearchRequest.SortOrder.descending and is_sorted
    if search.cursor is None:
        offset = search.start_index_0 or 0
        rows = await ask(Cut(is_falling=is_falling), {"size": size, "offset": offset})
        # A page that is not full is the last one: whoever looks for one person need not be counted.
        is_last = (size is None or len(rows) < size) and bool(rows or not offset)
        return Found(offset + len(rows) if is_last else await _total(ask), rows)
    total = await _total(ask)
    direction, anchor = _read(position)
    is_back = direction == PREVIOUS
    cut = Cut(is_falling=is_falling != is_back, is_anchored=anchor is not None)
    # One more, to see whether there is another page.
    rows = await ask(cut, {"size": size and size + 1, "offset": 0, **(anchor or {})})
    return _cut(total, rows, size or len(rows), is_back=is_back, is_first=anchor is None)


def statement(select: sa.Select[Any], object_id: sa.ColumnElement[str], by: Term | None, cut: Cut) -> sa.Select[Any]:
    """A select of all that is found, cut: its parameters are `size`, `offset` and the members of a position."""
    if cut.is_count:
        return sa.select(sa.func.count()).select_from(select.with_only_columns(object_id).subquery())
    key = _key(by)
    keys = (object_id,) if by is None else (key.is_(None), sa.func.coalesce(key, ""), object_id)
    select = select.add_columns(key.label("sort_key"), object_id.label("sort_id"))
    if cut.is_anchored:
        anchor = (sa.bindparam("is_none", type_=sa.Boolean), _text("key"), _text("id"))
        here = sa.tuple_(*anchor[-len(keys) :])
        select = select.where(sa.tuple_(*keys) < here if cut.is_falling else sa.tuple_(*keys) > here)
    select = select.order_by(*(key.desc() if cut.is_falling else key for key in keys))
    # The lane of the reads adds an offset of its own.
    return sa.select(select.limit(_number("size")).offset(_number("offset")).subquery())


async def _total(ask: Ask) -> int:
    ((total,),) = await ask(COUNT, {})
    return int(total)


def _cut(total: int, rows: Sequence[Any], size: int, *, is_back: bool, is_first: bool) -> Found:
    has_more, rows = len(rows) > size, rows[:size]
    if not rows:
        return Found(total)
    if is_back:
        rows = rows[::-1]
    # Whoever came from a page can go back to it.
    behind = _place(NEXT, rows[-1]) if has_more or is_back else None
    before = _place(PREVIOUS, rows[0]) if (has_more if is_back else not is_first) else None
    return Found(total, rows, behind, before)


def _key(by: Term | None) -> sa.ColumnElement[Any]:
    """What is sorted by, as text: so a cursor can hold it."""
    if by is None:
        return sa.null()
    if isinstance(by.value.type, sa.DateTime):
        return sa.func.to_char(by.value, "YYYY-MM-DD HH24:MI:SS.US")
    text = sa.cast(by.value, sa.Text)
    return text if by.is_exact else sa.func.lower(text)


def _text(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.Text)


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger)


def _place(direction: str, row: Any) -> dict[str, str | None]:
    return {"d": direction, "k": row["sort_key"], "i": row["sort_id"]}


def _read(position: Any) -> tuple[str, dict[str, Any] | None]:
    match position:
        case None:
            return NEXT, None
        case {"d": "next" | "previous" as direction, "k": str() | None as key, "i": str() as object_id}:
            return direction, {"is_none": key is None, "key": key or "", "id": object_id}
    raise InvalidCursorException
