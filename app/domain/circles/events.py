"""What we tell the world of circles: who is in which, and when they meet."""

from datetime import datetime
from typing import Any, ClassVar, Self

from app.domain.circles.models import Circle, CircleMeeting, CircleMember, CircleStatus, MeetingStatus
from app.domain.enrolments.models import EnrolmentRole
from app.events.envelope import Event


class CircleEvent(Event):
    """A fact about one circle."""

    subject: ClassVar[str] = "circle_id"

    circle_id: str
    programme_id: str
    role: EnrolmentRole
    status: CircleStatus
    members: int

    @classmethod
    def of(cls, circle: Circle, **more: Any) -> Self:
        """The event for the circle as it is now."""
        return cls(
            circle_id=circle.id, **circle.model_dump(include={"programme_id", "role", "status", "members"}), **more
        )


class CircleFormed(CircleEvent):
    """There is a circle, with two members or more."""

    type = "circle.formed"


class CircleFellApart(CircleEvent):
    """Fewer than two are left in a circle."""

    type = "circle.fell_apart"


class CircleClosed(CircleEvent):
    """A circle meets no more."""

    type = "circle.closed"


class CircleMemberEvent(CircleEvent):
    """A fact about somebody's place in a circle."""

    enrolment_id: str
    person_id: str

    @classmethod
    def about(cls, circle: Circle, member: CircleMember) -> Self:
        """The event for somebody who came or left."""
        return cls.of(circle, enrolment_id=member.enrolment_id, person_id=member.person_id)


class CircleJoined(CircleMemberEvent):
    """Somebody came into a circle."""

    type = "circle.joined"


class CircleLeft(CircleMemberEvent):
    """Somebody left a circle."""

    type = "circle.left"


class CircleMeetingEvent(Event):
    """A fact about one meeting of a circle."""

    subject: ClassVar[str] = "circle_meeting_id"

    circle_meeting_id: str
    circle_id: str
    programme_id: str
    status: MeetingStatus
    starts_at: datetime
    ends_at: datetime
    zone: str
    calendar_uid: str
    calendar_sequence: int

    @classmethod
    def of(cls, meeting: CircleMeeting, circle: Circle) -> Self:
        """The event for the meeting as it is now."""
        own = {"circle_id", "status", "starts_at", "ends_at", "zone", "calendar_uid", "calendar_sequence"}
        return cls(circle_meeting_id=meeting.id, programme_id=circle.programme_id, **meeting.model_dump(include=own))


class CircleMeetingScheduled(CircleMeetingEvent):
    """A circle will meet."""

    type = "circle_meeting.scheduled"


class CircleMeetingRescheduled(CircleMeetingEvent):
    """A circle will meet at another time."""

    type = "circle_meeting.rescheduled"


class CircleMeetingHeld(CircleMeetingEvent):
    """A circle met."""

    type = "circle_meeting.held"


class CircleMeetingCancelled(CircleMeetingEvent):
    """A meeting of a circle was called off."""

    type = "circle_meeting.cancelled"
