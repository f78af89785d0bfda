"""The months of the delivery log: made ahead, and let go of as a whole once nobody keeps what is in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from app import clock, config, logs, storage
from app import db as database
from app.partitioning import ATTEMPTS, months, next_month

# So long before a month begins, its partition is there.
AHEAD = timedelta(days=62)
# Any number will do; whoever holds it divides the log, the others find nothing to do.
_LOCK = 0x70617274
_FOUND = "select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass"
_MAY = "select pg_has_role(relowner, 'usage') from pg_class where oid = $1::regclass"
# In the order in which others take them: whoever writes an attempt has its delivery locked.
_STILL = (
    "lock table organisation, delivery in share row exclusive mode",
    f"lock table {ATTEMPTS.table} in access exclusive mode",
)

log = logs.get(__name__)


class MonthMissing(RuntimeError):
    """What is tried from now on, or soon, lies in the rest."""


async def keep(longest_days: int) -> None:
    """Make the months that are to come, and drop those that ended so long ago that no organisation keeps them.

    By the owner of the tables. Where the worker does not have their name, attempts lie in the rest until somebody
    who has it looks after them: `flipside migrate` does.
    """
    async with database.current().queueing() as connection:
        if not _changes(await _present(connection), longest_days):
            return
    settings = config.settings()
    await divide(storage.owner_address(settings) if settings.database_url else database.current().dsn, longest_days)


async def divide(owner: str, longest_days: int) -> None:
    """As `keep`, in the name of whoever this address is of."""
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            # Short, and tried again with the next sweep: whoever comes behind us waits along.
            await connection.execute("set local lock_timeout = '500ms'")
            may = await connection.fetchval(_MAY, ATTEMPTS.table)
            if not may or not await connection.fetchval("select pg_try_advisory_xact_lock($1)", _LOCK):
                return
            changes = _changes(await _present(connection), longest_days)
            for statement in (*_STILL, *changes) if changes else ():
                await connection.execute(statement)
    finally:
        await connection.close()
    if changes:
        log.info("log.divided", statements=len(changes))


async def require_months(address: str) -> str:
    """How far the log is divided. Raises `MonthMissing` when this month or the next has no partition."""
    connection = await asyncpg.connect(address)
    try:
        present = await _present(connection)
    finally:
        await connection.close()
    now = clock.now()
    if not {*months(now, next_month(now))} <= {*present}:
        raise MonthMissing("Months of the delivery log are missing. Start a worker, or run: flipside migrate")
    return f"divided by months up to {max(present):%B %Y}"


def _changes(present: Sequence[datetime], longest_days: int) -> list[str]:
    now = clock.now()
    missing = [month for month in months(now, now + AHEAD) if month not in present]
    gone = [month for month in present if next_month(month) <= now - timedelta(days=longest_days)]
    return [*(statement for month in missing for statement in ATTEMPTS.add(month)), *map(ATTEMPTS.drop, gone)]


async def _present(connection: asyncpg.Connection) -> list[datetime]:
    """The months that have a partition."""
    found = await connection.fetch(_FOUND, ATTEMPTS.table)
    return [month for row in found if (month := ATTEMPTS.month(row["name"]))]
