"""How many a programme takes on each side. Who comes when it is full waits."""

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.enrolments.models import APPROVED, Enrolment, EnrolmentRole
from app.domain.programmes.models import Programme
from app.errors import Conflict
from app.reading import rows


class ProgrammeFull(Conflict):
    """No place is left on this side of the programme: let them wait, or give it more places."""

    code = "programme_full"


async def require(db: Db, enrolment: Enrolment) -> None:
    """Raise `ProgrammeFull` if a locked enrolment that was just approved is one too many on its side."""
    programme = await rows.by_id(db, Programme, enrolment.programme_id)
    if _places(programme, enrolment) is None:
        return
    # One approval at a time: of two that count at once neither would see the other.
    programme = await rows.by_id(db, Programme, enrolment.programme_id, lock=True)
    places = _places(programme, enrolment)
    if places is not None and await _taken(db, enrolment) > places:
        raise ProgrammeFull("No place is left on this side of the programme: let them wait, or give it more places.")


def _places(programme: Programme, enrolment: Enrolment) -> int | None:
    return programme.mentor_places if enrolment.role is EnrolmentRole.MENTOR else programme.mentee_places


async def _taken(db: Db, enrolment: Enrolment) -> int:
    await db.flush()
    select = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .where(
            col(Enrolment.organisation_id) == db.organisation_id,
            col(Enrolment.programme_id) == enrolment.programme_id,
            col(Enrolment.role) == enrolment.role,
            col(Enrolment.status).in_(APPROVED),
        )
    )
    return await db.scalar(select) or 0
