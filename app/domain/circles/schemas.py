"""What callers send and get of circles."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.circles.models import CircleStatus, MeetingStatus
from app.domain.enrolments.models import EnrolmentRole
from app.domain.enrolments.schemas import EnrolmentId
from app.domain.programmes.content_schemas import Link
from app.domain.programmes.schemas import Minutes, ProgrammeId
from app.text import Input, Instant, Name, Output, Patch, Prose, Zone, absent, distinct, reference

CircleId = Annotated[str, reference("cir")]
MOST_MEMBERS = 30


class CircleCreate(Input):
    """A new circle of peers, with those who are in it from the start: two of them at least."""

    programme_id: ProgrammeId
    name: Name
    role: EnrolmentRole = Field(description="Whether it is of mentors or of mentees.")
    enrolment_ids: Annotated[list[EnrolmentId], distinct(MOST_MEMBERS)]


class CircleUpdate(Patch):
    """Changes to a circle."""

    name: Name = absent()


class CircleRead(Output):
    """A circle of peers."""

    id: str
    programme_id: str
    name: str
    role: EnrolmentRole
    status: CircleStatus = Field(description="`forming` until there are two, and again when only one is left.")
    members: int = Field(description="How many are in it.")
    version: int
    created_at: datetime
    updated_at: datetime


class CircleMemberAdd(Input):
    """Somebody's place in a circle."""

    circle_id: CircleId
    enrolment_id: EnrolmentId


class CircleMemberRead(Output):
    """Somebody's place in a circle."""

    id: str
    circle_id: str
    enrolment_id: str
    person_id: str
    display_name: str = Field(description="What the others call them.")
    version: int
    created_at: datetime
    updated_at: datetime


class CircleMeetingSchedule(Input):
    """A meeting of a circle."""

    circle_id: CircleId
    starts_at: Instant
    duration_minutes: Minutes = 60
    zone: Zone = Field(description="IANA zone that the circle thinks in.")
    agenda: Prose | None = None
    url: Link | None = Field(default=None, description="Where they meet.")


class CircleMeetingUpdate(Patch):
    """Changes to a meeting of a circle."""

    agenda: Prose | None = None
    url: Link | None = None


class CircleMeetingReschedule(Input):
    """Another time for a meeting."""

    starts_at: Instant
    duration_minutes: Minutes | None = Field(default=None, description="Absent: as long as before.")


class CircleMeetingRead(Output):
    """A meeting of a circle."""

    id: str
    circle_id: str
    status: MeetingStatus
    starts_at: datetime
    ends_at: datetime
    zone: str
    agenda: str | None = Field(description="Shown to members alone.")
    url: str | None = Field(description="Shown to members alone.")
    calendar_uid: str
    calendar_sequence: int
    version: int
    created_at: datetime
    updated_at: datetime
