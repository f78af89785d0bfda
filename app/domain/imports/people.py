"""Importing people: who is new is added, who is known by their external id is brought up to date."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from app.db import Db
from app.domain.imports import chunks, planning
from app.domain.imports.schemas import Effective
from app.domain.imports.sheets import Row, Sheet, validated
from app.domain.operations.work import Work
from app.domain.people.putting import KEY, MANAGER, Batch
from app.domain.people.schemas import PersonPut
from app.text import Day

EFFECTIVE = "effective_at"
_COLUMNS = {name: item.annotation for name, item in PersonPut.model_fields.items()}
SHEET = Sheet({**_COLUMNS, EFFECTIVE: Day}, required=(KEY,), key=(KEY, EFFECTIVE))


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
    batch = await Batch.of(db, work.actor, [row.members for row in rows])
    others: list[Row] = []
    for row in await _due(batch, work, rows):
        if not batch.is_plain(row.members):
            others.append(row)
            continue
        with chunks.on_its_own(work, row):
            batch.enter(said(batch, row))
            work.report.created += 1
    await db.flush()
    for row in others:
        with chunks.on_its_own(work, row):
            outcome = await batch.take(said(batch, row))
            setattr(work.report, outcome, getattr(work.report, outcome) + 1)


async def _due(batch: Batch, work: Work, rows: Sequence[Row]) -> list[Row]:
    """The rows that hold today, without their day; the others are kept as planned changes."""
    today, due = planning.today(batch.ladder.zone), []
    for row in rows:
        with chunks.on_its_own(work, row):
            bare, on = parted(row, work.parameters.get(EFFECTIVE))
            if on is None or on <= today:
                due.append(bare)
                continue
            await planning.plan(batch, validated(PersonPut, bare.members), on)
            work.report.planned += 1
    return due


def parted(row: Row, otherwise: str | None = None) -> tuple[Row, date | None]:
    """A row without its day, and the day from which it holds."""
    day = {EFFECTIVE: row.members.get(EFFECTIVE) or otherwise}
    bare = replace(row, members={name: value for name, value in row.members.items() if name != EFFECTIVE})
    return bare, validated(Effective, day).effective_at


def said(batch: Batch, row: Row) -> PersonPut:
    """What a row says of whoever it names. Raises `Invalid`."""
    # Without a key nobody would be found again.
    found: PersonPut = validated(batch.schema(row.text(KEY)), row.members | {KEY: row.members.get(KEY) or ""})
    return found
