"""Who may be paired with whom: the rules that keep the roles reversed. Every fault is named at once."""

from dataclasses import dataclass

from app.db import Db
from app.domain.enrolments.models import Enrolment, EnrolmentRole, EnrolmentStatus
from app.domain.people import queries as people
from app.domain.people.models import Person
from app.domain.programmes.models import Programme
from app.errors import Conflict, Fault


class NotPairable(Conflict):
    """A rule of the programme bars these two from being paired."""

    code = "pairing_refused"


@dataclass(frozen=True)
class Candidates:
    """The two sides of a pairing that someone wants to make."""

    programme: Programme
    mentor_enrolment: Enrolment
    mentee_enrolment: Enrolment
    mentor: Person
    mentee: Person

    @property
    def rank_gap(self) -> int:
        """Levels by which the mentor stands below the mentee."""
        return self.mentee.rank_level - self.mentor.rank_level


async def require_pairable(db: Db, candidates: Candidates, *, shared_manager_waived: bool) -> None:
    """Raise `NotPairable` with every rule that the two break."""
    faults = _faults_of_sides(candidates) + _faults_of_ranks(candidates)
    faults += await _faults_of_lines(db, candidates, shared_manager_waived=shared_manager_waived)
    if await people.kept_apart(db, candidates.mentor.id, candidates.mentee.id):
        faults.append(Fault("these two are kept apart", code="do_not_pair"))
    if faults:
        raise NotPairable("The rules bar these two from being paired.", faults=tuple(faults))


def _faults_of_sides(candidates: Candidates) -> list[Fault]:
    sides = (
        (candidates.mentor_enrolment, candidates.mentor, EnrolmentRole.MENTOR, "/mentor_enrolment_id"),
        (candidates.mentee_enrolment, candidates.mentee, EnrolmentRole.MENTEE, "/mentee_enrolment_id"),
    )
    return [fault for side in sides for fault in faults_of_seat(candidates.programme, *side)]


def faults_of_seat(
    programme: Programme, enrolment: Enrolment, person: Person, role: EnrolmentRole, pointer: str
) -> list[Fault]:
    """Why somebody cannot be paired on a side of the programme, whoever the other one is."""
    faults = []
    if enrolment.role is not role:
        faults.append(Fault(f"is not enrolled as {role.value}", code="wrong_role", pointer=pointer))
    if enrolment.programme_id != programme.id:
        faults.append(Fault("belongs to another programme", code="other_programme", pointer=pointer))
    if enrolment.status not in (EnrolmentStatus.READY, EnrolmentStatus.MATCHED):
        faults.append(Fault("is not ready", code="enrolment_not_ready", pointer=pointer))
    elif enrolment.live_pairings >= enrolment.capacity:
        faults.append(Fault("has no seat left", code="capacity_reached", pointer=pointer))
    if not person.is_active:
        faults.append(Fault("is a person who is not active", code="person_inactive", pointer=pointer))
    return faults


def _faults_of_ranks(candidates: Candidates) -> list[Fault]:
    faults = []
    if candidates.rank_gap < candidates.programme.min_rank_gap:
        faults.append(Fault("the mentor does not stand far enough below the mentee", code="rank_gap"))
    same = candidates.mentor.department is not None and candidates.mentor.department == candidates.mentee.department
    if candidates.programme.require_cross_department and same:
        faults.append(Fault("both work in the same department", code="same_department"))
    return faults


async def _faults_of_lines(db: Db, candidates: Candidates, *, shared_manager_waived: bool) -> list[Fault]:
    mentor, mentee = candidates.mentor, candidates.mentee
    if mentor.id == mentee.id:
        return [Fault("is the same person", code="same_person", pointer="/mentee_enrolment_id")]
    if await people.reports_to(db, mentor.id, mentee.id) or await people.reports_to(db, mentee.id, mentor.id):
        return [Fault("one reports to the other", code="reporting_line")]
    shared = mentor.manager_id is not None and mentor.manager_id == mentee.manager_id
    if shared and not shared_manager_waived:
        return [Fault("both report to the same manager", code="shared_manager", pointer="/shared_manager_waiver")]
    return []
