"""What failures of the database mean to callers."""

import re

import asyncpg
from sqlalchemy import exc

from app.errors import Conflict, DomainError, Invalid, Unavailable

# The server is gone, goes, comes back or takes nobody else in.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # The driver's word for a connection that has read the server's farewell, but not yet its end.
    asyncpg.InternalClientError,
    OSError,
)
# What a statement of ours can raise: through SQLAlchemy, or straight from the driver.
FAILED = (
    exc.DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
)


class Busy(Unavailable):
    """No connection became free in time."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("The service is busy. Try again in a moment.")


_violations: dict[str, type[DomainError]] = {}


def on_violation(constraint: str, error: type[DomainError]) -> None:
    """Answer a broken constraint with an error of the domain; declared beside the table."""
    _violations[constraint] = error


def translated(error: BaseException) -> DomainError | None:
    """What a failure of the database means to callers; `None` when it is a bug."""
    cause = error.orig.__cause__ if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    if isinstance(cause, asyncpg.IntegrityConstraintViolationError):
        return _violated(cause)
    if isinstance(cause, asyncpg.DataError):
        return Invalid("A value is outside what can be stored.")
    if isinstance(cause, asyncpg.LockNotAvailableError | asyncpg.DeadlockDetectedError):
        return Unavailable("Others are changing the same objects. Nothing was changed; try again.")
    if isinstance(cause, asyncpg.QueryCanceledError):
        return Unavailable("The database took too long. Nothing was changed; try again.")
    if isinstance(cause, LOST):
        return Unavailable("The database connection was lost. Try again in a moment.")
    return None


def _violated(cause: asyncpg.IntegrityConstraintViolationError) -> DomainError | None:
    # A distributed engine appends the shard's number to the name.
    name = re.sub(r"_\d{6,}$", "", cause.constraint_name or "")
    if known := _violations.get(name):
        return known(known.__doc__ or known.title)
    if isinstance(cause, asyncpg.UniqueViolationError):
        return Conflict("An object with the same key exists already.")
    if isinstance(cause, asyncpg.ForeignKeyViolationError):
        return Conflict("Another object still refers to this one, or one that this refers to is gone.")
    return None
