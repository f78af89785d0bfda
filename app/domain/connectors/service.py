"""Keeping the HR systems that tell us of changes, and fetching from them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson
import sqlalchemy as sa
from sqlmodel import col

from app import config, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.connectors.models import HrSource
from app.domain.connectors.resource import HR_SOURCES
from app.domain.connectors.schemas import HrSourceCreate, HrSourceFetch, HrSourceUpdate
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.syncs import service as syncs
from app.domain.syncs.models import SyncKind
from app.errors import Conflict
from app.outgoing import addresses
from app.outgoing.addresses import UrlRefused
from app.reading import rows
from app.sealing import columns

JOB: Final = "people_fetch"
_MOST_SOURCES: Final = 10


class TooManySources(Conflict):
    """An organisation has at most ten HR systems."""

    code = "too_many_hr_sources"


async def create(db: Db, actor: Actor, data: HrSourceCreate) -> HrSource:
    """Register an HR system whose signed notices (`POST /v1/hr-notices/…`) make us fetch whom they name."""
    try:
        addresses.check_url(data.base_url, allow_private=config.settings().private_webhooks_allowed)
    except UrlRefused as refused:
        raise refused.at("/base_url") from None
    count = sa.select(sa.func.count()).where(col(HrSource.organisation_id) == db.organisation_id)
    if (await db.scalar(count) or 0) >= _MOST_SOURCES:
        raise TooManySources("An organisation has at most ten HR systems.")
    values = data.model_dump(exclude={"secret", "token"})
    source = HrSource(organisation_id=db.organisation_id, id=ids.new(HrSource.prefix), **values)
    await columns.seal(db, source, sealed_secret=data.secret, sealed_token=data.token)
    db.add(source)
    return source


async def update(db: Db, actor: Actor, hr_source_id: str, data: HrSourceUpdate) -> HrSource:
    """Change how an HR system is read, replace its secret or token, or stop taking its notices."""
    source: HrSource = await rows.get(db, actor, HR_SOURCES, hr_source_id, "update_hr_source")
    changes = data.model_dump(include=data.model_fields_set)
    sealed = {f"sealed_{name}": changes.pop(name) for name in ("secret", "token") if name in changes}
    source.sqlmodel_update(changes)
    await columns.seal(db, source, **sealed)
    return source


async def delete(db: Db, actor: Actor, hr_source_id: str) -> None:
    """Remove an HR system. Its notices are not taken any more."""
    await db.delete(await rows.get(db, actor, HR_SOURCES, hr_source_id, "delete_hr_source"))


async def fetch(db: Db, actor: Actor, hr_source_id: str, data: HrSourceFetch) -> Operation:
    """Fetch people from an HR system, and put them as it says: some by their ids, or all who changed since a time."""
    source: HrSource = await rows.get(db, actor, HR_SOURCES, hr_source_id, "fetch_hr_source")
    return await begin(db, actor, source.id, data.external_ids, data.changed_since)


async def begin(
    db: Db, actor: Actor, source_id: str, external_ids: Sequence[str], since: datetime | None = None
) -> Operation:
    """Queue a fetch in somebody's name."""
    operation = await operations.begin(
        db,
        actor,
        JOB,
        parameters={"changed_since": since and since.isoformat()},
        subject_ids=(source_id,),
        total=None if since else len(external_ids),
        work_on=orjson.dumps(sorted(external_ids)),
    )
    syncs.begin(db, operation, SyncKind.FETCH)
    return operation
