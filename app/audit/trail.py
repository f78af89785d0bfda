"""Reading entries of one organisation as the worker's role does, page by page: those in the chain, those that wait."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import orjson

from app.audit.chain import CONTENT

PAGE = 1000
Entry = Mapping[str, Any]
# The subjects in the order of their bytes, as Python sorts them.
_ENTRIES = f"""
    select
        {", ".join(name for name in CONTENT if name != "subjects")}, mac, sequence, prev_hash, hash,
        array(
            select s.person_id from audit_subject s
            where s.organisation_id = e.organisation_id and s.entry_id = e.id order by s.person_id collate "C"
        ) as subjects
    from audit_entry e where e.organisation_id = $1
"""  # noqa: S608
_CHAINED = f"{_ENTRIES} and e.sequence > $2 order by e.sequence limit $3"
_WAITING = f"{_ENTRIES} and e.sequence is null and e.id > $2 order by e.id limit $3"


async def waiting(connection: asyncpg.Connection, organisation_id: str, limit: int, after: str = "") -> list[Entry]:
    """The oldest entries without a place in the chain."""
    return [_entry(row) for row in await connection.fetch(_WAITING, organisation_id, after, limit)]


async def all_waiting(connection: asyncpg.Connection, organisation_id: str) -> AsyncIterator[Entry]:
    """Every entry without a place in the chain."""
    after = ""
    while page := await waiting(connection, organisation_id, PAGE, after):
        for entry in page:
            yield entry
        after = page[-1]["id"]


async def all_chained(connection: asyncpg.Connection, organisation_id: str) -> AsyncIterator[Entry]:
    """Every entry of the chain, from the first to the last."""
    after = 0
    while page := await connection.fetch(_CHAINED, organisation_id, after, PAGE):
        for row in page:
            yield _entry(row)
        after = page[-1]["sequence"]


def _entry(row: asyncpg.Record) -> Entry:
    return {**row, "members": orjson.loads(row["members"])}
