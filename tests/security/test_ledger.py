"""The ledger of ASVS says nothing that does not exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEDGER = (ROOT / "docs/asvs.md").read_text()
ROWS = [line.strip("|").split("|") for line in LEDGER.splitlines() if re.match(r"\| \d", line)]


def test_every_requirement_has_one_row_and_one_state() -> None:
    ids = [cells[0].strip() for cells in ROWS]

    # Levels 1 and 2 of version 5.0.0, without V3, V6, V7 and V17.
    assert len(ids) == len(set(ids)) == 174
    assert {cells[2].strip() for cells in ROWS} <= {"held", "part", "not yet", "operator", "none"}


def test_what_holds_says_where() -> None:
    assert not [cells[0] for cells in ROWS if cells[2].strip() in ("held", "part") and not cells[3].strip()]


def test_what_is_named_exists() -> None:
    named = set(re.findall(r"`((?:tests|app|docs|openapi)/[^`]+|requirements\.lock|\.dockerignore)`", LEDGER))

    assert len(named) > 40
    assert not {path for path in named if not (ROOT / path).exists()}
