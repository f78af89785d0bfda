"""From a text to rows: CSV or newline-delimited JSON, with every cell as the schema of its column wants it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args

import orjson
from pydantic import ValidationError

from app.domain.imports import cells
from app.domain.imports.schemas import ImportFormat
from app.errors import DomainError, Fault, Invalid
from app.text import Input

MOST_ROWS = 10_000
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of its members; `fault` says why it cannot be read. Numbers count from 1."""

    number: int
    members: dict[str, Any]
    fault: DomainError | None = None

    def text(self, name: str) -> str | None:
        """A member that is a text."""
        value = self.members.get(name)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the rows of an import may hold: columns and their types, which must be there, which tell rows apart."""

    columns: Mapping[str, Any]
    required: tuple[str, ...]
    key: tuple[str, ...]
    most: int = MOST_ROWS

    def rows(self, text: str, form: ImportFormat) -> list[Row]:
        """Every row. Raises `Invalid` for a text that is no table, or one with other columns."""
        read = self._csv if form is ImportFormat.CSV else _ndjson
        rows: list[Row] = []
        keys: set[tuple[str, ...]] = set()
        for row in read(text.removeprefix("\ufeff")):
            if len(rows) == self.most:
                raise _unreadable("too_many_rows", f"There are at most {self.most:,} rows.")
            key = tuple(str(row.members.get(name)) for name in self.key)
            if row.fault is None and key in keys:
                rows.append(Row(row.number, {}, REPEATED))
                continue
            keys.add(key)
            rows.append(row)
        return rows

    def _csv(self, text: str) -> Iterator[Row]:
        header = text.partition("\n")[0]
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=header.count), strict=True)
        try:
            names = self._names(next(lines, []))
            filled = (line for line in lines if line)
            for number, line in enumerate(filled, 1):
                if len(line) > len(names):
                    yield Row(number, {}, _TOO_LONG)
                else:
                    named = zip(names, line, strict=False)
                    yield Row(number, {name: cells.read(self.columns[name], cell) for name, cell in named})
        except csv.Error:
            raise _unreadable("malformed_csv", f"Line {lines.line_num} of the text is no CSV (RFC 4180).") from None

    def _names(self, header: Sequence[str]) -> list[str]:
        """The columns, by a header that is right. Raises `Invalid` with all that is wrong."""
        names = [name.strip() for name in header]
        unknown = (name for name in names if name not in self.columns)
        repeated = (name for name in dict.fromkeys(names) if names.count(name) > 1)
        missing = (name for name in self.required if name not in names)
        faults = [
            *(_fault(name, "unknown_column", "is no column of this import") for name in unknown),
            *(_fault(name, "repeated_column", "stands twice") for name in repeated),
            *(_fault(name, "missing_column", "is missing") for name in missing),
        ]
        if faults:
            raise Invalid("The header row is not as it should be.", faults=tuple(faults[:50]))
        return names


def validated(schema: type[Input], members: Mapping[str, Any]) -> Any:
    """A row as `schema` understands it, checked as for a single object. Raises `Invalid`.

    What is empty clears what may be empty, and leaves all else as it is.
    """
    fields = schema.model_fields
    given = {
        name: value
        for name, value in members.items()
        if value is not None or name not in fields or NoneType in get_args(fields[name].annotation)
    }
    try:
        return schema.model_validate_json(orjson.dumps(given))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        faults = (_fault(item["loc"][0], item["type"], item["msg"].removeprefix("Value error, ")) for item in details)
        raise Invalid("The row has members that are not as they should be.", faults=tuple(faults)) from None


def _ndjson(text: str) -> Iterator[Row]:
    lines = (line for line in text.split("\n") if line.strip())
    for number, line in enumerate(lines, 1):
        try:
            members = orjson.loads(line)
        except orjson.JSONDecodeError:
            members = None
        yield Row(number, members) if isinstance(members, dict) else Row(number, {}, _NO_OBJECT)


def _fault(name: int | str, code: str, detail: str) -> Fault:
    place = str(name)[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1")
    return Fault(detail, code=code, pointer=f"/{place}")


def _unreadable(code: str, detail: str) -> Invalid:
    return Invalid(detail, faults=(Fault("cannot be read as a table", code=code, pointer="/text"),))


def _whole_row(code: str, detail: str) -> Invalid:
    return Invalid(detail, faults=(Fault(detail, code=code, pointer=""),))


REPEATED = _whole_row("repeated_row", "The same object stands in an earlier row.")
_TOO_LONG = _whole_row("too_many_cells", "The row has more cells than the header.")
_NO_OBJECT = _whole_row("malformed_row", "The line is no JSON object.")
