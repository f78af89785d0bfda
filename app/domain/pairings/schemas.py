"""What callers send and get of pairings and agreements."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.domain.enrolments.schemas import EnrolmentId
from app.domain.pairings.agreements import AgreementStatus
from app.domain.pairings.models import EndReason, Health, HealthRule, PairingStatus
from app.domain.programmes.schemas import Clause, Clauses, Days
from app.text import Day, Input, Output, Patch, Prose, absent, reference

PairingId = Annotated[str, reference("pai")]


class PairingCreate(Input):
    """A pair made by a coordinator from two ready enrolments of one programme."""

    mentor_enrolment_id: EnrolmentId
    mentee_enrolment_id: EnrolmentId
    starts_on: Day | None = Field(default=None, description="Absent: today, or the programme's start if that is later.")
    ends_on: Day | None = Field(default=None, description="Absent: the programme's end.")
    grace_until: Day | None = Field(default=None, description="Settling-in time: until then the pair is not judged.")
    shared_manager_waiver: Prose | None = Field(
        default=None, description="Why two people with the same line manager may be paired all the same; kept."
    )


class PairingUpdate(Patch):
    """Changes to a pairing's dates and cadence."""

    starts_on: Day = absent()
    ends_on: Day = absent()
    grace_until: Day | None = None
    cadence_min_days: Days = absent()
    cadence_target_days: Days = absent()
    cadence_max_days: Days = absent()


class PairingEnd(Input):
    """A partner, or the coordinator, ends a pairing before its time. No reason has to be given."""

    reason: EndReason = EndReason.NOT_SAID


class PairingRead(Output):
    """A junior mentor and a senior mentee."""

    id: str
    programme_id: str
    mentor_enrolment_id: str
    mentee_enrolment_id: str
    mentor_id: str
    mentee_id: str
    status: PairingStatus
    is_suspended: bool = Field(
        description="Paused by the service while a partner is on leave, or while the pairing is under review."
    )
    health: Health
    health_rule: HealthRule | None = Field(
        description="Why it is watched or at risk; docs/momentum.md says what helps."
    )
    health_since: datetime | None
    rank_gap: int
    starts_on: date
    ends_on: date
    grace_until: date | None
    cadence_min_days: int
    cadence_target_days: int
    cadence_max_days: int
    average_focus: float | None = Field(description="Mean focus rating of the sessions held, 1 to 5.")
    activated_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None = Field(
        description="Shown to coordinators of the programme alone, and to neither partner."
    )
    version: int
    created_at: datetime
    updated_at: datetime


class AgreementPropose(Input):
    """New clauses for a pair; they need new signatures of both."""

    pairing_id: PairingId
    clauses: Clauses


class AgreementRead(Output):
    """One version of what a pair agrees on."""

    id: str
    pairing_id: str
    edition: int
    status: AgreementStatus
    clauses: list[Clause] | None = Field(description="Not shown to auditors.")
    in_force_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class SignatureRead(Output):
    """That one partner agreed."""

    id: str
    agreement_id: str
    person_id: str
    signed_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime
