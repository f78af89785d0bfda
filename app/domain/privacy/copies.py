"""Making the copy: what the person sees through their own eyes, and nobody else by name."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import col

from app import clock, csv_out, ids
from app.auth.actor import Actor, Role
from app.auth.scopes import EVERY
from app.db import Db
from app.domain.access.resource import API_KEYS
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.feedback.resource import FEEDBACK
from app.domain.goals.resource import GOAL_MILESTONES, GOALS, WINS
from app.domain.operations.work import Work
from app.domain.oversight.resource import AUDIT_ENTRIES
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS, SIGNATURES
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.privacy.models import Export
from app.domain.privacy.names import Names
from app.domain.privacy.resource import CONSENTS, ERASURES, EXPORTS
from app.domain.programmes.resource import PROGRAMME_ROLES, SPONSORSHIPS
from app.domain.sessions.resource import ACTION_ITEMS, AGENDA_ITEMS, ATTENDANCES, NOTES, SESSION_LINKS, SESSIONS
from app.reading import run as reading
from app.reading import rows
from app.reading.resource import Resource
from app.reading.shape import Leaf, Nodes, Page, Wanted, Where
from app.sealing import envelope, keeping
from app.sealing.envelope import KEY_ID_SQL

_PAGE = 200
_WRAPPED = f"""
    select k.wrapped from export e
    join data_key k on k.organisation_id = e.organisation_id and k.id = {KEY_ID_SQL.format("e.content")}
    where e.organisation_id = $1 and e.id = $2
"""  # noqa: S608
# What is theirs alone, by the filter that says so. Of the rest a participant sees what is theirs, or their pairs'.
_BY_PERSON: Mapping[Resource, str] = {
    PEOPLE: "id",
    **dict.fromkeys((API_KEYS, ENROLMENTS, SIGNATURES, ATTENDANCES, SPONSORSHIPS, PROGRAMME_ROLES), "person_id"),
    **dict.fromkeys((CONSENTS, EXPORTS, ERASURES), "person_id"),
}
_SHARED = (
    *(PAIRINGS, AGREEMENTS, SESSIONS, AGENDA_ITEMS, SESSION_LINKS, ACTION_ITEMS, NOTES),
    *(GOALS, GOAL_MILESTONES, WINS, FEEDBACK, AUDIT_ENTRIES),
)
Rows = list[dict[str, Any]]


async def make(work: Work) -> None:
    """The job: read everything, pack it, seal it with the person's own key."""
    resources = (*_BY_PERSON, *_SHARED)
    async with work.chunk() as db:
        export = await rows.by_id(db, Export, work.parameters["export_id"])
        subject = Actor(db.organisation_id, work.operation_id, Role.PARTICIPANT, EVERY, export.person_id)
        found = {resource.plural: [row async for row in _rows(subject, resource)] for resource in resources}
        packed = _packed(await _without_others(db, found, export.person_id))
        key = await keeping.current(db, export.person_id)
        export.content = envelope.seal(key, packed, *_place(export))
"""
