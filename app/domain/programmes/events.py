"""What we tell the world of programmes."""

from datetime import date
from typing import ClassVar, Self

from app.domain.programmes.cohorts import Cohort
from app.domain.programmes.contents import Sponsorship
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.events.envelope import Event


class ProgrammeEvent(Event):
    """A fact about one programme."""

    subject: ClassVar[str] = "programme_id"

    programme_id: str
    status: ProgrammeStatus
    starts_on: date
    ends_on: date
    revision: int

    @classmethod
    def of(cls, programme: Programme) -> Self:
        """The event for the programme as it is now."""
        return cls(
            programme_id=programme.id,
            status=programme.status,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
            revision=programme.revision,
        )


class ProgrammePublished(ProgrammeEvent):
    """A programme opened for enrolment."""

    type = "programme.published"


class ProgrammeMatchingStarted(ProgrammeEvent):
    """Enrolment ended, pairs are being made."""

    type = "programme.matching_started"


class ProgrammeActivated(ProgrammeEvent):
    """The pairs of a programme may meet."""

    type = "programme.activated"


class ProgrammePaused(ProgrammeEvent):
    """A programme was paused."""

    type = "programme.paused"


class ProgrammeResumed(ProgrammeEvent):
    """A paused programme goes on."""

    type = "programme.resumed"


class ProgrammeEvaluationStarted(ProgrammeEvent):
    """The pairs of a programme have met for the last time; its results are being looked at."""

    type = "programme.evaluation_started"


class ProgrammeClosed(ProgrammeEvent):
    """A programme ended."""

    type = "programme.closed"


class ProgrammeArchived(ProgrammeEvent):
    """A closed programme was put away."""

    type = "programme.archived"


class ProgrammeCancelled(ProgrammeEvent):
    """A programme was called off."""

    type = "programme.cancelled"


class SponsorshipPledged(Event):
    """An executive pledged to stand behind a programme."""

    type = "sponsorship.pledged"
    subject: ClassVar[str] = "sponsorship_id"

    sponsorship_id: str
    programme_id: str
    person_id: str

    @classmethod
    def of(cls, sponsorship: Sponsorship) -> Self:
        """The event for a pledge."""
        return cls(
            sponsorship_id=sponsorship.id, programme_id=sponsorship.programme_id, person_id=sponsorship.person_id
        )


class SponsorshipCommitmentKept(Event):
    """A sponsor kept something that they had promised."""

    type = "sponsorship.commitment_kept"
    subject: ClassVar[str] = "sponsorship_id"

    sponsorship_id: str
    programme_id: str
    person_id: str
    commitments: int
    commitments_kept: int

    @classmethod
    def of(cls, sponsorship: Sponsorship) -> Self:
        """The event for a pledge as it is now; what was promised is not told."""
        return cls(
            sponsorship_id=sponsorship.id,
            programme_id=sponsorship.programme_id,
            person_id=sponsorship.person_id,
            commitments=len(sponsorship.commitments),
            commitments_kept=sponsorship.kept,
        )


class CohortEvent(Event):
    """A fact about one cohort."""

    subject: ClassVar[str] = "cohort_id"

    cohort_id: str
    programme_id: str
    enrols_from: date
    enrols_until: date
    starts_on: date
    ends_on: date
    allows_late_intake: bool

    @classmethod
    def of(cls, cohort: Cohort) -> Self:
        """The event for the cohort as it is now."""
        return cls(
            cohort_id=cohort.id,
            programme_id=cohort.programme_id,
            enrols_from=cohort.enrols_from,
            enrols_until=cohort.enrols_until,
            starts_on=cohort.starts_on,
            ends_on=cohort.ends_on,
            allows_late_intake=cohort.allows_late_intake,
        )


class CohortCreated(CohortEvent):
    """A programme has another intake."""

    type = "cohort.created"


class CohortChanged(CohortEvent):
    """A cohort has another name or other days."""

    type = "cohort.changed"


class CohortDeleted(CohortEvent):
    """A cohort that nobody had joined is gone."""

    type = "cohort.deleted"


STEPS: dict[str, type[ProgrammeEvent]] = {
    "publish": ProgrammePublished,
    "start_matching": ProgrammeMatchingStarted,
    "activate": ProgrammeActivated,
    "pause": ProgrammePaused,
    "resume": ProgrammeResumed,
    "evaluate": ProgrammeEvaluationStarted,
    "close": ProgrammeClosed,
    "archive": ProgrammeArchived,
    "cancel": ProgrammeCancelled,
}
