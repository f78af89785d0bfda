"""Reconciliation: a full export is held against the directory, and what would change is written down. Nothing does."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.auth.actor import Actor
from app.csv_out import ITEMS
from app.db import Db
from app.domain.imports import chunks, people, planning
from app.domain.imports.schemas import ReconciliationBegin
from app.domain.imports.sheets import REPEATED, Row, validated
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.operations.work import Work
from app.domain.people import roll
from app.domain.people.lines import ManagerCycle
from app.domain.people.models import Person
from app.domain.people.putting import KEY, MANAGER, Batch
from app.domain.people.schemas import PersonPut
from app.domain.syncs import service as syncs
from app.domain.syncs.models import DifferenceKind, SyncKind, SyncRun
from app.domain.syncs.service import Found
from app.reading import rows as loading

JOB = "people_reconciliation"
SHEET = replace(people.SHEET, most=100_000)
# Whom the HR system has named once, and who has not left.
_HELD = """
    select external_id, id, version from person
    where organisation_id = $1 and external_id is not null and employment_status <> 'inactive' order by id
"""
_NAMES = "select id, external_id from person where organisation_id = $1 and id = any($2)"


async def begin(db: Db, actor: Actor, data: ReconciliationBegin) -> Operation:
    """Compare a full export of the HR system with the directory, and change nothing.

    The text is written as for an import of people, up to 100,000 rows. The operation's `result` is the sync run: it
    counts who would be created and updated, what is unchanged or at fault, and whom the export lacks. Its `differences`
    name each member that differs, and are kept until the next reconciliation begins. To bring it about, import the same
    text; those who are lacking leave when `end-leavers` asks for it.
    """
    found = await asyncio.to_thread(SHEET.rows, data.text, data.format)
    operation = await operations.begin(
        db,
        actor,
        JOB,
        parameters={"format": data.format},
        # Those who would leave are the last step.
        total=len(found) + 1,
        work_on=data.text.encode(),
    )
    syncs.begin(db, operation, SyncKind.RECONCILIATION)
    return operation


async def run(work: Work) -> None:
    """Do the comparison."""
    rows = list(_as_imported(await chunks.read(work, SHEET)))
    if not work.report.done:
        async with work.chunk() as db:
            await syncs.forget(db)
    await chunks.handle(work, rows, _compare)
    if work.report.done == len(rows):
        await _find_leavers(work, rows)


def _as_imported(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, with a fault in each that would be refused for what other rows say."""
    holders: dict[tuple[str, str], str | None] = {}
    ringed = _in_rings({key.lower(): (row.text(MANAGER) or "").lower() for row in rows if (key := row.text(KEY))})
    for row in rows:
        key = row.text(KEY)
        names = ((name, value.lower()) for name in roll.NAMES if (value := row.text(name)))
        taken = [name for name, value in names if holders.setdefault((name, value), key) != key]
        if row.fault is None and taken:
            yield replace(row, fault=roll.taken(taken[0]))
        elif row.fault is None and (key or "").lower() in ringed:
            yield replace(row, fault=ManagerCycle())
        else:
            yield row


def _in_rings(managers: Mapping[str, str]) -> set[str]:
    """Those of an export who stand above themselves in it."""
    ringed: set[str] = set()
    seen: set[str] = set()
    for start in managers:
        line: list[str] = []
        here = start
        while here in managers and here not in seen:
            seen.add(here)
            line.append(here)
            here = managers[here]
        if here in line:
            ringed.update(line[line.index(here) :])
    return ringed


async def _compare(db: Db, work: Work, rows: Sequence[Row]) -> None:
    batch = await Batch.of(db, work.actor, [row.members for row in rows])
    under = {person.manager_id for person in batch.roll.people.values()}
    managers = dict(map(tuple, await db.fetch(_NAMES, db.organisation_id, list(under - {None}))))
    today, found = planning.today(batch.ladder.zone), list[Found]()
    for row in rows:
        with chunks.on_its_own(work, row):
            bare, on = people.parted(row)
            if on is not None and on > today:
                validated(PersonPut, bare.members)
                work.report.planned += 1
                continue
            data = people.said(batch, bare)
            outcome, differing = batch.compare(data)
            setattr(work.report, outcome, getattr(work.report, outcome) + 1)
            person = batch.roll.named(data.external_id)
            if person is None:
                found.append(Found(DifferenceKind.CREATE, data.external_id))
                continue
            before = managers.get(person.manager_id, batch.awaiting.get(person.id))
            found += _differences(person, before, differing)
    await syncs.note(db, str(work.report.result), found)


def _differences(person: Person, manager: str | None, differing: Mapping[str, Any]) -> Iterator[Found]:
    who = str(person.external_id), person.id, person.version
    for name, value in sorted(differing.items()):
        held = manager if name == MANAGER else getattr(person, name)
        yield Found(DifferenceKind.UPDATE, *who, member=name, before=_cell(held), after=_cell(value))


def _cell(value: Any) -> str | None:
    return ITEMS.join(value) if isinstance(value, list) else None if value is None else str(value)


async def _find_leavers(work: Work, rows: Sequence[Row]) -> None:
    """Name whom we hold and the export lacks, if all of its rows say whom they are about."""
    named = [row.text(KEY) for row in rows if row.fault is not REPEATED]
    async with work.chunk() as db:
        run = await loading.by_id(db, SyncRun, str(work.report.result), lock=True)
        held = await db.fetch(_HELD, db.organisation_id)
        run.held = len(held)
        if all(named):
            there = {str(key).lower() for key in named}
            leaving = [Found(DifferenceKind.LEAVE, key, *who) for key, *who in held if key.lower() not in there]
            run.leaving = len(leaving)
            await syncs.note(db, run.id, leaving)
        work.progress(len(rows) + 1)
