"""Invitations that nobody writes: to those who become eligible, and to those who are put into a group.

All of it looks at how things are now, many people at once, so that it may come late and more than once. Who was ever in
the programme, and be it that they declined, is not invited again.
"""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.db import Db
from app.domain.enrolments import service
from app.domain.enrolments.models import Enrolment, EnrolmentOrigin, EnrolmentRole, EnrolmentStatus
from app.domain.enrolments.schemas import EnrolmentInvite
from app.domain.groups.models import GroupMember
from app.domain.people.models import EmploymentStatus, Person
from app.domain.programmes import eligibility
from app.domain.programmes.eligibility import Eligibility
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.reading import rows

_OPEN = (ProgrammeStatus.ENROLLING, ProgrammeStatus.MATCHING, ProgrammeStatus.ACTIVE)


async def of_people(db: Db, person_ids: Collection[str]) -> None:
    """Invite those of some people, who came or changed, whom a programme invites by its rules."""
    are_they = col(Person.id) == rows.any_of(person_ids)
    for programme, side in await _inviting(db):
        await _invite(db, programme, side, are_they)


async def of_programme(db: Db, programme_id: str) -> None:
    """Invite who is in the groups of a programme that has opened. Rules alone invite only who comes or changes."""
    for programme, side in await _inviting(db, col(Programme.id) == programme_id):
        if side.group_id is not None:
            await _invite(db, programme, side, sa.true())


async def of_group(db: Db, group_id: str) -> None:
    """Invite who is in a group, and take back what nobody has answered from those who no longer are."""
    for programme, side in await _inviting(db, col(Programme.eligibility).contains([{"group_id": group_id}])):
        if side.group_id == group_id:
            await _take_back(db, programme, side)
            await _invite(db, programme, side, sa.true())


async def _inviting(db: Db, *conditions: sa.ColumnElement[bool]) -> Sequence[tuple[Programme, Eligibility]]:
    """The programmes that take people in now, and the sides of them that invite."""
    select = (
        sa.select(Programme)
        .where(
            col(Programme.organisation_id) == db.organisation_id,
            col(Programme.status).in_(_OPEN),
            col(Programme.eligibility) != sa.text("'[]'::jsonb"),
            *conditions,
        )
        .order_by(col(Programme.id))
    )
    found = [programme for programme in (await db.execute(select)).scalars() if programme.is_enrolling]
    return [
        (programme, side)
        for programme in found
        for side in eligibility.of(programme)
        if side.auto_invite or side.group_id is not None
    ]


async def _invite(db: Db, programme: Programme, side: Eligibility, who: sa.ColumnElement[bool]) -> None:
    origin = EnrolmentOrigin.GROUP if side.group_id else EnrolmentOrigin.RULE
    for person in await _strangers(db, programme, side, who):
        if not eligibility.unmet(side, programme.starts_on, person):
            invitation = EnrolmentInvite(programme_id=programme.id, person_id=person.id, role=EnrolmentRole(side.role))
            service.welcome(db, programme, person, invitation, origin)
    await db.flush()


async def _strangers(db: Db, programme: Programme, side: Eligibility, who: sa.ColumnElement[bool]) -> Iterable[Person]:
    """Who is here, in the group if there is one, and never was in the programme."""
    known = sa.exists().where(
        col(Enrolment.organisation_id) == db.organisation_id,
        col(Enrolment.programme_id) == programme.id,
        col(Enrolment.person_id) == Person.id,
    )
    select = sa.select(Person).where(
        col(Person.organisation_id) == db.organisation_id,
        col(Person.employment_status) == EmploymentStatus.ACTIVE,
        ~known,
        who,
    )
    if side.group_id is not None:
        select = select.where(_is_in(db, side.group_id, col(Person.id)))
    return (await db.execute(select.order_by(col(Person.id)))).scalars()


async def _take_back(db: Db, programme: Programme, side: Eligibility) -> None:
    """Withdraw the unanswered invitations of who left the group. What was answered is for humans to decide."""
    assert side.group_id is not None  # noqa: S101
    select = (
        sa.select(Enrolment)
        .where(
            col(Enrolment.organisation_id) == db.organisation_id,
            col(Enrolment.programme_id) == programme.id,
            col(Enrolment.role) == side.role.value,
            col(Enrolment.status) == EnrolmentStatus.INVITED,
            col(Enrolment.origin) == EnrolmentOrigin.GROUP,
            ~_is_in(db, side.group_id, col(Enrolment.person_id)),
        )
        .order_by(col(Enrolment.id))
        .with_for_update()
    )
    for enrolment in (await db.execute(select)).scalars():
        service.take_leave(db, enrolment)


def _is_in(db: Db, group_id: str, person_id: Mapped[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(GroupMember.organisation_id) == db.organisation_id,
        col(GroupMember.group_id) == group_id,
        col(GroupMember.person_id) == person_id,
    )
