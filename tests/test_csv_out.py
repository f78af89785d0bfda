"""CSV that spreadsheets open without obeying it."""

import csv
import io
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest

from app.csv_out import cell, written


class Tier(StrEnum):
    """A text of ours."""

    PAIR = "pair"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_what_could_pass_for_a_formula_is_marked_as_text(first: str) -> None:
    assert cell(f"{first}1+1") == f"'{first}1+1"
    assert cell([f"{first}1", "b"]) == f"'{first}1|b"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (-0.5, "-0.5"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "2026-03-02T12:00:00+00:00"),
        (["fr", "en"], "fr|en"),
        ([], ""),
        ("1=1", "1=1"),
        (" =1", " =1"),
        (Tier.PAIR, "pair"),
    ],
)
def test_values_become_cells(value: Any, expected: str) -> None:
    assert cell(value) == expected


def test_rows_are_written_one_by_one_and_read_back() -> None:
    rows = [{"name": 'Ada "A", B', "text": "two\nlines"}, {"name": "é", "more": "left out"}]

    lines = list(written(["name", "text"], rows))

    assert lines == [b"name,text\r\n", b'"Ada ""A"", B","two\nlines"\r\n', "é,\r\n".encode()]
    read = list(csv.DictReader(io.StringIO(b"".join(lines).decode(), newline="")))
    assert read == [rows[0], {"name": "é", "text": ""}]


def test_nothing_is_read_before_it_is_asked_for() -> None:
    asked = []

    def rows() -> Any:
        for number in range(3):
            asked.append(number)
            yield {"n": number}

    lines = written(["n"], rows())

    assert (next(lines), asked) == (b"n\r\n", [])
    assert (next(lines), asked) == (b"0\r\n", [0])
