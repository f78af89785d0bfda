"""An operation in a worker's hands: chunks of work, each one transaction with its progress in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from app import clock
from app import db as database
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.operations import service
from app.domain.operations.models import Operation, OperationStatus
from app.errors import DomainError, Fault
from app.reading import rows

MOST_ERRORS = 1000


class Lost(Exception):
    """The operation is ours no more: it was cancelled, or another worker took it."""


class Interrupted(Exception):
    """The worker is to stop; another one goes on after the last chunk."""


class Paused(Exception):
    """The work goes on after a pause; others have their turn meanwhile."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__()
        self.pause = pause


class _Undone(Exception):
    """Ends the transaction of a dry run."""


@dataclass(slots=True)
class Report:
    """How far an operation is, and what came of its rows; its fields are those of the same names in `Operation`."""

    done: int = 0
    total: int | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    planned: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    result: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """An operation that is one worker's until `lasts` has passed since its last chunk."""

    organisation_id: str
    operation_id: str
    worker: str
    lasts: timedelta


# Does the work of one kind of operation. It may be broken off after any chunk and called again.
Job = Callable[["Work"], Awaitable[None]]


class Work:
    """What a job gets: its parameters, whom it acts for, and chunks to work in.

    `report` begins where the last chunk that was kept left it, so a job goes on at `report.done`. A dry run
    begins anew.
    """

    def __init__(self, lease: Lease, operation: Operation, is_stopping: Callable[[], bool]) -> None:
        self.operation_id, self.parameters = operation.id, operation.parameters
        self.subject_ids = operation.subject_ids
        self.is_dry = operation.dry_run
        self.actor = Actor(
            operation.organisation_id,
            operation.principal,
            operation.role,
            frozenset(map(Scope, operation.scopes)),
            operation.person_id,
        )
        known = {item.name: getattr(operation, item.name) for item in fields(Report)}
        self.report = Report(total=operation.total, result=operation.result) if self.is_dry else Report(**known)
        self._lease, self._is_stopping = lease, is_stopping
        self._dry: Db | None = None
        self._stack = AsyncExitStack()

    @asynccontextmanager
    async def chunk(self) -> AsyncIterator[Db]:
        """One transaction of work; what is reported meanwhile is kept with it, or not at all.

        Raises `Lost` when the operation was cancelled, `Interrupted` when the worker is to stop. In a dry run all
        chunks share a transaction that is undone in the end; the report alone is kept.
        """
        if self._is_stopping():
            raise Interrupted
        before = replace(self.report)
        try:
            if self.is_dry:
                db = await self._trial()
                yield db
                await db.flush()
                async with self._held():
                    pass
            else:
                async with self._held() as (db, _):
                    yield db
        except BaseException:
            self.report = before
            raise

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how many steps are done, and of how many."""
        self.report.done = done
        if total is not None:
            self.report.total = total

    def refuse(self, row: int, error: DomainError) -> None:
        """Refuse one row, and go on with the others; every fault of it is named."""
        faults = error.faults or (Fault(error.detail, code=error.code, pointer=""),)
        named = ({"row": row, "pointer": it.pointer or "", "code": it.code, "detail": it.detail} for it in faults)
        self.report.refused += 1
        # Rows are not always taken in their order; they are told in it.
        self.report.errors = sorted([*self.report.errors, *named], key=lambda it: it["row"])[:MOST_ERRORS]

    async def succeed(self) -> None:
        """All is done."""
        async with self._held() as (db, operation):
            await service.end(db, operation, "succeed")

    async def fail(self, code: str, detail: str) -> None:
        """Give it up; what was done stays done. `detail` is written for whoever asked."""
        async with self._held() as (db, operation):
            operation.failure_code, operation.failure_detail = code, detail
            await service.end(db, operation, "fail")

    async def put_back(self, pause: timedelta) -> None:
        """Leave it to any worker, after a pause."""
        async with self._held() as (_, operation):
            operation.lease_until, operation.lease_by = clock.now() + pause, None

    async def rest(self, pause: timedelta) -> None:
        """As `put_back`, where nothing stood in the way: the pause is part of the work."""
        async with self._held() as (_, operation):
            operation.lease_until, operation.lease_by, operation.attempts = clock.now() + pause, None, 0

    async def close(self) -> None:
        """Undo what a dry run tried out."""
        await self._stack.aclose()

    async def _trial(self) -> Db:
        if self._dry is None:
            self._dry = await self._stack.enter_async_context(_undone(self.actor))
        return self._dry

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[tuple[Db, Operation]]:
        """A transaction in which the operation is ours and locked; what was reported is written down in it."""
        lease = self._lease
        async with database.current().writing(lease.organisation_id) as db:
            operation = await rows.by_id(db, Operation, lease.operation_id, lock=True)
            if operation.status is not OperationStatus.RUNNING or operation.lease_by != lease.worker:
                raise Lost
            db.actor_id = self.actor.id
            done = operation.done
            operation.lease_until = clock.now() + lease.lasts
            yield db, operation
            for item in fields(Report):
                value = getattr(self.report, item.name)
                # Compared first, or a thousand errors are written again with every chunk.
                if value != getattr(operation, item.name):
                    setattr(operation, item.name, list(value) if isinstance(value, list) else value)
            operation.attempts = 0 if operation.done > done else operation.attempts


@asynccontextmanager
async def _undone(actor: Actor) -> AsyncIterator[Db]:
    """A transaction that ends as if it had never been."""
    with suppress(_Undone):
        async with database.current().writing(actor.organisation_id) as db:
            db.actor_id = actor.id
            yield db
            raise _Undone
