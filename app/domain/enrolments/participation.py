"""Whether the leaders take part themselves: counts of one programme, and no names."""

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app import db as database
from app.acting.inquiry import Inquiry
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.enrolments.models import Enrolment, EnrolmentRole, EnrolmentStatus
from app.domain.organisations.models import Organisation, Rank
from app.domain.people.models import EmploymentStatus, Person
from app.domain.programmes.contents import Sponsorship
from app.domain.programmes.models import Programme
from app.domain.programmes.previewing import told
from app.domain.programmes.resource import PROGRAMMES
from app.reading import rows
from app.reading.rows import NotYours
from app.table import Row
from app.text import Output

_S = EnrolmentStatus
# Who was accepted and has not left.
_TAKES_PART = (_S.APPROVED, _S.READY, _S.MATCHED, _S.PAUSED, _S.COMPLETED)
_ABOVE_ALL = 101
_TOO_FEW = (
    "To a sponsor who does not run the programme: `null` where it, or the rest, would speak of fewer people than the "
    "organisation's `anonymity_k`."
)


class LeaderParticipation(Output):
    """How many of the leaders, and of the sponsors, take part in a programme.

    Whoever takes part was accepted and has not left: their enrolment is approved, ready, matched, paused or completed.
    """

    programme_id: str
    leader_rank: int | None = Field(
        description="Leaders are those who work here now at this level or above: the programme's `leader_rank`, or "
        "else the highest level of the ladder. `null` without a ladder."
    )
    leaders: int | None = Field(description=f"How many there are. {_TOO_FEW}")
    leaders_as_mentees: int | None = Field(description=f"How many of them take part as mentees. {_TOO_FEW}")
    sponsors: int = Field(description="How many people have pledged to the programme.")
    sponsors_taking_part: int | None = Field(description=f"How many of them take part, on either side. {_TOO_FEW}")


async def participation(actor: Actor, programme_id: str) -> LeaderParticipation:
    """How many leaders take part in a programme as mentees, and how many of its sponsors take part themselves.

    Counts only: nobody is named.
    """
    async with database.current().writing(actor.organisation_id) as db:
        programme: Programme = await rows.get(
            db, actor, PROGRAMMES, programme_id, "programme_leader_participation", lock=False
        )
        least = 0 if await _runs(db, actor, programme) else await _anonymity(db)
        rank = programme.leader_rank or await _highest(db)
        leaders, mentees, sponsors, taking_part = (await db.execute(_counts(db, programme, rank))).one()
    return LeaderParticipation(
        programme_id=programme.id,
        leader_rank=rank,
        leaders=told(leaders, leaders, least),
        leaders_as_mentees=told(mentees, leaders, least),
        sponsors=sponsors,
        sponsors_taking_part=told(taking_part, sponsors, least),
    )


async def _runs(db: Db, actor: Actor, programme: Programme) -> bool:
    """Whether the caller sees who is enrolled anyway."""
    try:
        await rows.get(db, actor, PROGRAMMES, programme.id, "programme_eligibility", lock=False)
    except NotYours:
        return False
    return True


async def _anonymity(db: Db) -> int:
    return (await rows.by_id(db, Organisation, db.organisation_id)).anonymity_k


async def _highest(db: Db) -> int | None:
    select = sa.select(sa.func.max(col(Rank.level))).where(col(Rank.organisation_id) == db.organisation_id)
    found: int | None = (await db.execute(select)).scalar_one()
    return found


def _counts(db: Db, programme: Programme, rank: int | None) -> sa.Select[int, int, int, int]:
    leader = (
        col(Person.organisation_id) == db.organisation_id,
        col(Person.employment_status) == EmploymentStatus.ACTIVE,
        col(Person.rank_level) >= (_ABOVE_ALL if rank is None else rank),
    )
    sponsor = (
        col(Sponsorship.organisation_id) == db.organisation_id,
        col(Sponsorship.programme_id) == programme.id,
    )
    mentee = _enrolled(db, programme, col(Person.id), EnrolmentRole.MENTEE)
    either = _enrolled(db, programme, col(Sponsorship.person_id), *EnrolmentRole)
    return sa.select(
        _count(Person, *leader),
        _count(Person, *leader, mentee),
        _count(Sponsorship, *sponsor),
        _count(Sponsorship, *sponsor, either),
    )


def _count(model: type[Row], *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(model).where(*conditions).scalar_subquery()


def _enrolled(db: Db, programme: Programme, person: Mapped[str], *roles: EnrolmentRole) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(sa.literal(1)).where(
            col(Enrolment.organisation_id) == db.organisation_id,
            col(Enrolment.programme_id) == programme.id,
            col(Enrolment.person_id) == person,
            col(Enrolment.role).in_(roles),
            col(Enrolment.status).in_(_TAKES_PART),
        )
    )


INQUIRIES = (
    Inquiry(
        "programme_leader_participation",
        PROGRAMMES,
        "leader-participation",
        Scope.PROGRAMMES_READ,
        participation,
        cost=2,
    ),
)
