"""Questions about enrolments that a change depends on."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.enrolments.models import LIVE, Enrolment


async def live_of_person(db: Db, person_id: str) -> Sequence[Enrolment]:
    """The live enrolments of a person, locked in id order."""
    select = (
        sa.select(Enrolment)
        .where(
            col(Enrolment.organisation_id) == db.organisation_id,
            col(Enrolment.person_id) == person_id,
            col(Enrolment.status).in_(LIVE),
        )
        .order_by(col(Enrolment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await db.execute(select)).scalars().all()
