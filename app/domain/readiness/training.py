"""Assigning what has to be learned, and learning it. An enrolment counts what is open of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.programmes.contents import Audience, ProgrammeResource
from app.domain.programmes.resource import PROGRAMME_RESOURCES
from app.domain.readiness.events import STEPS, TrainingAssigned
from app.domain.readiness.resource import TRAINING_ASSIGNMENTS
from app.domain.readiness.schemas import TrainingAssign, TrainingWaive
from app.domain.readiness.trainings import OPEN, CompletionSource, TrainingAssignment, TrainingStatus
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows
from app.sealing import columns


class NotJoined(Conflict):
    """The enrolment is over, or was never approved."""

    code = "enrolment_not_approved"


async def assign(db: Db, actor: Actor, data: TrainingAssign) -> TrainingAssignment:
    """Assign a training module or charter to somebody who was approved, such as a new edition of one.

    What a programme requires is assigned to everybody of its audience when they are approved.
    """
    enrolment: Enrolment = await rows.refer(
        db, actor, ENROLMENTS, data.enrolment_id, "assign_training", pointer="/enrolment_id", lock=True
    )
    resource: ProgrammeResource = await rows.refer(
        db, actor, PROGRAMME_RESOURCES, data.programme_resource_id, pointer="/programme_resource_id"
    )
    if not enrolment.was_approved:
        raise NotJoined("The enrolment is over, or was never approved.")
    _require_fitting(enrolment, resource)
    now = clock.now()
    due_at = data.due_at or _due_at(resource, now)
    if due_at <= now:
        raise Invalid(
            "There must be time to learn it.",
            faults=(Fault("must lie in the future", code="due_in_past", pointer="/due_at"),),
        )
    return _give(db, enrolment, resource, due_at)


async def assign_required(db: Db, enrolment: Enrolment) -> None:
    """Assign to a locked enrolment what its programme requires of its role."""
    now = clock.now()
    for resource in await _required(db, enrolment):
        give(db, enrolment, resource, now)


def give(db: Db, enrolment: Enrolment, resource: ProgrammeResource, now: datetime) -> None:
    """Assign something to a locked enrolment, due after the time that the programme leaves for it."""
    _give(db, enrolment, resource, _due_at(resource, now))


async def start(db: Db, actor: Actor, assignment_id: str) -> TrainingAssignment:
    """Begin to learn."""
    assignment: TrainingAssignment = await rows.get(db, actor, TRAINING_ASSIGNMENTS, assignment_id, "start_training")
    return _step(db, assignment, "start")


async def complete(db: Db, actor: Actor, assignment_id: str) -> TrainingAssignment:
    """Say that it is learned, or acknowledge a charter. It may be said at once, and late.

    Whoever runs the programme, or a system in their name, may say it too: of a course that was held in a room.
    """
    assignment: TrainingAssignment = await rows.get(db, actor, TRAINING_ASSIGNMENTS, assignment_id, "complete_training")
    is_own = actor.person_id == assignment.person_id
    assignment.completed_at = clock.now()
    assignment.source = CompletionSource.PARTICIPANT if is_own else CompletionSource.OFFICE
    return await _close(db, assignment, "complete")


async def waive(db: Db, actor: Actor, assignment_id: str, data: TrainingWaive) -> TrainingAssignment:
    """Let somebody be paired without it. Nobody waives their own."""
    assignment: TrainingAssignment = await rows.get(db, actor, TRAINING_ASSIGNMENTS, assignment_id, "waive_training")
    await columns.seal(db, assignment, waive_reason=data.reason)
    return await _close(db, assignment, "waive")


async def lapse(db: Db, *, limit: int) -> int:
    """Mark as overdue what was to be learned by now, at most `limit`; how much there was."""
    begun = (TrainingStatus.ASSIGNED.value, TrainingStatus.STARTED.value)
    select = _locked(db, col(TrainingAssignment.due_at) <= clock.now(), states=begun)
    found = (await db.execute(select.limit(limit))).scalars().all()
    for assignment in found:
        _step(db, assignment, "lapse")
    return len(found)


async def call_off(db: Db, enrolment_id: str) -> None:
    """Cancel what is open of an enrolment that is over."""
    select = _locked(db, col(TrainingAssignment.enrolment_id) == enrolment_id, states=OPEN)
    found = (await db.execute(select)).scalars().all()
    for assignment in found:
        _step(db, assignment, "cancel")
    await _settle(db, enrolment_id, len(found))


def _give(db: Db, enrolment: Enrolment, resource: ProgrammeResource, due_at: datetime) -> TrainingAssignment:
    assignment = TrainingAssignment(
        organisation_id=db.organisation_id,
        id=ids.new(TrainingAssignment.prefix),
        enrolment_id=enrolment.id,
        programme_id=enrolment.programme_id,
        person_id=enrolment.person_id,
        programme_resource_id=resource.id,
        kind=resource.kind,
        title=resource.title,
        edition=resource.edition,
        due_at=due_at,
    )
    db.add(assignment)
    enrolment.open_trainings += 1
    outbox.record(db, TrainingAssigned.of(assignment))
    return assignment


def _require_fitting(enrolment: Enrolment, resource: ProgrammeResource) -> None:
    if resource.programme_id != enrolment.programme_id:
        fault = Fault("belongs to another programme", code="resource_elsewhere", pointer="/programme_resource_id")
    elif not resource.is_assignable:
        fault = Fault("is no training module and no charter", code="not_assignable", pointer="/programme_resource_id")
    elif resource.audience not in (Audience.EVERYONE, enrolment.role.value):
        fault = Fault("addresses the other side", code="wrong_audience", pointer="/programme_resource_id")
    else:
        return
    raise Invalid("This resource is not for this enrolment.", faults=(fault,))


def _due_at(resource: ProgrammeResource, now: datetime) -> datetime:
    return now + timedelta(days=resource.due_days)


async def _required(db: Db, enrolment: Enrolment) -> Sequence[ProgrammeResource]:
    theirs = (Audience.EVERYONE, Audience(enrolment.role.value))
    found = await rows.every(db, ProgrammeResource, programme_id=enrolment.programme_id, is_required=True)
    return [resource for resource in found if resource.audience in theirs]


def _locked(db: Db, condition: sa.ColumnElement[bool], *, states: Sequence[str]) -> sa.Select[Any]:
    return (
        sa.select(TrainingAssignment)
        .where(
            col(TrainingAssignment.organisation_id) == db.organisation_id,
            condition,
            col(TrainingAssignment.status).in_(states),
        )
        .order_by(col(TrainingAssignment.id))
        .with_for_update()
    )


def _step(db: Db, assignment: TrainingAssignment, move: str) -> TrainingAssignment:
    assignment.step(move)
    outbox.record(db, STEPS[move].of(assignment), changed=("status",))
    return assignment


async def _close(db: Db, assignment: TrainingAssignment, move: str) -> TrainingAssignment:
    _step(db, assignment, move)
    await _settle(db, assignment.enrolment_id)
    return assignment


async def _settle(db: Db, enrolment_id: str, count: int = 1) -> None:
    """So many are open no more: the enrolment waits for that much less."""
    (await rows.by_id(db, Enrolment, enrolment_id, lock=True)).open_trainings -= count
