"""Giving audit entries their place: numbered without gaps and chained, one organisation after the other."""

from typing import Any

import asyncpg

from app import clock
from app import db as database
from app.audit import chain, trail

BATCH = 500
# The longest that an entry waits for its place, if a worker runs and keeps up.
CHAIN_SECONDS = 2.0
# Any number will do; whoever holds it chains, the others find nothing to do.
_LOCK = 0x61756474
# Those after the last one come first, so that all have their turn.
_ORGANISATION = """
    select organisation_id from audit_entry where sequence is null
    order by organisation_id <= $1, organisation_id limit 1
"""
_LAST = "select day, sequence, hash from audit_head where organisation_id = $1 order by sequence desc limit 1"
_PLACE = """
    update audit_entry e set sequence = n.sequence, prev_hash = n.prev_hash, hash = n.hash
    from unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[]) as n (id, sequence, prev_hash, hash)
    where e.organisation_id = $1 and e.id = n.id
"""
_HEAD = """
    insert into audit_head (organisation_id, day, sequence, hash, signature) values ($1, $2, $3, $4, $5)
    on conflict (organisation_id, day) do update
    set sequence = excluded.sequence, hash = excluded.hash, signature = excluded.signature
"""


class Chainer:
    """Chains one organisation's entries after the other's; remembers whose turn it was."""

    def __init__(self) -> None:
        self._last = ""

    async def step(self) -> bool:
        """Chain a batch of the next organisation that has entries waiting; whether there was one."""
        async with database.current().queueing() as connection:
            if not await connection.fetchval("select pg_try_advisory_xact_lock($1)", _LOCK):
                return False
            organisation_id = await connection.fetchval(_ORGANISATION, self._last)
            if organisation_id is None:
                return False
            self._last = organisation_id
            await place(connection, organisation_id)
            return True


async def place(connection: asyncpg.Connection, organisation_id: str) -> None:
    """Number and chain the oldest waiting entries of an organisation, of which there are some, and sign the head."""
    last = await connection.fetchrow(_LAST, organisation_id)
    day, sequence, previous = last or (clock.now().date(), 0, chain.GENESIS)
    places: list[tuple[Any, ...]] = []
    for entry in await trail.waiting(connection, organisation_id, BATCH):
        sequence += 1
        linked = chain.link(previous, sequence, entry)
        places.append((entry["id"], sequence, previous, linked))
        previous = linked
    await connection.execute(_PLACE, organisation_id, *map(list, zip(*places, strict=True)))
    # A clock that went back must not put the newest head before an older one.
    day = max(day, clock.now().date())
    signature = chain.sign(organisation_id, day, sequence, previous)
    await connection.execute(_HEAD, organisation_id, day, sequence, previous, signature)
