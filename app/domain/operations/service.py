"""Beginning operations and bringing them to an end; the work itself is done by workers."""

from collections.abc import Sequence
from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.operations import inputs
from app.domain.operations.events import ENDS
from app.domain.operations.models import Operation
from app.domain.operations.resource import OPERATIONS
from app.events import outbox
from app.reading import rows


async def begin(
    db: Db,
    actor: Actor,
    kind: str,
    *,
    parameters: dict[str, Any] | None = None,
    subject_ids: Sequence[str] = (),
    total: int | None = None,
    dry_run: bool = False,
    work_on: bytes | None = None,
) -> Operation:
    """Queue an operation in the caller's name; `work_on` is kept sealed until it ends.

    `kind` names a job of `app/workers/jobs.py`; `parameters` may hold ids and options, nothing that a person wrote.
    """
    operation = Operation(
        organisation_id=db.organisation_id,
        id=ids.new(Operation.prefix),
        kind=kind,
        dry_run=dry_run,
        subject_ids=list(subject_ids),
        parameters=parameters or {},
        total=total,
        requested_by=actor.id,
        principal=actor.principal,
        role=actor.role,
        scopes=sorted(actor.scopes),
        person_id=actor.person_id,
    )
    db.add(operation)
    if work_on is not None:
        await inputs.keep(db, operation.id, work_on)
    return operation


async def end(db: Db, operation: Operation, move: str) -> None:
    """Bring an operation to an end: `succeed`, `fail` or `cancel`. Raises `IllegalMove`."""
    operation.finish(move, clock.now())
    await inputs.forget(db, operation.id)
    outbox.record(db, ENDS[move].of(operation), changed=("status",))


async def cancel(db: Db, actor: Actor, operation_id: str) -> Operation:
    """Stop an operation. One that runs stops after the chunk that it is in; what it has done stays done."""
    operation: Operation = await rows.get(db, actor, OPERATIONS, operation_id, "cancel_operation")
    await end(db, operation, "cancel")
    return operation
