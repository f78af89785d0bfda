"""Writing CSV (RFC 4180), a row at a time, so that no spreadsheet takes a text for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

# Between the items of a list in one cell.
ITEMS = "|"
# What spreadsheets begin a formula with, the full-width forms of it, and what they skip before they look.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def written(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The header, then each row, as UTF-8. What a row lacks is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield _line(buffer, writer, columns)
    for row in rows:
        yield _line(buffer, writer, [cell(row.get(name)) for name in columns])


def cell(value: Any) -> str:
    """A value as a cell; a text that could pass for a formula gets an apostrophe, as spreadsheets mark text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = ITEMS.join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(buffer: io.StringIO, writer: Any, cells: Sequence[str]) -> bytes:
    writer.writerow(cells)
    line = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return line
