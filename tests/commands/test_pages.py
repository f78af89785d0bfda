"""The pages of docs/ that are made from the code."""

from pathlib import Path

import pytest

from app.commands import pages
from tests.commanding import Command

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize("name", pages.pages())
def test_a_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages.pages()[name], "make contract"


def test_every_move_of_every_machine_is_drawn() -> None:
    page = pages.pages()["states.md"]

    for machine in pages.MACHINES:
        for move in machine.moves.values():
            assert all(f"{source.value} --> {move.target.value}: {move.name}" in page for source in move.sources)


def test_the_command_writes_contract_and_pages(flipside: Command, tmp_path: Path) -> None:
    said = flipside("contract", "--root", str(tmp_path))

    assert said.code == 0
    assert (tmp_path / "openapi" / "openapi.json").is_file()
    assert (tmp_path / "docs" / "states.md").read_text(encoding="utf-8") == pages.pages()["states.md"]
