"""Joining a programme, from invitation or application to being ready for a partner."""

from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments import places
from app.domain.enrolments.events import (
    STEPS,
    EnrolmentApplied,
    EnrolmentCohortAssigned,
    EnrolmentInvited,
    EnrolmentPaused,
    EnrolmentResumed,
)
from app.domain.enrolments.models import Enrolment, EnrolmentOrigin, EnrolmentRole, EnrolmentStatus
from app.domain.enrolments.profile import require_named, settled
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.enrolments.schemas import EnrolmentApply, EnrolmentCohort, EnrolmentInvite, EnrolmentUpdate
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.programmes import eligibility
from app.domain.programmes.cohorts import Cohort
from app.domain.programmes.models import Programme
from app.domain.programmes.resource import COHORTS, PROGRAMMES
from app.errors import Conflict, Fault
from app.events import outbox
from app.reading import rows


class NotEnrolling(Conflict):
    """The programme takes nobody in now."""

    code = "programme_not_enrolling"


class PersonInactive(Conflict):
    """The person does not work here now, or is on leave."""

    code = "person_inactive"


class CohortElsewhere(Conflict):
    """The cohort is no intake of this programme."""

    code = "cohort_elsewhere"


class NotEligible(Conflict):
    """The programme asks for something else in this role; `faults` name its rules."""

    code = "not_eligible"


class PairingsInTheWay(Conflict):
    """The enrolment has live pairings; end them first."""

    code = "enrolment_has_pairings"


async def invite(db: Db, actor: Actor, data: EnrolmentInvite) -> Enrolment:
    """Invite a person to a programme."""
    programme = await rows.refer(db, actor, PROGRAMMES, data.programme_id, "invite_enrolment", pointer="/programme_id")
    person = await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")
    await _require_cohort(db, actor, data)
    return welcome(db, programme, person, data)


def welcome(
    db: Db,
    programme: Programme,
    person: Person,
    data: EnrolmentInvite,
    origin: EnrolmentOrigin = EnrolmentOrigin.REQUEST,
) -> Enrolment:
    """Invite a person to a programme, both of which the caller may invite to."""
    enrolment = _join(programme, person, data, EnrolmentStatus.INVITED)
    enrolment.origin = origin
    enrolment.invite(clock.now(), programme.invitation_days)
    db.add(enrolment)
    outbox.record(db, EnrolmentInvited.of(enrolment))
    return enrolment


async def apply(db: Db, actor: Actor, data: EnrolmentApply) -> Enrolment:
    """Apply to a programme oneself."""
    person = await rows.by_id(db, Person, actor.as_person())
    programme = await rows.refer(
        db, actor, PROGRAMMES, data.programme_id, "apply_for_enrolment", pointer="/programme_id"
    )
    await _require_cohort(db, actor, data)
    enrolment = _join(programme, person, data, EnrolmentStatus.APPLIED)
    db.add(enrolment)
    outbox.record(db, EnrolmentApplied.of(enrolment))
    return enrolment


async def update(db: Db, actor: Actor, enrolment_id: str, data: EnrolmentUpdate) -> Enrolment:
    """Change a profile. The capacity cannot fall below the pairings that live."""
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, "update_enrolment")
    changes = settled(enrolment, data.changes())
    if changes.get("capacity", enrolment.capacity) < enrolment.live_pairings:
        raise PairingsInTheWay(
            "There are more live pairings than that.",
            faults=(Fault("is less than the live pairings", code="enrolment_has_pairings", pointer="/capacity"),),
        )
    enrolment.sqlmodel_update(changes)
    return enrolment


async def assign_cohort(db: Db, actor: Actor, enrolment_id: str, data: EnrolmentCohort) -> Enrolment:
    """Put an enrolment into a cohort of its programme, or into none, whatever the day is."""
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, "assign_enrolment_cohort")
    if data.cohort_id is not None:
        await _cohort(db, actor, data.cohort_id, enrolment.programme_id)
    if enrolment.cohort_id != data.cohort_id:
        enrolment.cohort_id = data.cohort_id
        outbox.record(db, EnrolmentCohortAssigned.of(enrolment), changed=("cohort_id",))
    return enrolment


