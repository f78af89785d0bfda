"""What an operation works on: sealed while it waits and runs, gone when it ends."""

import sqlalchemy as sa
from sqlmodel import col

from app.auth import sealing
from app.db import Db
from app.domain.operations.models import OperationInput


def keep(db: Db, operation_id: str, clear: bytes) -> None:
    """Keep an input until its operation ends."""
    sealed = sealing.seal(clear, db.organisation_id, "operation_input", operation_id)
    db.write_down(OperationInput, organisation_id=db.organisation_id, operation_id=operation_id, sealed=sealed)


async def of(db: Db, operation_id: str) -> bytes:
    """The input of an operation that lives."""
    sealed = (await db.execute(sa.select(col(OperationInput.sealed)).where(_of(db, operation_id)))).scalar_one()
    return sealing.unseal(sealed, db.organisation_id, "operation_input", operation_id)


async def forget(db: Db, operation_id: str) -> None:
    """Delete the input of an operation, if it had one."""
    await db.execute(sa.delete(OperationInput).where(_of(db, operation_id)))


def _of(db: Db, operation_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(OperationInput.organisation_id) == db.organisation_id, col(OperationInput.operation_id) == operation_id
    )
