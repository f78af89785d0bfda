"""Texts as rows, without a database."""

from typing import Any

import pytest

from app.domain.imports.enrolments import SHEET as ENROLMENTS
from app.domain.imports.people import SHEET as PEOPLE
from app.domain.imports.schemas import ImportFormat
from app.domain.imports.sheets import MOST_ROWS, Row
from tests.outcomes import refused

CSV, NDJSON = ImportFormat.CSV, ImportFormat.NDJSON


def members(text: str, form: ImportFormat = CSV) -> list[dict[str, Any]]:
    """What the rows hold."""
    return [row.members for row in PEOPLE.rows(text, form)]


def code(row: Row) -> str | None:
    """Why a row cannot be read."""
    return row.fault.faults[0].code if row.fault else None


@pytest.mark.parametrize(
    "text",
    [
        "external_id,given_name\nE-1,Ada\n",
        "external_id,given_name\r\nE-1,Ada\r\n",
        "\ufeffexternal_id;given_name\nE-1;Ada",
        '"external_id" , "given_name"\nE-1,"Ada"\n'.replace(" ", ""),
        " external_id , given_name \n E-1 , Ada \n\n",
    ],
)
def test_a_table_may_be_written_in_several_ways(text: str) -> None:
    assert members(text) == [{"external_id": "E-1", "given_name": "Ada"}]


def test_quotes_keep_what_would_part_cells() -> None:
    text = 'external_id,title,department\nE-1,"Head of ""A, B""","two\nlines"\n'

    assert members(text) == [{"external_id": "E-1", "title": 'Head of "A, B"', "department": "two\nlines"}]


def test_cells_are_what_their_columns_hold() -> None:
    text = "external_id,rank_level,languages,zone\nE-1,3,fr | en,\nE-2,three,,UTC\n"

    assert members(text) == [
        {"external_id": "E-1", "rank_level": 3, "languages": ["fr", "en"], "zone": None},
        {"external_id": "E-2", "rank_level": "three", "languages": None, "zone": "UTC"},
    ]


def test_a_formula_is_a_text_like_any_other() -> None:
    assert members("external_id,title\nE-1,=1+1\n") == [{"external_id": "E-1", "title": "=1+1"}]


def test_a_short_row_lacks_its_last_members() -> None:
    assert members("external_id,title\nE-1\n") == [{"external_id": "E-1"}]


def test_everything_that_is_wrong_with_the_header_is_said_at_once() -> None:
    with refused("invalid", "/wage", "/id~1", "/title", "/external_id"):
        PEOPLE.rows("wage,id/,title,title\n", CSV)


def test_the_role_tells_enrolments_apart() -> None:
    rows = ENROLMENTS.rows("person_external_id,role\nE-1,mentor\nE-1,mentee\nE-1,mentor\n", CSV)

    assert [code(row) for row in rows] == [None, None, "repeated_row"]


@pytest.mark.parametrize("text", ['external_id,title\nE-1,"open\n', 'external_id\nE-1\n"a"b\n'])
def test_what_is_no_csv_is_refused_as_a_whole(text: str) -> None:
    with refused("invalid", "/text"):
        PEOPLE.rows(text, CSV)


def test_an_import_has_only_so_many_rows() -> None:
    rows = "".join(f"E-{number}\n" for number in range(MOST_ROWS))

    assert len(PEOPLE.rows(f"external_id\n{rows}", CSV)) == MOST_ROWS
    with refused("invalid", "/text"):
        PEOPLE.rows(f"external_id\n{rows}E-last\n", CSV)


def test_a_row_that_cannot_be_read_is_refused_by_itself() -> None:
    rows = PEOPLE.rows("external_id\nE-1,more\nE-2\nE-2\n", CSV)

    assert [code(row) for row in rows] == ["too_many_cells", None, "repeated_row"]


def test_lines_of_json_are_rows() -> None:
    text = '{"external_id": "E-1", "rank_level": 3}\n\n[1]\n{no\n{"external_id": "E-2"}'
    rows = PEOPLE.rows(text, NDJSON)

    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [code(row) for row in rows] == [None, "malformed_row", "malformed_row", None]
    assert rows[0].members == {"external_id": "E-1", "rank_level": 3}
