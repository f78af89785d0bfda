"""Opening cohorts of a programme, changing their days, and taking them away again."""

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.programmes.cohort_schemas import CohortCreate, CohortUpdate
from app.domain.programmes.cohorts import Cohort
from app.domain.programmes.events import CohortChanged, CohortCreated, CohortDeleted
from app.domain.programmes.models import Programme
from app.domain.programmes.resource import COHORTS, PROGRAMMES
from app.events import outbox
from app.reading import rows


async def create(db: Db, actor: Actor, data: CohortCreate) -> Cohort:
    """Open a cohort of a programme. Its days lie within the programme's."""
    # Locked: the programme's own days must not move meanwhile.
    programme: Programme = await rows.refer(
        db, actor, PROGRAMMES, data.programme_id, "create_cohort", pointer="/programme_id", lock=True
    )
    cohort = Cohort(organisation_id=actor.organisation_id, id=ids.new(Cohort.prefix), **data.model_dump())
    cohort.require_dates(programme.starts_on, programme.ends_on)
    db.add(cohort)
    outbox.record(db, CohortCreated.of(cohort))
    return cohort


async def update(db: Db, actor: Actor, cohort_id: str, data: CohortUpdate) -> Cohort:
    """Change a cohort. Whoever joined stays in it, even if the days are others now."""
    cohort: Cohort = await rows.get(db, actor, COHORTS, cohort_id, "update_cohort")
    programme = await rows.held(db, Programme, cohort.programme_id)
    changes = {name: value for name, value in data.changes().items() if getattr(cohort, name) != value}
    cohort.sqlmodel_update(changes)
    cohort.require_dates(programme.starts_on, programme.ends_on)
    if changes:
        outbox.record(db, CohortChanged.of(cohort), changed=tuple(changes))
    return cohort


async def delete(db: Db, actor: Actor, cohort_id: str) -> None:
    """Remove a cohort that no enrolment names."""
    cohort: Cohort = await rows.get(db, actor, COHORTS, cohort_id, "delete_cohort")
    outbox.record(db, CohortDeleted.of(cohort))
    await db.delete(cohort)


async def require_within(db: Db, programme: Programme) -> None:
    """Raise `CohortDates` if the programme's days have moved away from one of its cohorts."""
    for cohort in await rows.every(db, Cohort, programme_id=programme.id):
        cohort.require_dates(programme.starts_on, programme.ends_on)
