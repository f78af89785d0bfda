"""Asking to be forgotten, and deciding on it: always two people."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.operations import service as operations
from app.domain.operations.models import LIVE, Operation
from app.domain.people.events import PersonDeactivated
from app.domain.people.models import EmploymentStatus, Person
from app.domain.people.resource import PEOPLE
from app.domain.privacy import erasing, holds
from app.domain.privacy.models import Erasure, ErasureStatus
from app.domain.privacy.resource import ERASURES
from app.domain.privacy.schemas import ErasureRequest
from app.errors import Conflict, Forbidden
from app.events import outbox
from app.reading import rows

JOB = "erase_person"


class FourEyes(Forbidden):
    """Somebody else decides on what one asked for, or on what is about oneself."""

    code = "second_person_required"


class NotStuck(Conflict):
    """The erasure goes on by itself, or is over, or was never approved."""

    code = "erasure_not_stuck"


class NotAsked(Forbidden):
    """Only who asked for it takes a request back."""

    code = "not_requested_by_you"


async def request(db: Db, actor: Actor, data: ErasureRequest) -> Erasure:
    """Ask that someone be forgotten: oneself, or anybody as an administrator. Another administrator decides.

    Refused while a legal hold covers the person.
    """
    person_id = data.person_id or actor.as_person()
    person: Person = await rows.refer(db, actor, PEOPLE, person_id, "request_erasure", pointer="/person_id", lock=True)
    person.require_known()
    await holds.require_none(db, person.id)
    erasure = Erasure(
        organisation_id=db.organisation_id, id=ids.new(Erasure.prefix), person_id=person.id, requested_by=actor.id
    )
    db.add(erasure)
    return erasure


async def withdraw(db: Db, actor: Actor, erasure_id: str) -> Erasure:
    """Take one's request back before it was decided on."""
    erasure: Erasure = await rows.get(db, actor, ERASURES, erasure_id, "withdraw_erasure")
    if erasure.requested_by != actor.id:
        raise NotAsked("Only who asked for it can take it back. An administrator may decline it.")
    erasure.step("withdraw")
    return erasure


async def decline(db: Db, actor: Actor, erasure_id: str) -> Erasure:
    """Turn a request to be forgotten down."""
    return await _decided(db, actor, erasure_id, "decline")


async def approve(db: Db, actor: Actor, erasure_id: str) -> Erasure:
    """Let someone be forgotten. They leave at once, the rest is an operation; it cannot be stopped any more.

    Their pairings and enrolments end, their keys are revoked, what they wrote becomes unreadable and their name
    disappears. What is counted stays. Refused while a legal hold covers the person.
    """
    erasure = await _decided(db, actor, erasure_id, "approve")
    person = await rows.by_id(db, Person, erasure.person_id, lock=True)
    await holds.require_none(db, person.id)
    if person.employment_status is not EmploymentStatus.INACTIVE:
        person.deactivate(clock.now().date())
        outbox.record(db, PersonDeactivated.of(person), changed=("employment_status", "termination_date"))
    person.begin_erasure(clock.now())
    await _begin(db, actor, erasure)
    return erasure


async def resume(db: Db, actor: Actor, erasure_id: str) -> Erasure:
    """Go on with an erasure whose operation failed or was cancelled."""
    erasure: Erasure = await rows.get(db, actor, ERASURES, erasure_id, "resume_erasure")
    if erasure.status is not ErasureStatus.APPROVED or await _is_under_way(db, erasure):
        raise NotStuck("The erasure is not waiting to be resumed. Look at its state and its operation.")
    await _begin(db, actor, erasure)
    return erasure


async def _is_under_way(db: Db, erasure: Erasure) -> bool:
    return (await rows.by_id(db, Operation, str(erasure.operation_id))).status in LIVE


async def _begin(db: Db, actor: Actor, erasure: Erasure) -> None:
    steps = len(erasing.STEPS)
    operation = await operations.begin(
        db, actor, JOB, parameters={"erasure_id": erasure.id}, subject_ids=(erasure.id,), total=steps
    )
    erasure.operation_id = operation.id


async def _decided(db: Db, actor: Actor, erasure_id: str, move: str) -> Erasure:
    erasure: Erasure = await rows.get(db, actor, ERASURES, erasure_id, f"{move}_erasure")
    erasure.decide(move, actor.id, clock.now())
    if actor.id in (erasure.requested_by, erasure.person_id):
        raise FourEyes("Somebody else has to decide on this: you asked for it, or it is about you.")
    return erasure
