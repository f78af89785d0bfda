"""Importing people: who is new is added, who is known by their external id is brought up to date."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.db import Db
from app.domain.imports import chunks
from app.domain.imports.sheets import Row, Sheet, validated
from app.domain.operations.work import Work
from app.domain.people import lines
from app.domain.people.models import Person
from app.domain.people.roll import Ladder, Roll
from app.domain.people.schemas import PersonCreate, PersonUpdate
from app.reading.rows import UnknownReference

KEY, MANAGER = "external_id", "manager_external_id"
_COLUMNS = {name: item.annotation for name, item in PersonCreate.model_fields.items() if name != "manager_id"}
SHEET = Sheet({**_COLUMNS, MANAGER: str}, required=(KEY,), key=(KEY,))


async def run(work: Work) -> None:
    """Do the import."""
    await chunks.handle(work, list(_managers_first(await chunks.read(work, SHEET))), _take)


def _managers_first(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows in such an order that each manager is there before those who report to them."""
    by_key = {row.text(KEY): row for row in rows}
    seen: set[int] = set()
    for row in rows:
        line: list[Row] = []
        here: Row | None = row
        while here is not None and here.number not in seen:
            seen.add(here.number)
            line.append(here)
            here = by_key.get(manager) if (manager := here.text(MANAGER)) else None
        yield from reversed(line)


async def _take(db: Db, work: Work, rows: Sequence[Row]) -> None:
    """Add the new ones, all by one statement, then change those who are known."""
    keys = {text for row in rows for text in (row.text(KEY), row.text(MANAGER)) if text}
    roll = await Roll.call(db, keys, {text for row in rows if (text := row.text("work_email"))})
    ladder = await Ladder.of(db)
    known: list[tuple[Row, Person]] = []
    added: list[Person] = []
    for row in rows:
        if person := roll.by_external_id.get(row.text(KEY) or ""):
            known.append((row, person))
            continue
        with chunks.on_its_own(work, row):
            # Without a key nobody would be found again.
            person = roll.enter(
                validated(PersonCreate, _members(roll, row) | {KEY: row.members.get(KEY) or ""}), ladder
            )
            work.report.created += 1
            added.append(person)
    await db.flush()
    await lines.arrived(db, added)
    for row, person in known:
        with chunks.on_its_own(work, row):
            if await roll.change(work.actor, person, validated(PersonUpdate, _members(roll, row))):
                work.report.updated += 1
            else:
                work.report.unchanged += 1


def _members(roll: Roll, row: Row) -> dict[str, Any]:
    """The row with its manager's id in the place of the external one."""
    if MANAGER not in row.members:
        return dict(row.members)
    manager = roll.by_external_id.get(row.text(MANAGER) or "")
    if manager is None and row.members[MANAGER] is not None:
        raise UnknownReference(f"/{MANAGER}")
    others = {name: value for name, value in row.members.items() if name != MANAGER}
    return {**others, "manager_id": manager.id if manager else None}
