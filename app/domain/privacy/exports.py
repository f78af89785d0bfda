"""Copies of all that is held of someone: asking for one, and fetching it, which only they can."""

from app import clock, ids
from app import db as database
from app.audit import recording
from app.audit.recording import Entry
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.privacy import copies
from app.domain.privacy.models import Export
from app.domain.privacy.resource import EXPORTS
from app.domain.privacy.schemas import ExportRequest
from app.errors import Conflict
from app.reading import rows
from app.reading.rows import NotYours

JOB = "export_person"


class NotReady(Conflict):
    """The export is still being made."""

    code = "export_not_ready"


class Expired(Conflict):
    """The export was kept for a day, which is over. Ask for another one."""

    code = "export_expired"


async def request(db: Db, actor: Actor, data: ExportRequest) -> Operation:
    """Have a copy made of all that is held of someone: oneself, or anybody as an administrator.

    Whoever asks, only the person themself can download it, for 24 hours: `GET /v1/exports/{id}/content`. The
    operation's `result` is the export's id.
    """
    person_id = data.person_id or actor.as_person()
    person: Person = await rows.refer(db, actor, PEOPLE, person_id, "request_export", pointer="/person_id")
    person.require_known()
    export = Export(
        organisation_id=db.organisation_id, id=ids.new(Export.prefix), person_id=person.id, requested_by=actor.id
    )
    db.add(export)
    operation = await operations.begin(db, actor, JOB, parameters={"export_id": export.id}, subject_ids=(export.id,))
    export.operation_id = operation.id
    return operation


async def content(actor: Actor, export_id: str) -> bytes:
    """The ZIP of one's own export. Each download is put on record."""
    actor.require(Scope.PRIVACY_READ)
    async with database.current().writing(actor.organisation_id) as db:
        export: Export = await rows.get(db, actor, EXPORTS, export_id, None)
        if export.person_id != actor.person_id:
            raise NotYours
        if export.expires_at is None:
            raise NotReady("The export is still being made. Look at its operation.")
        if export.content is None or export.expires_at <= clock.now():
            raise Expired("The export was kept for a day, which is over. Ask for another one.")
        recording.record(db, Entry(actor, "download_export", EXPORTS.name, export.id, subjects=(export.person_id,)))
        return await copies.unsealed(db, export)
