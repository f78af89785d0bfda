"""`flipside hris diff`: what an operator reads of an export before it changes anything."""

from pathlib import Path

import pytest

from app.config import Settings
from tests.commanding import Choose, Command
from tests.commands.test_keys import found


@pytest.fixture(autouse=True)
def operating(choose: Choose, address: str) -> Settings:
    """An operator at the command line, over the database of the test run."""
    return choose(database_url=address)


def test_what_an_export_would_change_is_printed(flipside: Command, tmp_path: Path) -> None:
    organisation_id, _, _ = found(flipside)
    export = tmp_path / "export.csv"
    export.write_text("external_id,given_name,family_name,rank_level\nE-1,Ada,Lovelace,3\nE-2,Alan,Turing,99\n")

    said = flipside("hris", "diff", str(export), "--organisation", organisation_id)

    first, counts, fault, *table = said.out.splitlines()
    assert (said.code, first.split()[1]) == (0, "succeeded")
    assert counts == "created 1, updated 0, leaving 0, unchanged 0, planned 0, refused 1"
    assert fault == "row 2 /rank_level unknown_rank: is no level of the rank ladder"
    assert any(line.split() == ["E-1", "create"] for line in table)


@pytest.mark.parametrize("content", [None, b"\xff", b" " * (10 * 1024 * 1024 + 1)], ids=["none", "no text", "large"])
def test_a_file_that_cannot_be_compared_is_refused(flipside: Command, tmp_path: Path, content: bytes | None) -> None:
    organisation_id, _, _ = found(flipside)
    export = tmp_path / "export.jsonl"
    if content is not None:
        export.write_bytes(content)

    said = flipside("hris", "diff", str(export), "--organisation", organisation_id)

    assert (said.code, said.err.partition(" ")[2].startswith("The file")) == (1, True)
