"""What we tell of nominations, to whoever may know what coordinators know."""

from typing import ClassVar, Self

from app.domain.enrolments.models import EnrolmentRole
from app.domain.nominations.models import Nomination, NominationStatus
from app.events.envelope import Event, Visibility


class NominationEvent(Event):
    """A fact about one nomination."""

    subject: ClassVar[str] = "nomination_id"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    nomination_id: str
    programme_id: str
    role: EnrolmentRole
    status: NominationStatus
    nominator_id: str
    nominee_id: str | None
    enrolment_id: str | None

    @classmethod
    def of(cls, nomination: Nomination) -> Self:
        """The event for the nomination as it is now."""
        names = "programme_id role status nominator_id nominee_id enrolment_id".split()
        return cls(nomination_id=nomination.id, **{name: getattr(nomination, name) for name in names})


class NominationMade(NominationEvent):
    """Somebody named a colleague who should take part."""

    type = "nomination.made"


class NominationReminded(NominationEvent):
    """Half of the time has passed in which a nomination can be taken up."""

    type = "nomination.reminded"


class NominationTakenUp(NominationEvent):
    """Whom a nomination names was invited."""

    type = "nomination.taken_up"


class NominationDeclined(NominationEvent):
    """Nobody is invited for a nomination."""

    type = "nomination.declined"


class NominationWithdrawn(NominationEvent):
    """Who made a nomination took it back."""

    type = "nomination.withdrawn"


class NominationExpired(NominationEvent):
    """Nobody took a nomination up in time."""

    type = "nomination.expired"


STEPS: dict[str, type[NominationEvent]] = {
    "take_up": NominationTakenUp,
    "decline": NominationDeclined,
    "withdraw": NominationWithdrawn,
    "expire": NominationExpired,
}
