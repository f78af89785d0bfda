"""CSV for spreadsheets."""

import csv

import pytest

from app import csv_out


def test_rows_become_lines_under_a_header() -> None:
    rows = [{"name": 'Ada "A", Doe', "progress": -3, "tags": ["a", "b"], "gone": None}]

    assert csv_out.text(rows) == 'name,progress,tags,gone\r\n"Ada ""A"", Doe",-3,"[""a"",""b""]",\r\n'


@pytest.mark.parametrize("begin", list("=+-@\t\r\n＝＋－＠"))  # noqa: RUF001
def test_no_cell_becomes_a_formula(begin: str) -> None:
    text = csv_out.text([{"note": f"{begin}1+1"}])

    assert list(csv.reader(text.splitlines(keepends=True)))[1] == [f"'{begin}1+1"]
