"""Peer circles: mentors among themselves, or mentees, who meet to learn from each other."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.enrolments.models import EnrolmentRole
from app.errors import Conflict
from app.failures import on_violation
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, of_organisation, text_enum, unique

LEAST_MEMBERS = 2


class CircleStatus(StrEnum):
    """Where a circle stands. One that is forming waits until there are two again."""

    FORMING = "forming"
    ACTIVE = "active"
    CLOSED = "closed"


class MeetingStatus(StrEnum):
    """Where a meeting of a circle stands."""

    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"


_C, _M = CircleStatus, MeetingStatus
CIRCLE = Machine(
    "circle",
    {
        "form": ((_C.FORMING,), _C.ACTIVE),
        "fall_apart": ((_C.ACTIVE,), _C.FORMING),
        "close": ((_C.FORMING, _C.ACTIVE), _C.CLOSED),
    },
)
MEETING = Machine(
    "circle_meeting",
    {
        "reschedule": ((_M.SCHEDULED,), _M.SCHEDULED),
        "hold": ((_M.SCHEDULED,), _M.HELD),
        "cancel": ((_M.SCHEDULED,), _M.CANCELLED),
    },
)


class CircleOver(Conflict):
    """The circle is closed."""

    code = "circle_closed"


class AlreadyMember(Conflict):
    """This person is in the circle already."""

    code = "circle_member_taken"


class NotBegun(Conflict):
    """The meeting has not begun."""

    code = "circle_meeting_not_begun"


class Circle(Row, table=True):
    """Peers of one side of one programme. `members` counts them, and decides whether it is active."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        check("members", "members >= 0"),
        check("of_one", f"status <> 'active' or members >= {LEAST_MEMBERS}"),
        index("circle_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "cir"

    programme_id: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    role: EnrolmentRole = Field(sa_type=text_enum(EnrolmentRole))
    status: CircleStatus = Field(default=CircleStatus.FORMING, sa_type=text_enum(CircleStatus))
    members: int = 0

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = CIRCLE.step(self.status, move)

    def count(self, change: int) -> None:
        """Count members who came or left; with two of them it is active."""
        if self.status is _C.CLOSED:
            raise CircleOver("The circle is closed.")
        self.members += change
        if self.members >= LEAST_MEMBERS and self.status is _C.FORMING:
            self.step("form")
        elif self.members < LEAST_MEMBERS and self.status is _C.ACTIVE:
            self.step("fall_apart")


class CircleMember(Row, table=True):
    """Somebody's place in a circle, for as long as they are in it."""

    __tablename__ = "circle_member"
    __table_args__ = (
        of_organisation(),
        belongs_to("circle", "circle_id"),
        belongs_to("enrolment", "enrolment_id"),
        belongs_to("person", "person_id"),
        unique("circle_id", "person_id", name="uq_circle_member_person"),
        index("circle_member_circle", "circle_id", "id"),
        index("circle_member_enrolment", "enrolment_id", "id"),
        index("circle_member_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "cmb"

    circle_id: str = Field(sa_type=sa.Text)
    enrolment_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)


class CircleMeeting(Row, table=True):
    """One meeting of a circle. `calendar_sequence` is iCalendar's SEQUENCE (RFC 5545 section 3.8.7.4)."""

    __tablename__ = "circle_meeting"
    __table_args__ = (
        of_organisation(),
        belongs_to("circle", "circle_id"),
        check("times", "ends_at > starts_at"),
        index("circle_meeting_circle", "circle_id", "id"),
        index("circle_meeting_list", "circle_id", "starts_at", "id"),
        index("circle_meeting_starts_at", "starts_at", "id"),
    )
    prefix: ClassVar[str] = "cmt"

    circle_id: str = Field(sa_type=sa.Text)
    status: MeetingStatus = Field(default=MeetingStatus.SCHEDULED, sa_type=text_enum(MeetingStatus))
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    zone: str = Field(sa_type=sa.Text)
    agenda: str | None = Field(default=None, sa_type=sa.Text)
    url: str | None = Field(default=None, sa_type=sa.Text)
    calendar_uid: str = Field(sa_type=sa.Text)
    calendar_sequence: int = 0

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = MEETING.step(self.status, move)

    def move(self, starts_at: datetime, ends_at: datetime) -> None:
        """Put it to another time; calendars see a new revision."""
        self.step("reschedule")
        self.starts_at, self.ends_at = starts_at, ends_at
        self.calendar_sequence += 1

    def hold(self, at: datetime) -> None:
        """Note that it took place."""
        self.step("hold")
        if at < self.starts_at:
            raise NotBegun("The meeting has not begun.")

    def cancel(self) -> None:
        """Call it off; calendars see the cancellation."""
        self.step("cancel")
        self.calendar_sequence += 1


on_violation("uq_circle_member_person", AlreadyMember)
