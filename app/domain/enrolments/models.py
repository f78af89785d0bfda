"""Who joined a programme, as mentor or mentee, with what to offer and what to learn."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.states import IllegalMove, Machine
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class EnrolmentRole(StrEnum):
    """The side that someone takes."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class EnrolmentStatus(StrEnum):
    """Where an enrolment stands."""

    INVITED = "invited"
    APPLIED = "applied"
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    READY = "ready"
    MATCHED = "matched"
    COMPLETED = "completed"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    EXPIRED = "expired"


class EnrolmentOrigin(StrEnum):
    """What it came of: somebody's wish, a nomination, a rule of the programme, or a group of the directory."""

    REQUEST = "request"
    NOMINATION = "nomination"
    RULE = "rule"
    GROUP = "group"


_S = EnrolmentStatus
APPROVED = (_S.APPROVED, _S.READY, _S.MATCHED, _S.PAUSED)
LIVE = (_S.INVITED, _S.APPLIED, _S.UNDER_REVIEW, _S.WAITLISTED, *APPROVED)
_PAUSABLE = (_S.APPROVED, _S.READY, _S.MATCHED)
ENROLMENT = Machine(
    "enrolment",
    {
        "accept": ((_S.INVITED,), _S.UNDER_REVIEW),
        "expire": ((_S.INVITED,), _S.EXPIRED),
        "invite_again": ((_S.EXPIRED, _S.DECLINED, _S.WITHDRAWN), _S.INVITED),
        "review": ((_S.INVITED, _S.APPLIED), _S.UNDER_REVIEW),
        "approve": ((_S.UNDER_REVIEW, _S.WAITLISTED), _S.APPROVED),
        "decline": ((_S.UNDER_REVIEW,), _S.DECLINED),
        "waitlist": ((_S.UNDER_REVIEW,), _S.WAITLISTED),
        "ready": ((_S.APPROVED,), _S.READY),
        "match": ((_S.READY, _S.MATCHED), _S.MATCHED),
        "release": ((_S.MATCHED,), _S.READY),
        "complete": ((_S.MATCHED, _S.READY), _S.COMPLETED),
        "pause": (_PAUSABLE, _S.PAUSED),
        "resume_approved": ((_S.PAUSED,), _S.APPROVED),
        "resume_ready": ((_S.PAUSED,), _S.READY),
        "resume_matched": ((_S.PAUSED,), _S.MATCHED),
        "withdraw": (LIVE, _S.WITHDRAWN),
        "remove": (LIVE, _S.REMOVED),
    },
)


class AlreadyEnrolled(Conflict):
    """This person has joined the programme in this role already."""

    code = "already_enrolled"


class CapacityReached(Conflict):
    """This enrolment has as many live pairings as it allows."""

    code = "capacity_reached"


class Enrolment(Row, table=True):
    """One person on one side of one programme. `live_pairings` never exceeds `capacity`."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "person_id"),
        belongs_to("cohort", "cohort_id"),
        unique("programme_id", "person_id", "role", name="uq_enrolment_person_role"),
        check("capacity", "capacity between 1 and 10"),
        check("live_pairings", "live_pairings between 0 and capacity"),
        check("open_trainings", "open_trainings >= 0"),
        index("enrolment_programme_status", "programme_id", "status", "id"),
        index("enrolment_programme", "programme_id", "id"),
        index("enrolment_person", "person_id", "id"),
        index("enrolment_remind_at", "remind_at", "id", where="status = 'invited'"),
        index("enrolment_expires_at", "expires_at", "id", where="status = 'invited'"),
        index("enrolment_cohort", "cohort_id", "id"),
    )
    prefix: ClassVar[str] = "enr"

    programme_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    cohort_id: str | None = Field(default=None, sa_type=sa.Text)
    role: EnrolmentRole = Field(sa_type=text_enum(EnrolmentRole))
    status: EnrolmentStatus = Field(sa_type=text_enum(EnrolmentStatus))
    origin: EnrolmentOrigin = Field(
        default=EnrolmentOrigin.REQUEST,
        sa_type=text_enum(EnrolmentOrigin),
        sa_column_kwargs={"server_default": EnrolmentOrigin.REQUEST.value},
    )
    # While it is invited: until when the invitation stands, and when it is reminded of, once.
    expires_at: datetime | None = instant(default=None)
    remind_at: datetime | None = instant(default=None)
    paused_from: str | None = Field(default=None, sa_type=sa.Text)
    capacity: int = 1
    live_pairings: int = 0
    # Of what has to be learned before the first partner, so much is neither completed nor waived.
    open_trainings: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    minutes_per_month: int = 120
    offers: list[str] = json_column(default_factory=list)
    seeks: list[str] = json_column(default_factory=list)
    out_of_scope: list[str] = json_column(default_factory=list)
    interests: list[str] = json_column(default_factory=list)
    languages: list[str] = json_column(default_factory=list)
    zone: str = Field(sa_type=sa.Text)
    offer_levels: dict[str, int] = json_column(default_factory=dict)
    seek_weights: dict[str, int] = json_column(default_factory=dict)
    style: dict[str, int] = json_column(default_factory=dict)
    availability: list[dict[str, Any]] = json_column(default_factory=list)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = ENROLMENT.step(self.status, move)

    def invite(self, at: datetime, days: int | None) -> None:
        """Let the invitation stand for so many days; half-way it is reminded of."""
        if days is None:
            self.expires_at = self.remind_at = None
        else:
            self.expires_at, self.remind_at = at + timedelta(days=days), at + timedelta(days=days) / 2

    def pause(self) -> None:
        """Rest; `resume` leads back to where it was."""
        before = self.status
        self.step("pause")
        self.paused_from = before.value

    def resume(self) -> None:
        """Go on from where it was paused."""
        if self.status is not _S.PAUSED:
            raise IllegalMove(ENROLMENT.noun, self.status.value, "resume")
        self.step(f"resume_{self.paused_from}")
        self.paused_from = None

    def take_seat(self) -> None:
        """Count one more live pairing. Raises `CapacityReached`."""
        if self.live_pairings >= self.capacity:
            raise CapacityReached("This enrolment has as many live pairings as it allows.")
        self.step("match")
        self.live_pairings += 1

    def free_seat(self) -> None:
        """Count one live pairing less; the last one makes it ready for another."""
        self.live_pairings -= 1
        if self.live_pairings:
            return
        if self.status is _S.MATCHED:
            self.step("release")
        elif self.paused_from == _S.MATCHED:
            self.paused_from = _S.READY.value

    @property
    def was_approved(self) -> bool:
        """Whether it has its place in the programme."""
        return self.status in APPROVED

    @property
    def is_live(self) -> bool:
        """Whether it still counts."""
        return self.status in LIVE


on_violation("uq_enrolment_person_role", AlreadyEnrolled)
on_violation("ck_enrolment_live_pairings", CapacityReached)
