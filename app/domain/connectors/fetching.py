"""Fetching people from an HR system and putting them, one at a time: what was fetched is put wholly, or not at all."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from app.db import Db
from app.domain.connectors.models import HrSource
from app.domain.connectors.ports import Connector, RestConnector, Unknown
from app.domain.imports import chunks
from app.domain.imports.sheets import Row, validated
from app.domain.operations import inputs
from app.domain.operations.work import Work
from app.domain.people.putting import KEY, Batch
from app.domain.people.schemas import PersonPut
from app.reading import rows
from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL

Connect = Callable[[HrSource, str | None], Connector]
_SEALED = """
    select s.{0}, k.wrapped from hr_source s
    join data_key k on k.organisation_id = s.organisation_id and k.id = {1}
    where s.organisation_id = $1 and s.id = $2
"""


async def run(work: Work, connect: Connect = RestConnector) -> None:
    """Fetch whom the operation is about. What was done is not fetched again when it is broken off."""
    async with work.chunk() as db:
        (source_id,) = work.subject_ids
        source = await rows.by_id(db, HrSource, source_id)
        connector = connect(source, await opened(db, source_id, "sealed_token"))
        named: Sequence[str] = orjson.loads(await inputs.of(db, work.operation_id))
    if since := work.parameters["changed_since"]:
        named = await connector.changed_since(datetime.fromisoformat(since))
    # Sorted: who changed meanwhile may stand anywhere.
    for external_id in (name for name in named if name > (work.report.cursor or "")):
        await _fetch(work, connector, external_id, len(named))


async def opened(db: Db, source_id: str, column: str) -> str | None:
    """The clear text of a sealed column of a source, if there is one."""
    sql = _SEALED.format(column, KEY_ID_SQL.format(f"s.{column}"))
    found = await db.fetch(sql, db.organisation_id, source_id)
    if not found:
        return None
    ((sealed, wrapped),) = found
    return (await keeping.opened(sealed, wrapped, db.organisation_id, "hr_source", source_id, column)).decode()


async def _fetch(work: Work, connector: Connector, external_id: str, total: int) -> None:
    said: dict[str, Any] | None = None
    number = work.report.done + 1
    # No transaction is open meanwhile.
    try:
        said = {**await connector.person(external_id), KEY: external_id}
    except Unknown as error:
        work.refuse(number, error)
    async with work.chunk() as db:
        if said is not None:
            await _put(db, work, Row(number, said))
        work.report.cursor = external_id
        work.progress(number, max(number, total))


async def _put(db: Db, work: Work, row: Row) -> None:
    with chunks.on_its_own(work, row):
        batch = await Batch.of(db, work.actor, [row.members])
        outcome = await batch.take(validated(PersonPut, row.members))
        setattr(work.report, outcome, getattr(work.report, outcome) + 1)
