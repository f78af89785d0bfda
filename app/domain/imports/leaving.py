"""Those whom a full export lacks leave when somebody asks for it, and never by themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app.auth.actor import Actor
from app.db import Db
from app.domain.imports.schemas import LeaversEnd
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.operations.work import Work
from app.domain.people.models import EmploymentStatus
from app.domain.people.putting import KEY, Batch
from app.domain.people.schemas import PersonPut
from app.domain.syncs import service as syncs
from app.domain.syncs.models import DifferenceKind, SyncDifference, SyncKind, SyncRun
from app.domain.syncs.resource import SYNC_RUNS
from app.errors import Conflict, Fault
from app.reading import rows

JOB = "people_leaving"
AT_ONCE = 100
# Where more than one in so many would leave, somebody must have looked at the number.
_FEW = 10


class LeaversUnknown(Conflict):
    """Of this run nobody can tell who is lacking: it is no reconciliation, is not done, or another came after it."""

    code = "leavers_unknown"

    def __init__(self) -> None:
        super().__init__("This run does not say who would leave. Compare a full export, each row with its external_id.")


class ManyLeavers(Conflict):
    """More would leave than anybody should end without having looked."""

    code = "many_leavers"

    def __init__(self) -> None:
        fault = Fault("is not how many would leave", code=self.code, pointer="/leaving")
        super().__init__("Look at who would leave, and say how many they are, as the run counts them.", faults=(fault,))


class ChangedSince(Conflict):
    """The record is another one than was compared."""

    code = "changed_since"

    def __init__(self) -> None:
        super().__init__("This person was changed after the comparison. Compare again.")


async def begin(db: Db, actor: Actor, sync_run_id: str, data: LeaversEnd) -> Operation:
    """Record that those have left whom the export of a reconciliation lacks.

    Their live pairings end the same day. Where they are more than a tenth of those who could leave, the request has to
    say how many they are. Whoever was changed since the comparison is refused by themselves, and stays.
    """
    run: SyncRun = await rows.get(db, actor, SYNC_RUNS, sync_run_id, "end_leavers")
    if run.leaving is None or run.held is None or await db.scalar(_later(run)):
        raise LeaversUnknown
    if data.leaving != run.leaving and (data.leaving is not None or run.leaving * _FEW > run.held):
        raise ManyLeavers
    operation = await operations.begin(
        db, actor, JOB, parameters={"sync_run_id": run.id}, subject_ids=(run.id,), total=run.leaving
    )
    syncs.begin(db, operation, SyncKind.LEAVERS)
    return operation


async def run(work: Work) -> None:
    """Let them leave."""
    while work.report.done < (work.report.total or 0):
        async with work.chunk() as db:
            some = (await db.execute(_next(db, work))).scalars().all()
            if not some:
                raise LeaversUnknown
            await _end(db, work, some)
            work.report.cursor = some[-1].id
            work.progress(work.report.done + len(some))


async def _end(db: Db, work: Work, leavers: Sequence[SyncDifference]) -> None:
    batch = await Batch.of(db, work.actor, [{KEY: leaver.external_id} for leaver in leavers])
    for number, leaver in enumerate(leavers, work.report.done + 1):
        person = batch.roll.people.get(leaver.person_id or "")
        if person is None or person.employment_status is EmploymentStatus.INACTIVE:
            work.report.unchanged += 1
        elif person.version != leaver.person_version:
            work.refuse(number, ChangedSince())
        else:
            await batch.take(PersonPut(external_id=leaver.external_id, employment_status=EmploymentStatus.INACTIVE))
            work.report.updated += 1


def _next(db: Db, work: Work) -> sa.Select[SyncDifference]:
    return (
        sa.select(SyncDifference)
        .where(
            col(SyncDifference.organisation_id) == db.organisation_id,
            col(SyncDifference.sync_run_id) == work.parameters["sync_run_id"],
            col(SyncDifference.kind) == DifferenceKind.LEAVE,
            col(SyncDifference.id) > (work.report.cursor or ""),
        )
        .order_by(col(SyncDifference.id))
        .limit(AT_ONCE)
    )


def _later(run: SyncRun) -> sa.Select[bool]:
    """Whether another comparison was asked for since: it does away with what this one found."""
    later = sa.exists().where(
        col(SyncRun.organisation_id) == run.organisation_id,
        col(SyncRun.kind) == SyncKind.RECONCILIATION,
        col(SyncRun.id) > run.id,
    )
    return sa.select(later)
