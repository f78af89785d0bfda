"""What an operation works on: sealed while it waits and runs, gone when it ends."""

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.operations.models import OperationInput
from app.sealing import envelope, keeping
from app.sealing.envelope import KEY_ID_SQL
from app.sealing.models import ORGANISATION

_OF = f"""
    select i.sealed, k.wrapped from operation_input i
    join data_key k on k.organisation_id = i.organisation_id and k.id = {KEY_ID_SQL.format("i.sealed")}
    where i.organisation_id = $1 and i.operation_id = $2
"""  # noqa: S608


async def keep(db: Db, operation_id: str, clear: bytes) -> None:
    """Keep an input until its operation ends."""
    key = await keeping.current(db, ORGANISATION)
    sealed = envelope.seal(key, clear, *_place(db, operation_id))
    db.write_down(OperationInput, organisation_id=db.organisation_id, operation_id=operation_id, sealed=sealed)


async def of(db: Db, operation_id: str) -> bytes:
    """The input of an operation that lives."""
    ((sealed, wrapped),) = await db.fetch(_OF, db.organisation_id, operation_id)
    return await keeping.opened(sealed, wrapped, *_place(db, operation_id))


async def forget(db: Db, operation_id: str) -> None:
    """Delete the input of an operation, if it had one."""
    mine = (col(OperationInput.organisation_id) == db.organisation_id, col(OperationInput.operation_id) == operation_id)
    await db.execute(sa.delete(OperationInput).where(*mine))


def _place(db: Db, operation_id: str) -> tuple[str, str, str, str]:
    return db.organisation_id, "operation_input", operation_id, "sealed"
