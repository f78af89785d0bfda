"""Taking an import in: what is wrong with all of it is said at once, the rows are left to a worker."""

import asyncio

from app.auth import policy
from app.auth.actor import Actor
from app.db import Db
from app.domain.imports import enrolments, people
from app.domain.imports.schemas import ImportBegin, ImportKind
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.programmes.resource import PROGRAMMES
from app.domain.syncs import service as syncs
from app.domain.syncs.models import SyncKind
from app.errors import Forbidden
from app.reading import rows

_SHEETS = {ImportKind.PEOPLE: people.SHEET, ImportKind.ENROLMENTS: enrolments.SHEET}


async def begin(db: Db, actor: Actor, data: ImportBegin) -> Operation:
    """Import people, or enrolments into a programme, from CSV or newline-delimited JSON.

    Rows are created or brought up to date: people by their `external_id`, enrolments by person and role. A row that is
    at fault is refused by itself and named in the operation; importing the same text again changes nothing. An empty
    cell clears what may be empty. Columns are named as in the API; `manager_external_id` names a manager, in any order
    of the rows, and `person_external_id` or `person_work_email` who joins. In CSV `|` parts the items of a list;
    levels, weights and traits are written `python=4|music=2`, hours `monday 09:00-11:30|friday 14:00-24:00`. What a row
    says of these replaces what was there. What is said of people from a later day on (`effective_at`) is kept as a
    planned change until then.
    """
    if data.programme_id is not None:
        await rows.refer(db, actor, PROGRAMMES, data.programme_id, "invite_enrolment", pointer="/programme_id")
    elif not (policy.actors("create_person", actor.role) and policy.actors("update_person", actor.role)):
        raise Forbidden("Your role does not allow importing people.")
    # In a thread: a large text takes a moment, for which nobody else should wait.
    found = await asyncio.to_thread(_SHEETS[data.kind].rows, data.text, data.format)
    operation = await operations.begin(
        db,
        actor,
        f"{data.kind}_import",
        parameters={
            "format": data.format,
            "programme_id": data.programme_id,
            "effective_at": data.effective_at and data.effective_at.isoformat(),
        },
        subject_ids=[data.programme_id] if data.programme_id else [],
        total=len(found),
        dry_run=data.dry_run,
        work_on=data.text.encode(),
    )
    if data.kind is ImportKind.PEOPLE:
        syncs.begin(db, operation, SyncKind.IMPORT)
    return operation
