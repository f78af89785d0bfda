"""What callers send and get of sessions."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.pairings.schemas import PairingId
from app.domain.people.schemas import PersonId
from app.domain.programmes.schemas import Minutes
from app.domain.sessions.models import CancelReason, Mode, Report, SessionStatus
from app.text import Input, Instant, Name, Output, Patch, Zone, absent, reference, whole

SessionId = Annotated[str, reference("ses")]
Rating = Annotated[int, whole(1, 5)]


class SessionSchedule(Input):
    """A session of a pair. It may lie up to 31 days back, to record a meeting that took place."""

    pairing_id: PairingId
    starts_at: Instant
    duration_minutes: Minutes | None = Field(default=None, description="Absent: the programme's session length.")
    zone: Zone | None = Field(default=None, description="IANA zone that the pair thinks in. Absent: the mentor's.")
    mode: Mode = Mode.REMOTE
    topic: Name | None = None


class SessionPropose(SessionSchedule):
    """A session that the partner is asked about. It lies ahead."""

    answer_by: Instant | None = Field(
        default=None, description="Until when the partner can answer. Absent: for seven days, or until it would begin."
    )


class SessionReschedule(Input):
    """Another time for a session."""

    starts_at: Instant
    duration_minutes: Minutes | None = Field(default=None, description="Absent: as long as before.")


class SessionUpdate(Patch):
    """Changes to a session that is still ahead."""

    mode: Mode = absent()
    topic: Name | None = None


class SessionCancel(Input):
    """Calling a session off."""

    reason: CancelReason = CancelReason.NOT_SAID


class SessionReport(Input):
    """A member's word on a session."""

    person_id: PersonId | None = Field(
        default=None, description="Whose word it is. Service accounts must name a member; members speak for themselves."
    )
    focus_rating: Rating | None = Field(default=None, description="How focused the session was, 1 to 5.")


class SessionRate(Input):
    """How focused a session was."""

    focus_rating: Rating


class SessionResolve(Input):
    """What a disputed session is taken to have been."""

    outcome: Report


class SessionRead(Output):
    """A meeting of a pair."""

    id: str
    pairing_id: str
    programme_id: str
    series_id: str | None = Field(description="The series that it was scheduled with.")
    number: int
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    proposed_by: str | None = Field(description="Which of the two proposed it. `null`: it was scheduled at once.")
    answer_by: datetime | None = Field(description="Until when the other could answer.")
    zone: str
    mode: Mode
    topic: str | None
    focus_rating: int | None
    reschedule_count: int
    calendar_uid: str
    calendar_sequence: int
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str | None = Field(
        description="Shown to coordinators of the programme and service accounts, and to neither partner."
    )
    cancel_reason: CancelReason | None = Field(
        description="Shown to coordinators of the programme and service accounts, and to neither partner."
    )
    version: int
    created_at: datetime
    updated_at: datetime


class AttendanceRead(Output):
    """One member's seat in a session, and their word on it. Shown to the pair only."""

    id: str
    session_id: str
    person_id: str
    report: Report | None
    reported_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
