"""The meetings of a pair: when, how, and whether they took place. "Session" means this and nothing else."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, of_organisation, text_enum, unique


class SessionStatus(StrEnum):
    """Where a session stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    EXPIRED = "expired"
    SCHEDULED = "scheduled"
    UNCONFIRMED = "unconfirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """How the two meet."""

    REMOTE = "remote"
    HYBRID = "hybrid"
    IN_PERSON = "in_person"


class CancelReason(StrEnum):
    """Why a session was cancelled."""

    NOT_SAID = "not_said"
    SCHEDULE = "schedule"
    ILLNESS = "illness"
    PRIORITY = "priority"
    PAIRING_PAUSED = "pairing_paused"
    PAIRING_ENDED = "pairing_ended"


class Report(StrEnum):
    """What a member says of a session that should have been."""

    HELD = "held"
    NO_SHOW = "no_show"


_S = SessionStatus
SESSION = Machine(
    "session",
    {
        "accept": ((_S.PROPOSED,), _S.SCHEDULED),
        "decline": ((_S.PROPOSED,), _S.DECLINED),
        "expire": ((_S.PROPOSED,), _S.EXPIRED),
        "reschedule": ((_S.SCHEDULED,), _S.SCHEDULED),
        "cancel": ((_S.SCHEDULED,), _S.CANCELLED),
        "lapse": ((_S.SCHEDULED,), _S.UNCONFIRMED),
        "complete": ((_S.SCHEDULED, _S.UNCONFIRMED), _S.COMPLETED),
        "record_no_show": ((_S.SCHEDULED, _S.UNCONFIRMED), _S.NO_SHOW),
        "dispute": ((_S.COMPLETED, _S.NO_SHOW), _S.DISPUTED),
        "resolve_held": ((_S.DISPUTED,), _S.COMPLETED),
        "resolve_no_show": ((_S.DISPUTED,), _S.NO_SHOW),
    },
)
_OUTCOME = {Report.HELD: _S.COMPLETED, Report.NO_SHOW: _S.NO_SHOW}


class Overlap(Conflict):
    """One of the two has another session at that time."""

    code = "session_overlap"


class NotBegun(Conflict):
    """The session has not begun."""

    code = "session_not_begun"


class AlreadyReported(Conflict):
    """This member has reported on the session already."""

    code = "already_reported"


class Session(Row, table=True):
    """One meeting. `calendar_sequence` is iCalendar's SEQUENCE (RFC 5545 section 3.8.7.4)."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("pairing", "pairing_id"),
        belongs_to("recurring_session", "series_id"),
        check("times", "ends_at > starts_at"),
        check("focus_rating", "focus_rating between 1 and 5"),
        unique("pairing_id", "number", name="uq_session_number"),
        # The sort key stands right behind what is filtered by, so that a page is one ordered walk along an index.
        index("session_list", "programme_id", "status", "starts_at", "id"),
        index("session_programme", "programme_id", "starts_at", "id"),
        index("session_pairing", "pairing_id", "starts_at", "id"),
        index("session_starts_at", "starts_at", "id"),
        index("session_answer_by", "answer_by", "id", where="status = 'proposed'"),
        index("session_series", "series_id", "id", where="series_id is not null"),
        index("session_programme_id", "programme_id", "id"),
        index("session_pairing_id", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "ses"

    programme_id: str = Field(sa_type=sa.Text)
    pairing_id: str = Field(sa_type=sa.Text)
    series_id: str | None = Field(default=None, sa_type=sa.Text)
    number: int
    status: SessionStatus = Field(default=SessionStatus.SCHEDULED, sa_type=text_enum(SessionStatus))
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    # Of one that a partner proposed: who did, and until when the other can answer.
    proposed_by: str | None = Field(default=None, sa_type=sa.Text)
    answer_by: datetime | None = instant(default=None)
    zone: str = Field(sa_type=sa.Text)
    mode: Mode = Field(default=Mode.REMOTE, sa_type=text_enum(Mode))
    topic: str | None = Field(default=None, sa_type=sa.Text)
    focus_rating: int | None = None
    reschedule_count: int = 0
    calendar_uid: str = Field(sa_type=sa.Text)
    calendar_sequence: int = 0
    completed_at: datetime | None = instant(default=None)
    cancelled_at: datetime | None = instant(default=None)
    cancelled_by: str | None = Field(default=None, sa_type=sa.Text)
    cancel_reason: CancelReason | None = Field(default=None, sa_type=text_enum(CancelReason))

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = SESSION.step(self.status, move)

    def reschedule(self, starts_at: datetime, ends_at: datetime) -> None:
        """Move it to another time; calendars see a new revision."""
        self.step("reschedule")
        self.starts_at, self.ends_at = starts_at, ends_at
        self.reschedule_count += 1
        self.calendar_sequence += 1

    def cancel(self, at: datetime, by: str | None, reason: CancelReason) -> None:
        """Call it off; calendars see the cancellation."""
        self.step("cancel")
        self.cancelled_at, self.cancelled_by, self.cancel_reason = at, by, reason
        self.calendar_sequence += 1

    def report(self, outcome: Report, at: datetime) -> None:
        """Take a member's word. The first decides; a second that differs makes it disputed, never silently either."""
        if at < self.starts_at:
            raise NotBegun("The session has not begun.")
        if self.status in (_S.COMPLETED, _S.NO_SHOW):
            if self.status is not _OUTCOME[outcome]:
                self.step("dispute")
                self.completed_at = None
            return
        self.step("complete" if outcome is Report.HELD else "record_no_show")
        self.completed_at = at if outcome is Report.HELD else None

    def resolve(self, outcome: Report, at: datetime) -> None:
        """Settle a dispute."""
        self.step("resolve_held" if outcome is Report.HELD else "resolve_no_show")
        self.completed_at = at if outcome is Report.HELD else None

    @property
    def takes_time(self) -> bool:
        """Whether its members are busy then."""
        return self.status is _S.SCHEDULED


class Attendance(Row, table=True):
    """One member's seat in a session. It repeats the times, so that the database can refuse overlaps per person."""

    __table_args__ = (
        of_organisation(),
        belongs_to("session", "session_id", on_delete="CASCADE"),
        belongs_to("person", "person_id"),
        unique("session_id", "person_id", name="uq_attendance_person"),
        index("attendance_session", "session_id", "id"),
        index("attendance_to_report", "person_id", "id", where="report is null"),
        ExcludeConstraint(
            ("organisation_id", "="),
            ("person_id", "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_attendance_overlap",
            where=sa.text("is_busy"),
            using="gist",
        ),
    )
    prefix: ClassVar[str] = "att"

    session_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    is_busy: bool = True
    report: Report | None = Field(default=None, sa_type=text_enum(Report))
    reported_at: datetime | None = instant(default=None)

    def follow(self, session: Session) -> None:
        """Take over the session's times, and whether it takes time at all."""
        self.starts_at, self.ends_at, self.is_busy = session.starts_at, session.ends_at, session.takes_time

    def say(self, report: Report, at: datetime) -> None:
        """Report once."""
        if self.report is not None:
            raise AlreadyReported("This member has reported on the session already.")
        self.report, self.reported_at = report, at


on_violation("ex_attendance_overlap", Overlap)
on_violation("uq_session_number", Overlap)
