"""Importing enrolments: who has not joined is invited, a profile that is known is brought up to date."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.enrolments import service
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.profile import RATED
from app.domain.enrolments.schemas import EnrolmentInvite, EnrolmentUpdate, Profile
from app.domain.imports import chunks
from app.domain.imports.sheets import Row, Sheet, validated
from app.domain.operations.work import Work
from app.domain.people.models import Person
from app.domain.people.roll import Roll
from app.domain.programmes.resource import PROGRAMMES
from app.reading import rows as loading
from app.reading.rows import UnknownReference

BY_ID, BY_EMAIL, ROLE = "person_external_id", "person_work_email", "role"
_PROFILE = {name: item.annotation for name, item in Profile.model_fields.items()}
_RATED = {*RATED, "style"}
SHEET = Sheet({BY_ID: str, BY_EMAIL: str, ROLE: str, **_PROFILE}, required=(ROLE,), key=(BY_ID, BY_EMAIL, ROLE))


async def run(work: Work) -> None:
    """Do the import."""
    await chunks.handle(work, await chunks.read(work, SHEET), partial(_take, work.parameters["programme_id"]))


async def _take(programme_id: str, db: Db, work: Work, rows: Sequence[Row]) -> None:
    programme = await loading.refer(
        db, work.actor, PROGRAMMES, programme_id, "invite_enrolment", pointer="/programme_id"
    )
    ids, emails = ({text for row in rows if (text := row.text(name))} for name in (BY_ID, BY_EMAIL))
    roll = await Roll.call(db, ids, emails)
    joined = await _joined(db, programme_id, roll.people)
    known: list[tuple[Row, Enrolment]] = []
    for row in rows:
        with chunks.on_its_own(work, row):
            person = _person(roll, row)
            if enrolment := joined.get((person.id, row.text(ROLE) or "")):
                known.append((row, enrolment))
                continue
            others = {name: value for name, value in row.members.items() if name not in (BY_ID, BY_EMAIL)}
            data = validated(EnrolmentInvite, others | {"programme_id": programme_id, "person_id": person.id})
            made = service.welcome(db, programme, person, data)
            joined[person.id, made.role.value] = made
            work.report.created += 1
    await db.flush()
    for row, enrolment in known:
        with chunks.on_its_own(work, row):
            await _change(db, work, row, enrolment)


def _person(roll: Roll, row: Row) -> Person:
    """Whom a row names, by external id or else by address."""
    if text := row.text(BY_ID):
        person, pointer = roll.named(text), f"/{BY_ID}"
    else:
        person, pointer = roll.with_email(row.text(BY_EMAIL)), f"/{BY_EMAIL}"
    if person is None:
        raise UnknownReference(pointer)
    return person


async def _change(db: Db, work: Work, row: Row, enrolment: Enrolment) -> None:
    members = {name: value for name, value in row.members.items() if name in _PROFILE}
    data: EnrolmentUpdate = validated(EnrolmentUpdate, members)
    changes = {name: value for name, value in data.changes().items() if getattr(enrolment, name) != _whole(value)}
    if not changes:
        work.report.unchanged += 1
        return
    for name in _RATED & changes.keys():
        # A row says all of it; to an update, what is absent stays.
        changes[name] = dict.fromkeys(getattr(enrolment, name)) | changes[name]
    await service.update(db, work.actor, enrolment.id, EnrolmentUpdate.model_validate(changes))
    work.report.updated += 1


def _whole(value: Any) -> Any:
    """A member as it will stand: `null` takes a word out."""
    return {word: number for word, number in value.items() if number is not None} if isinstance(value, dict) else value


async def _joined(db: Db, programme_id: str, people: Iterable[str]) -> dict[tuple[str, str], Enrolment]:
    """The enrolments of some people in a programme, by person and role."""
    select = sa.select(Enrolment).where(
        col(Enrolment.organisation_id) == db.organisation_id,
        col(Enrolment.programme_id) == programme_id,
        col(Enrolment.person_id) == loading.any_of(people),
    )
    return {(found.person_id, found.role.value): found for found in (await db.execute(select)).scalars()}
