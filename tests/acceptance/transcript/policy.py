"""What docs/policy.md promises, read from the page itself: who sees which object, and which of its fields."""

from functools import cache
from pathlib import Path

from tests.acceptance.transcript.cast import Principal
from tests.acceptance.transcript.company import Thing

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"
# Whom the page excepts from these tiers.
_EXCEPTED = {"personal": "auditor", "content": "auditor"}
Table = dict[str, dict[str, frozenset[str]]]


@cache
def _table(title: str) -> Table:
    """A table of the page: by its first column and its heads, the words in a cell."""
    lines = PAGE.read_text().partition(f"## {title}\n")[2].strip().partition("\n\n")[0].splitlines()
    heads, _, *rows = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines)
    return {row[0]: {head: _words(cell) for head, cell in zip(heads[1:], row[1:], strict=True)} for row in rows}


def _words(cell: str) -> frozenset[str]:
    return frozenset(word.strip("`") for word in cell.split(", ") if word != "–")


def shows(who: Principal, thing: Thing) -> bool:
    """Whether the page lets someone see a thing."""
    return _stands(who, thing, _table("Who sees which objects")[thing.kind])


def shows_field(who: Principal, thing: Thing, name: str) -> bool:
    """Whether the page lets someone who sees a thing see a field of it."""
    tiers = _table("Fields that are not open").get(thing.kind, {})
    tier = next((tier for tier, names in tiers.items() if name in names), "open")
    if tier == "confidential":
        return _stands(who, thing, _table("Confidential fields")[f"{thing.kind}: `{name}`"])
    return who.role != _EXCEPTED.get(tier)


def _stands(who: Principal, thing: Thing, row: dict[str, frozenset[str]]) -> bool:
    if who.is_elsewhere:
        return False
    words = row[who.role]
    return "all" in words or any(who.name in thing.standing.get(word, ()) for word in words)
