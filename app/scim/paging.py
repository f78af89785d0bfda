"""One page of what was found: by index, or from the last row of another page on, so that pages stay stable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from scim2_models import InvalidCursorException, SearchRequest

from app.db import Db
from app.scim.attributes import Term

NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True)
class Found:
    """How many there are, the rows of the page, and the positions of the pages behind and before it."""

    total: int
    rows: Sequence[sa.Row[Any]] = ()
    behind: Any = None
    before: Any = None


async def page(
    db: Db,
    select: sa.Select[Any],
    object_id: sa.ColumnElement[str],
    by: Term | None,
    search: SearchRequest[Any],
    position: Any,
) -> Found:
    """The page that a search asks for. Raises `InvalidCursorException`."""
    count = sa.select(sa.func.count()).select_from(select.with_only_columns(object_id).subquery())
    size = search.count or 0
    if not size:
        return Found(await db.scalar(count) or 0)
    key = _key(by)
    keys = (object_id,) if by is None else (key.is_(None), sa.func.coalesce(key, ""), object_id)
    select = select.add_columns(key.label("sort_key"), object_id.label("sort_id"))
    is_falling = search.sort_order == SearchRequest.SortOrder.descending and by is not None
    if search.cursor is None:
        offset = search.start_index_0 or 0
        rows = (await db.execute(_in_order(select, keys, is_falling).offset(offset).limit(size))).all()
        # A page that is not full is the last one: whoever looks for one person need not be counted.
        is_last = 0 < len(rows) < size or not (rows or offset)
        return Found(offset + len(rows) if is_last else await db.scalar(count) or 0, rows)
    total = await db.scalar(count) or 0
    direction, anchor = _read(position)
    is_back = direction == PREVIOUS
    if anchor is not None:
        here = sa.tuple_(*(sa.literal(value) for value in anchor[-len(keys) :]))
        select = select.where(sa.tuple_(*keys) < here if is_falling != is_back else sa.tuple_(*keys) > here)
    # One more, to see whether there is another page.
    rows = (await db.execute(_in_order(select, keys, is_falling != is_back).limit(size + 1))).all()
    return _cut(total, rows, size, is_back=is_back, is_first=anchor is None)


def _cut(total: int, rows: Sequence[sa.Row[Any]], size: int, *, is_back: bool, is_first: bool) -> Found:
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


def _in_order(select: sa.Select[Any], keys: tuple[sa.ColumnElement[Any], ...], is_falling: bool) -> sa.Select[Any]:
    return select.order_by(*(key.desc() if is_falling else key for key in keys))


def _place(direction: str, row: sa.Row[Any]) -> dict[str, str | None]:
    return {"d": direction, "k": row.sort_key, "i": row.sort_id}


def _read(position: Any) -> tuple[str, tuple[bool, str, str] | None]:
    match position:
        case None:
            return NEXT, None
        case {"d": "next" | "previous" as direction, "k": str() | None as key, "i": str() as object_id}:
            return direction, (key is None, key or "", object_id)
    raise InvalidCursorException
