"""Those whose last day has come: they leave as if the HR system had said so that day."""

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.people.events import PersonDeactivated
from app.domain.people.models import EmploymentStatus, Person
from app.events import outbox


async def depart(db: Db, *, limit: int) -> int:
    """Let those go whose `termination_date` has come, at most `limit`; how many there were."""
    today = clock.now().date()
    select = (
        sa.select(Person)
        .where(
            col(Person.organisation_id) == db.organisation_id,
            col(Person.employment_status) != EmploymentStatus.INACTIVE,
            col(Person.termination_date) <= today,
        )
        .order_by(col(Person.termination_date), col(Person.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    people = (await db.execute(select)).scalars().all()
    for person in people:
        person.deactivate(today)
        outbox.record(db, PersonDeactivated.of(person), changed=("employment_status",))
    return len(people)
