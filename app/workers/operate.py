"""Operations: taken one at a time, done in chunks, tried again when something fails."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from app import clock, config, logs
from app import db as database
from app.domain.operations.models import Operation
from app.domain.operations.work import Interrupted, Job, Lease, Lost, Paused, Work
from app.errors import Conflict, DomainError, Unavailable
from app.reading import rows
from app.workers.faults import described
from app.workers.jobs import JOBS

MOST_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=2)
NOW = timedelta(0)
# Oldest first, but those of an organisation one after the other, so that none keeps the others waiting; one that pauses
# lets them by. An operation whose kind this version does not know is left to the workers of the next.
_TAKE = """
    with due as materialized (
        select o.organisation_id, o.id from operation o
        where o.status in ('queued', 'running') and (o.lease_until is null or o.lease_until <= $1)
            and o.kind = any($4) and not exists (
                select from operation r
                where r.organisation_id = o.organisation_id and r.status = 'running' and r.lease_until > $1
                    and r.lease_by is not null
            )
        order by o.created_at, o.id limit 1 for no key update skip locked
    )
    update operation o set
        status = 'running', started_at = coalesce(o.started_at, $1), lease_until = $2, lease_by = $3,
        attempts = o.attempts + 1, version = o.version + 1, updated_at = $1
    from due where o.organisation_id = due.organisation_id and o.id = due.id
    returning o.organisation_id, o.id
"""

log = logs.get(__name__)


class Operator:
    """Does one operation after the other."""

    def __init__(self, jobs: Mapping[str, Job] = JOBS) -> None:
        self._jobs, self._name = jobs, f"worker-{secrets.token_hex(8)}"
        self._stopping = False

    async def step(self) -> bool:
        """Take an operation that is due and bring it as far as it goes; whether there was one."""
        lease = None if self._stopping else await self._take()
        if lease is None:
            return False
        async with database.current().writing(lease.organisation_id) as db:
            operation = await rows.by_id(db, Operation, lease.operation_id)
        work = Work(lease, operation, lambda: self._stopping)
        try:
            await self._do(work, operation)
        except Lost:
            log.info("operation.lost", operation_id=operation.id)
        return True

    def stop(self) -> None:
        """Take no operation any more, and lay down the one in hand after its chunk."""
        self._stopping = True

    async def _take(self) -> Lease | None:
        now, lasts = clock.now(), timedelta(seconds=config.settings().lease_seconds)
        async with database.current().queueing() as connection:
            row = await connection.fetchrow(_TAKE, now, now + lasts, self._name, list(self._jobs))
        return None if row is None else Lease(row["organisation_id"], row["id"], self._name, lasts)

    async def _do(self, work: Work, operation: Operation) -> None:
        # Counted when it was taken: an operation that kills its worker comes to an end, too.
        if operation.attempts > MOST_ATTEMPTS:
            await work.fail("internal", _INTERNAL)
            return
        try:
            try:
                with logs.serving(operation.id):
                    await self._jobs[operation.kind](work)
            finally:
                await work.close()
            await work.succeed()
        except Lost:
            raise
        except Interrupted:
            await work.put_back(NOW)
        except Paused as rest:
            await work.rest(rest.pause)
        except Exception as error:
            log.error("operation.failed", operation_id=operation.id, kind=operation.kind, **described(error))
            await _settle(work, error, operation.attempts)


_INTERNAL = "Something went wrong on our side. Name the id of the operation when you report it."


async def _settle(work: Work, error: Exception, attempts: int) -> None:
    """Try again what others stood in the way of, or what we do not understand; give up the rest."""
    is_expected = isinstance(error, DomainError)
    if attempts < MOST_ATTEMPTS and (not is_expected or isinstance(error, Conflict | Unavailable)):
        await work.put_back(FIRST_RETRY * 2 ** (attempts - 1))
    elif isinstance(error, DomainError):
        await work.fail(error.code, error.detail)
    else:
        await work.fail("internal", _INTERNAL)
