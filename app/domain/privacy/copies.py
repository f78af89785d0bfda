"""Making the copy: what the person sees through their own eyes, and nobody else by name."""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import col

from app import clock, csv_out, ids
from app.auth.actor import Actor, Role
from app.auth.scopes import EVERY
from app.db import Db
from app.domain.access.resource import API_KEYS
from app.domain.calendars.resource import CALENDAR_FEEDS
from app.domain.check_ins.resource import CHECK_INS
from app.domain.circles.resource import CIRCLE_MEETINGS, CIRCLE_MEMBERS, CIRCLES
from app.domain.competencies.resource import COMPETENCY_RATINGS
from app.domain.concerns.resource import CONCERNS
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.farewells.resource import FAREWELLS
from app.domain.feedback.resource import FEEDBACK
from app.domain.goals.resource import GOAL_MILESTONES, GOALS, WINS
from app.domain.matching.preference_resource import MATCHING_PREFERENCES
from app.domain.matching.resource import MATCH_PROPOSALS
from app.domain.nominations.resource import NOMINATIONS
from app.domain.operations.work import Work
from app.domain.oversight.resource import AUDIT_ENTRIES
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS, SIGNATURES
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.privacy.models import Export
from app.domain.privacy.names import Crowd, Names, texts
from app.domain.privacy.resource import CONSENTS, ERASURES, EXPORTS
from app.domain.programmes.resource import PROGRAMME_ROLES, SPONSORSHIPS
from app.domain.readiness.resource import READINESS_ASSESSMENTS, TRAINING_ASSIGNMENTS
from app.domain.recognition.resource import RECOGNITIONS
from app.domain.sessions.resource import ACTION_ITEMS, AGENDA_ITEMS, ATTENDANCES, NOTES, SESSION_LINKS, SESSIONS
from app.reading import asking, rows
from app.reading import run as reading
from app.reading.resource import Resource
from app.reading.shape import Leaf, Nodes, Page, Part, Says, Wanted, Where
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
    MATCHING_PREFERENCES: "author_id",
    CHECK_INS: "author_id",
    COMPETENCY_RATINGS: "author_id",
    CALENDAR_FEEDS: "person_id",
    RECOGNITIONS: "person_id",
    **dict.fromkeys((TRAINING_ASSIGNMENTS, READINESS_ASSESSMENTS, CIRCLE_MEMBERS), "person_id"),
    CONCERNS: "reporter_id",
    NOMINATIONS: "nominator_id",
}
_SHARED = (
    *(MATCH_PROPOSALS, PAIRINGS, AGREEMENTS, SESSIONS, AGENDA_ITEMS, SESSION_LINKS, ACTION_ITEMS, NOTES),
    *(CIRCLES, CIRCLE_MEETINGS),
    *(GOALS, GOAL_MILESTONES, WINS, FEEDBACK, FAREWELLS, AUDIT_ENTRIES),
)
Rows = list[dict[str, Any]]


async def make(work: Work) -> None:
    """The job: read everything, pack it, seal it with the person's own key."""
    async with work.chunk() as db:
        export: Export = await rows.by_id(db, Export, work.parameters["export_id"], lock=True)
        packed = await asyncio.to_thread(_packed, await collected(db, export.person_id))
        key = await keeping.current(db, export.person_id)
        export.keep(envelope.seal(key, packed, *_place(export)), len(packed), clock.now())
        work.report.result = export.id
        work.progress(1, 1)


async def collected(db: Db, person_id: str) -> dict[str, Rows]:
    """All that is held of someone, by kind; other people have numbers instead of names."""
    subject = Actor(db.organisation_id, person_id, Role.PARTICIPANT, EVERY, person_id)
    found = {resource.plural: await _rows(db, subject, resource) for resource in (*_BY_PERSON, *_SHARED)}
    others = await _others(db, found, person_id)
    # Whoever worked here for years left much behind: others are not kept waiting.
    cleared: dict[str, Rows] = await asyncio.to_thread(others.out_of, found)
    return cleared


async def unsealed(db: Db, export: Export) -> bytes:
    """The content of an export that is ready."""
    ((wrapped,),) = await db.fetch(_WRAPPED, export.organisation_id, export.id)
    return await keeping.opened(export.content or b"", wrapped, *_place(export))


async def _rows(db: Db, subject: Actor, resource: Resource) -> Rows:
    """Every row of a kind that the person sees, read page by page."""
    by, order = _BY_PERSON.get(resource), resource.default_sort
    wanted = Wanted(resource, tuple(Leaf(name, name) for name in resource.fields))
    items = Nodes("items", wanted), Says("next", Part.NEXT_CURSOR)
    page = Page(resource, items, sort=order, wheres=(Where(by, "person"),) if by else ())
    scope = asking.scope(db.organisation_id, resource, order, subject.person_id or "")
    values: dict[str, Any] = {"limit": _PAGE, "scope": scope, "person": subject.person_id}
    found: Rows = []
    while True:
        (body,) = await reading.fields(subject, (("it", page),), values, db=db)
        answer = orjson.loads(body)
        found += answer["items"]
        if answer["next"] is None:
            return found
        page, values = replace(page, after="after"), values | asking.after(scope, answer["next"])


async def _others(db: Db, found: dict[str, Rows], person_id: str) -> Crowd:
    """Everybody else who occurs: a number for each, in the place of ids, and of names in what was written."""
    others = sorted({text for text in texts(found) if ids.prefix_of(text) == Person.prefix} - {person_id})
    select = sa.select(Person).where(col(Person.organisation_id) == db.organisation_id, col(Person.id).in_(others))
    familiar = {person.id: Names.familiar(person).words for person in (await db.execute(select)).scalars()}
    return Crowd({f"person-{number}": (other, *familiar.get(other, ())) for number, other in enumerate(others, 1)})


def _packed(found: dict[str, Rows]) -> bytes:
    """A ZIP of a JSON and a CSV file for each kind of which there is any."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kept in found.items():
            if kept:
                archive.writestr(f"{name}.json", orjson.dumps(kept, option=orjson.OPT_INDENT_2))
                archive.writestr(f"{name}.csv", b"".join(csv_out.written(list(kept[0]), map(_flat, kept))))
    return packed.getvalue()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """The row with JSON for what has members of its own."""
    return {name: orjson.dumps(value).decode() if _has_members(value) else value for name, value in row.items()}


def _has_members(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


def _place(export: Export) -> tuple[str, str, str, str]:
    return export.organisation_id, "export", export.id, "content"
