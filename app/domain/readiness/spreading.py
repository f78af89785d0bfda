"""Assigning a training to everybody who was approved before it was there, or before its edition was."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import APPROVED, Enrolment
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.operations.work import Work
from app.domain.programmes.contents import Audience, ProgrammeResource
from app.domain.programmes.resource import PROGRAMME_RESOURCES
from app.domain.readiness import training
from app.domain.readiness.trainings import TrainingAssignment
from app.errors import Conflict
from app.reading import rows

JOB = "training_assignments"
AT_ONCE = 100


class NotAssignable(Conflict):
    """Only training modules and charters are assigned."""

    code = "not_assignable"


async def begin(db: Db, actor: Actor, resource_id: str) -> Operation:
    """Assign a training module or charter to everybody of its audience who was approved and has not got this edition.

    What a programme requires is assigned when somebody is approved; this is for those who were approved before.
    """
    resource: ProgrammeResource = await rows.get(
        db, actor, PROGRAMME_RESOURCES, resource_id, "assign_programme_resource"
    )
    if not resource.is_assignable:
        raise NotAssignable("Only training modules and charters are assigned.")
    lacking = await db.scalar(sa.select(sa.func.count()).select_from(_lacking(db, resource, "").subquery()))
    parameters = {"programme_resource_id": resource.id}
    return await operations.begin(db, actor, JOB, parameters=parameters, subject_ids=(resource.id,), total=lacking)


async def run(work: Work) -> None:
    """Assign it, some people at once. Who was given it meanwhile is passed over, and so is what was removed."""
    has_more = True
    while has_more:
        async with work.chunk() as db:
            has_more = await _assign(db, work) == AT_ONCE


async def _assign(db: Db, work: Work) -> int:
    """Assign it to the next of them; how many were looked at."""
    resource = await db.get(ProgrammeResource, (db.organisation_id, work.parameters["programme_resource_id"]))
    if resource is None:
        return 0
    some = _lacking(db, resource, work.report.cursor or "").limit(AT_ONCE).with_for_update()
    enrolments: Sequence[Enrolment] = (await db.execute(some)).scalars().all()
    # Asked again: while we waited for the lock of one, they may have got it.
    having = set((await db.execute(_having(db, resource, enrolments))).scalars())
    now = clock.now()
    for enrolment in enrolments:
        if enrolment.id in having:
            work.report.unchanged += 1
        else:
            training.give(db, enrolment, resource, now)
            work.report.created += 1
        work.report.cursor = enrolment.id
    work.progress(work.report.done + len(enrolments))
    return len(enrolments)


def _given(db: Db, resource: ProgrammeResource) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(TrainingAssignment.organisation_id) == db.organisation_id,
        col(TrainingAssignment.programme_resource_id) == resource.id,
        col(TrainingAssignment.edition) == resource.edition,
    )


def _having(db: Db, resource: ProgrammeResource, enrolments: Sequence[Enrolment]) -> sa.Select[str]:
    ids = rows.any_of(enrolment.id for enrolment in enrolments)
    return sa.select(col(TrainingAssignment.enrolment_id)).where(
        *_given(db, resource), col(TrainingAssignment.enrolment_id) == ids
    )


def _lacking(db: Db, resource: ProgrammeResource, after: str) -> sa.Select[Any]:
    """Those of its audience who were approved and have not got its edition."""
    has_it = sa.exists().where(*_given(db, resource), col(TrainingAssignment.enrolment_id) == col(Enrolment.id))
    select = sa.select(Enrolment).where(
        col(Enrolment.organisation_id) == db.organisation_id,
        col(Enrolment.programme_id) == resource.programme_id,
        col(Enrolment.status).in_(APPROVED),
        col(Enrolment.id) > after,
        ~has_it,
    )
    if resource.audience is not Audience.EVERYONE:
        select = select.where(col(Enrolment.role) == resource.audience.value)
    return select.order_by(col(Enrolment.id))
