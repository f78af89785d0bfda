"""Those whose last day has come: they leave as if the HR system had said so that day."""

from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.people.events import PersonDeactivated
from app.domain.people.models import EmploymentStatus, Person
from app.events import outbox
from app.reading import rows


async def depart(db: Db, *, limit: int) -> int:
    """Let those go whose `termination_date` has come, at most `limit`; how many there were."""
    today = clock.now().date()
    last_day = col(Person.termination_date)
    here = col(Person.employment_status) != EmploymentStatus.INACTIVE
    people = await rows.free(db, Person, here, last_day <= today, order=last_day, limit=limit)
    for person in people:
        person.deactivate(today)
        outbox.record(db, PersonDeactivated.of(person), changed=("employment_status",))
    return len(people)
