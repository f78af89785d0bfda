"""What operators do with data keys: look at them, give everybody a new one, wrap them under a new key."""

from typing import Any

from app import db as database
from app.db import Db
from app.sealing import keeping, wrapping
from app.sealing.wrapping import Wrapper

_AT_ONCE = 500
_LIST = """
    select id, owner, generation, kek_id, created_at, shredded_at from data_key
    where organisation_id = $1 order by owner, generation
"""
# Locked, so that a key that is being shredded is waited for and has no successor.
_NEWEST = """
    select k.owner, k.generation from data_key k
    where k.organisation_id = $1 and k.wrapped is not null and not exists (
        select from data_key n
        where n.organisation_id = k.organisation_id and n.owner = k.owner and n.generation > k.generation
    )
    order by k.id for update
"""
_STALE = """
    select organisation_id, id, wrapped from data_key
    where wrapped is not null and kek_id <> $1 order by organisation_id, id limit $2 for update
"""
_REWRAP = "update data_key set wrapped = $3, kek_id = $4 where organisation_id = $1 and id = $2"
# An id has 30 characters. One key of each wrapping, in one walk over the table.
_SAMPLES = """
    select k.organisation_id, k.id, k.wrapped
    from (select min(organisation_id || id) as place from data_key where wrapped is not null group by kek_id) one
    join data_key k on k.organisation_id = left(one.place, 30) and k.id = right(one.place, 30)
"""


async def listed(db: Db) -> list[Any]:
    """The data keys of an organisation, without their bytes."""
    return await db.fetch(_LIST, db.organisation_id)


async def rotate(db: Db) -> int:
    """Give the organisation and each of its people a new key for what they write from now on; how many.

    What is written stays readable by the keys before. Processes go over to the new ones within `keeping.TRUST`.
    """
    newest = await db.fetch(_NEWEST, db.organisation_id)
    for owner, generation in newest:
        await keeping.make(db, owner, generation + 1)
    keeping.forget()
    return len(newest)


async def rewrap() -> int:
    """Wrap every data key of every organisation under the first key-encryption key; how many. Raises `KeysUnfit`."""
    count = 0
    while rewrapped := await _rewrap_some(wrapping.current()):
        count += rewrapped
    return count


async def _rewrap_some(wrapper: Wrapper) -> int:
    async with database.current().queueing() as connection:
        stale = await connection.fetch(_STALE, wrapper.kek_id, _AT_ONCE)
        for organisation_id, key_id, wrapped in stale:
            context = keeping.context(organisation_id, key_id)
            anew = await wrapper.wrap(await wrapper.unwrap(wrapped, context), context)
            await connection.execute(_REWRAP, organisation_id, key_id, anew, wrapper.kek_id)
    return len(stale)


async def require_unwrappable(connection: Any, wrapper: Wrapper) -> None:
    """Try one data key of each key-encryption key, over a connection that sees all. Raises `KeysUnfit`."""
    for organisation_id, key_id, wrapped in await connection.fetch(_SAMPLES):
        await wrapper.unwrap(wrapped, keeping.context(organisation_id, key_id))
