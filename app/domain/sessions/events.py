"""What we tell the world of sessions."""

from datetime import datetime
from typing import Any, ClassVar, Self

from app.domain.pairings.models import Pairing
from app.domain.sessions.models import CancelReason, Mode, Session, SessionStatus
from app.events.envelope import Event, Visibility


class SessionEvent(Event):
    """A fact about one session."""

    subject: ClassVar[str] = "session_id"

    session_id: str
    pairing_id: str
    programme_id: str
    series_id: str | None
    mentor_id: str
    mentee_id: str
    number: int
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    minutes: int
    zone: str
    mode: Mode
    calendar_uid: str
    calendar_sequence: int

    @classmethod
    def of(cls, session: Session, pairing: Pairing, **more: Any) -> Self:
        """The event for the session as it is now."""
        names = (
            "pairing_id programme_id series_id number status starts_at ends_at zone mode calendar_uid calendar_sequence"
        ).split()
        return cls(
            session_id=session.id,
            mentor_id=pairing.mentor_id,
            mentee_id=pairing.mentee_id,
            minutes=int((session.ends_at - session.starts_at).total_seconds() // 60),
            **{name: getattr(session, name) for name in names},
            **more,
        )


class SessionScheduled(SessionEvent):
    """A pair will meet."""

    type = "session.scheduled"


class SessionProposed(SessionEvent):
    """A partner was asked about a session."""

    type = "session.proposed"


class SessionDeclined(SessionEvent):
    """A session that was proposed will not be."""

    type = "session.declined"
    # Of two who cannot find a time nobody is told which of them said no.
    names_actor: ClassVar[bool] = False


class SessionExpired(SessionEvent):
    """Nobody answered a proposal in time."""

    type = "session.expired"


class SessionRescheduled(SessionEvent):
    """A pair will meet at another time."""

    type = "session.rescheduled"


class SessionCompleted(SessionEvent):
    """A pair met."""

    type = "session.completed"

    # Of the agenda, each once.
    topic_ids: list[str]


class SessionNoShowRecorded(SessionEvent):
    """A session did not take place, though nobody called it off."""

    type = "session.no_show_recorded"


class SessionUnconfirmed(SessionEvent):
    """A session's time has passed and nobody has said whether it took place."""

    type = "session.unconfirmed"


class SessionDisputed(SessionEvent):
    """The two members say different things of a session."""

    type = "session.disputed"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR


class SessionCancelled(SessionEvent):
    """A session was called off, so many hours ahead."""

    type = "session.cancelled"
    # Who called it off is for coordinators: see the event that explains it.
    names_actor: ClassVar[bool] = False

    hours_of_notice: float


class SessionCancellationExplained(SessionEvent):
    """Who called a session off, why, and how often in a row that side has; for coordinators.

    No wildcard brings it: a service account asks for it by name.
    """

    type = "session.cancellation_explained"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR
    is_confided: ClassVar[bool] = True

    cancelled_by: str | None
    reason: CancelReason
    cancellations_in_a_row: int