async def accept(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Accept an invitation."""
    return await _step(db, actor, enrolment_id, "accept")


async def review(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Take an invitation or application up for review."""
    return await _step(db, actor, enrolment_id, "review")


async def approve(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Accept someone into the programme, if there is a place left on their side."""
    enrolment = await _step(db, actor, enrolment_id, "approve")
    await places.require(db, enrolment)
    return enrolment


async def decline(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Turn an application down."""
    return await _step(db, actor, enrolment_id, "decline")


async def waitlist(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Let someone wait for a seat."""
    return await _step(db, actor, enrolment_id, "waitlist")


async def ready(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Say that someone can be paired."""
    return await _step(db, actor, enrolment_id, "ready")


async def pause(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Rest for a while; no new pairing is made meanwhile."""
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, "pause_enrolment")
    enrolment.pause()
    outbox.record(db, EnrolmentPaused.of(enrolment), changed=("status",))
    return enrolment


async def resume(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Go on after a rest."""
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, "resume_enrolment")
    enrolment.resume()
    outbox.record(db, EnrolmentResumed.of(enrolment), changed=("status",))
    return enrolment


async def withdraw(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Leave a programme. Live pairings must have ended."""
    return await _leave(db, actor, enrolment_id, "withdraw")


async def remove(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Take someone out of a programme. Live pairings must have ended."""
    return await _leave(db, actor, enrolment_id, "remove")


def take_leave(db: Db, enrolment: Enrolment) -> None:
    """Withdraw an enrolment because its person left the organisation, or the group that it came of."""
    enrolment.step("withdraw")
    outbox.record(db, STEPS["withdraw"].of(enrolment), changed=("status",))


def require_open(programme: Programme, person: Person, role: EnrolmentRole) -> None:
    """Raise what keeps somebody from joining a programme now in a role."""
    if not programme.is_enrolling:
        raise NotEnrolling("The programme takes nobody in now.")
    if not person.is_active:
        raise PersonInactive("The person does not work here now, or is on leave.")
    sides = eligibility.of(programme, role)
    if rules := [rule for side in sides for rule in eligibility.unmet(side, programme.starts_on, person)]:
        raise NotEligible("The programme asks for something else in this role.", faults=eligibility.faults(rules))


async def _require_cohort(db: Db, actor: Actor, data: EnrolmentInvite | EnrolmentApply) -> None:
    if data.cohort_id is not None:
        cohort = await _cohort(db, actor, data.cohort_id, data.programme_id)
        cohort.require_enrolling(clock.now().date())


async def _cohort(db: Db, actor: Actor, cohort_id: str, programme_id: str) -> Cohort:
    cohort: Cohort = await rows.refer(db, actor, COHORTS, cohort_id, pointer="/cohort_id")
    if cohort.programme_id != programme_id:
        raise CohortElsewhere(
            "The cohort belongs to another programme.",
            faults=(Fault("belongs to another programme", code="cohort_elsewhere", pointer="/cohort_id"),),
        )
    return cohort


def _join(
    programme: Programme, person: Person, data: EnrolmentInvite | EnrolmentApply, status: EnrolmentStatus
) -> Enrolment:
    require_open(programme, person, data.role)
    values: dict[str, Any] = data.model_dump(exclude={"person_id"})
    values |= data.model_dump(mode="json", include={"style", "availability"})
    require_named(values)
    values["languages"] = person.languages if data.languages is None else data.languages
    values["zone"] = data.zone or person.zone
    return Enrolment(
        organisation_id=programme.organisation_id,
        id=ids.new(Enrolment.prefix),
        person_id=person.id,
        status=status,
        **values,
    )


async def _leave(db: Db, actor: Actor, enrolment_id: str, move: str) -> Enrolment:
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, f"{move}_enrolment")
    enrolment.step(move)
    if enrolment.live_pairings:
        raise PairingsInTheWay("The enrolment has live pairings. End them first.")
    outbox.record(db, STEPS[move].of(enrolment), changed=("status",))
    return enrolment


async def _step(db: Db, actor: Actor, enrolment_id: str, move: str) -> Enrolment:
    enrolment: Enrolment = await rows.get(db, actor, ENROLMENTS, enrolment_id, f"{move}_enrolment")
    enrolment.step(move)
    outbox.record(db, STEPS[move].of(enrolment), changed=("status",))
    return enrolment
