"""CSV that spreadsheets show as text: no cell becomes a formula (RFC 4180, and what OWASP calls CSV injection)."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

# What begins a formula, in its own width or in the full width of East Asian typesetting.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001


def text(rows: Sequence[Mapping[str, Any]]) -> str:
    """A header and a line for each row; the first row says which columns there are."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(map(_cell, rows[0]))
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        # Numbers keep their sign: what is not text is no formula.
        return orjson.dumps(value).decode()
    return f"'{value}" if value.startswith(_FORMULA) else value
