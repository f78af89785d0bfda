"""What we tell the world of enrolments."""

from typing import ClassVar, Self

from app.domain.enrolments.models import Enrolment, EnrolmentRole, EnrolmentStatus
from app.events.envelope import Event


class EnrolmentEvent(Event):
    """A fact about one enrolment."""

    subject: ClassVar[str] = "enrolment_id"

    enrolment_id: str
    programme_id: str
    person_id: str
    cohort_id: str | None
    role: EnrolmentRole
    status: EnrolmentStatus

    @classmethod
    def of(cls, enrolment: Enrolment) -> Self:
        """The event for the enrolment as it is now."""
        return cls(
            enrolment_id=enrolment.id,
            programme_id=enrolment.programme_id,
            person_id=enrolment.person_id,
            cohort_id=enrolment.cohort_id,
            role=enrolment.role,
            status=enrolment.status,
        )


class EnrolmentInvited(EnrolmentEvent):
    """Someone was invited to a programme."""

    type = "enrolment.invited"


class EnrolmentInvitationReminded(EnrolmentEvent):
    """Half of the time has passed in which an invitation can be answered."""

    type = "enrolment.invitation_reminded"


class EnrolmentInvitationExpired(EnrolmentEvent):
    """Nobody answered an invitation in time."""

    type = "enrolment.invitation_expired"


class EnrolmentCohortAssigned(EnrolmentEvent):
    """An enrolment belongs to another cohort of its programme, or to none."""

    type = "enrolment.cohort_assigned"


class EnrolmentApplied(EnrolmentEvent):
    """Someone applied to a programme."""

    type = "enrolment.applied"


class EnrolmentReviewStarted(EnrolmentEvent):
    """An invitation was accepted, or an application taken up for review."""

    type = "enrolment.review_started"


class EnrolmentApproved(EnrolmentEvent):
    """Someone was accepted into a programme."""

    type = "enrolment.approved"


class EnrolmentWaitlisted(EnrolmentEvent):
    """Someone waits for a seat in a programme."""

    type = "enrolment.waitlisted"


class EnrolmentDeclined(EnrolmentEvent):
    """Someone was not accepted into a programme."""

    type = "enrolment.declined"


class EnrolmentReadied(EnrolmentEvent):
    """Someone is ready to be paired."""

    type = "enrolment.readied"


class EnrolmentPaused(EnrolmentEvent):
    """Someone rests."""

    type = "enrolment.paused"


class EnrolmentResumed(EnrolmentEvent):
    """Someone goes on after a rest."""

    type = "enrolment.resumed"


class EnrolmentWithdrawn(EnrolmentEvent):
    """Someone left a programme."""

    type = "enrolment.withdrawn"


class EnrolmentRemoved(EnrolmentEvent):
    """Someone was taken out of a programme."""

    type = "enrolment.removed"


STEPS: dict[str, type[EnrolmentEvent]] = {
    "accept": EnrolmentReviewStarted,
    "expire": EnrolmentInvitationExpired,
    "invite_again": EnrolmentInvited,
    "review": EnrolmentReviewStarted,
    "approve": EnrolmentApproved,
    "decline": EnrolmentDeclined,
    "waitlist": EnrolmentWaitlisted,
    "ready": EnrolmentReadied,
    "withdraw": EnrolmentWithdrawn,
    "remove": EnrolmentRemoved,
}
