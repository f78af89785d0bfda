"""Invitations that nobody writes: to those who become eligible, and to those who are put into a group.

All of it looks at how things are now, many people at once, so that it may come late and more than once. Who was ever in
the programme, and be it that they declined, is not invited again.
"""

from collections.abc import Collection, Sequence, Set

import sqlalchemy as sa
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
    for programme, side in await _inviting(db):
        among = person_ids
        if side.group_id is not None:
            among = await _members(db, side.group_id, col(GroupMember.person_id) == rows.any_of(person_ids))
        await _invite(db, programme, side, among)


async def of_programme(db: Db, programme_id: str) -> None:
    """Invite who is in the groups of a programme that has opened. Rules alone invite only who comes or changes."""
    for programme, side in await _inviting(db, col(Programme.id) == programme_id):
        if side.group_id is not None:
            await _invite(db, programme, side, await _members(db, side.group_id))


async def of_group(db: Db, group_id: str) -> None:
    """Invite who is in a group, and take back what nobody has answered from those who no longer are."""
    members = await _members(db, group_id)
    for programme, side in await _inviting(db, col(Programme.eligibility).contains([{"group_id": group_id}])):
        if side.group_id == group_id:
            await _take_back(db, programme, side, members)
            await _invite(db, programme, side, members)


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


async def _invite(db: Db, programme: Programme, side: Eligibility, among: Collection[str]) -> None:
    """Invite those of some people who are here and eligible, and never were in the programme."""
    origin = EnrolmentOrigin.GROUP if side.group_id else EnrolmentOrigin.RULE
    # Not a join: what was loaded a moment ago has no statistics yet, and an index of one row looks like any other.
    known = sa.select(col(Enrolment.person_id)).where(*_of(db, programme))
    select = sa.select(Person).where(
        col(Person.organisation_id) == db.organisation_id,
        col(Person.id) == rows.any_of(among),
        col(Person.id).not_in(known),
        col(Person.employment_status) == EmploymentStatus.ACTIVE,
    )
    for person in (await db.execute(select.order_by(col(Person.id)))).scalars():
        if not eligibility.unmet(side, programme.starts_on, person):
            invitation = EnrolmentInvite(programme_id=programme.id, person_id=person.id, role=EnrolmentRole(side.role))
            service.welcome(db, programme, person, invitation, origin)
    await db.flush()


async def _take_back(db: Db, programme: Programme, side: Eligibility, members: Set[str]) -> None:
    """Withdraw the unanswered invitations of who left the group. What was answered is for humans to decide."""
    select = (
        sa.select(Enrolment)
        .where(
            *_of(db, programme),
            col(Enrolment.role) == side.role.value,
            col(Enrolment.status) == EnrolmentStatus.INVITED,
            col(Enrolment.origin) == EnrolmentOrigin.GROUP,
        )
        .order_by(col(Enrolment.id))
        .with_for_update()
    )
    for enrolment in (await db.execute(select)).scalars():
        if enrolment.person_id not in members:
            service.take_leave(db, enrolment)


async def _members(db: Db, group_id: str, *conditions: sa.ColumnElement[bool]) -> set[str]:
    select = sa.select(col(GroupMember.person_id)).where(
        col(GroupMember.organisation_id) == db.organisation_id, col(GroupMember.group_id) == group_id, *conditions
    )
    return set((await db.execute(select)).scalars())


def _of(db: Db, programme: Programme) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Enrolment.organisation_id) == db.organisation_id, col(Enrolment.programme_id) == programme.id
