"""Staff of the platform: who they are, told apart by a token of their own. They belong to no organisation."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock, ids
from app import db as database
from app.errors import Unauthenticated
from app.table import instant

_ADD = "insert into operator (id, name, token_hash, created_at) values ($1, $2, $3, $4)"
_FIND = "select id from operator where token_hash = $1 and removed_at is null"
_REMOVE = "update operator set removed_at = $2 where id = $1 and removed_at is null returning id"
_LIST = "select id, name, created_at, removed_at from operator order by id"


class NoOperator(Unauthenticated):
    """The token is no operator's, or no more."""

    code = "unknown_operator"


class Operator(SQLModel, table=True):
    """Somebody who runs this installation."""

    __tablename__ = "operator"
    __table_args__: Any = {"info": {"kind": "local"}}
    prefix: ClassVar[str] = "opr"

    id: str = Field(primary_key=True, sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    token_hash: bytes = Field(sa_type=sa.LargeBinary)
    created_at: datetime = instant()
    removed_at: datetime | None = instant(default=None)


async def add(name: str) -> tuple[str, str]:
    """A new operator: their id, and their token, which is shown this once."""
    operator_id, token = ids.new(Operator.prefix), f"fso_{secrets.token_urlsafe(32)}"
    await database.current().reads.change("", _ADD, (operator_id, name, _hash(token), clock.now()))
    return operator_id, token


async def remove(operator_id: str) -> None:
    """From now on their token opens nothing. Raises `NoOperator`."""
    if not await database.current().reads.change("", _REMOVE, (operator_id, clock.now())):
        raise NoOperator("There is no such operator, or they were removed before.")


async def every() -> list[Any]:
    """All there are and were, in the order of their coming."""
    return await database.current().reads.fetch("", _LIST, ())


async def behind(token: str) -> str:
    """The id of the operator who holds a token. Raises `NoOperator`."""
    found = await database.current().reads.fetch("", _FIND, (_hash(token),))
    if not found:
        raise NoOperator("This is no operator's token. `flipside operators add` makes one.")
    return str(found[0][0])


def _hash(token: str) -> bytes:
    # A fast hash is enough for a secret that nobody can guess.
    return hashlib.sha256(token.encode()).digest()
