"""Writing down that the directory is held against an HR system, and what that finds."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from app import ids
from app.db import Db
from app.domain.operations.models import Operation
from app.domain.syncs.models import DifferenceKind, SyncDifference, SyncKind, SyncRun
from app.sealing import envelope, keeping
from app.sealing.models import ORGANISATION


@dataclass(frozen=True, slots=True)
class Found:
    """What an export would change of one person; `member` is none for the whole of them."""

    kind: DifferenceKind
    external_id: str
    person_id: str | None = None
    person_version: int | None = None
    member: str | None = None
    before: str | None = None
    after: str | None = None


def begin(db: Db, operation: Operation, kind: SyncKind) -> SyncRun:
    """Write down a run; its operation names it as the result."""
    run = SyncRun(organisation_id=db.organisation_id, id=ids.new(SyncRun.prefix), kind=kind, operation_id=operation.id)
    db.add(run)
    operation.result = run.id
    return run


async def forget(db: Db) -> None:
    """Let go of what earlier comparisons found: it is about records as they were."""
    await db.execute(sa.delete(SyncDifference).where(col(SyncDifference.organisation_id) == db.organisation_id))


async def note(db: Db, run_id: str, differences: Iterable[Found]) -> None:
    """Write down what a comparison found, its values sealed."""
    key = await keeping.current(db, ORGANISATION)
    for found in differences:
        row_id = ids.new(SyncDifference.prefix)
        place = db.organisation_id, SyncDifference.__tablename__, row_id
        values = {"before": found.before, "after": found.after}
        db.write_down(
            SyncDifference,
            organisation_id=db.organisation_id,
            id=row_id,
            sync_run_id=run_id,
            kind=found.kind,
            external_id=found.external_id,
            person_id=found.person_id,
            person_version=found.person_version,
            member=found.member,
            **{
                name: None if text is None else envelope.seal(key, text.encode(), *place, name)
                for name, text in values.items()
            },
        )
