"""A junior mentor and a senior mentee, from agreement to close."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, of_organisation, text_enum


class PairingStatus(StrEnum):
    """Where a pairing stands."""

    PENDING_AGREEMENT = "pending_agreement"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    COMPLETED = "completed"
    INFORMAL = "informal"
    ENDED = "ended"
    ENDED_EARLY = "ended_early"
    DISSOLVED = "dissolved"


class Health(StrEnum):
    """How a pairing fares, judged by rule; apart from its state."""

    ON_TRACK = "on_track"
    WATCH = "watch"
    AT_RISK = "at_risk"
    RECOVERED = "recovered"


class HealthRule(StrEnum):
    """Why a pairing is watched or at risk: docs/momentum.md has each rule, and what helps."""

    CANCELLED_TWICE = "cancelled_twice"
    MISSED_TWICE = "missed_twice"
    OVERDUE_TWICE = "overdue_twice"
    MISSED = "missed"
    OVERDUE = "overdue"


class EndReason(StrEnum):
    """Why a pairing ended before its time. Nobody has to give one."""

    NOT_SAID = "not_said"
    TIME = "time"
    FIT = "fit"
    GOALS_MET = "goals_met"
    ROLE_CHANGED = "role_changed"
    LEFT_ORGANISATION = "left_organisation"
    RULE_BROKEN = "rule_broken"
    PROGRAMME_CANCELLED = "programme_cancelled"
    REMATCH = "rematch"


USUAL_GRACE = timedelta(days=14)
_S = PairingStatus
LIVE = (_S.PENDING_AGREEMENT, _S.ACTIVE, _S.PAUSED, _S.CLOSING)
_BREAKABLE = (_S.PENDING_AGREEMENT, _S.ACTIVE, _S.PAUSED)
PAIRING = Machine(
    "pairing",
    {
        "activate": ((_S.PENDING_AGREEMENT,), _S.ACTIVE),
        "pause": ((_S.ACTIVE,), _S.PAUSED),
        "resume": ((_S.PAUSED,), _S.ACTIVE),
        "begin_closing": ((_S.ACTIVE,), _S.CLOSING),
        "complete": ((_S.CLOSING,), _S.COMPLETED),
        "continue_informally": ((_S.COMPLETED,), _S.INFORMAL),
        "end": ((_S.INFORMAL,), _S.ENDED),
        "end_early": (_BREAKABLE, _S.ENDED_EARLY),
        "dissolve": (_BREAKABLE, _S.DISSOLVED),
    },
)
_LIVE_SQL = "status in (" + ", ".join(f"'{status.value}'" for status in LIVE) + ")"


class PairingSuspended(Conflict):
    """The pairing rests for as long as a partner is on leave, or it is under review. It goes on by itself."""

    code = "pairing_suspended"


class AlreadyPaired(Conflict):
    """These two have a live pairing in this programme already."""

    code = "already_paired"


class Pairing(Row, table=True):
    """Two people who learn from each other. Cadence is in days between sessions."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("enrolment", "mentor_enrolment_id"),
        belongs_to("enrolment", "mentee_enrolment_id"),
        belongs_to("person", "mentor_id"),
        belongs_to("person", "mentee_id"),
        check("two_people", "mentor_id <> mentee_id"),
        check("dates", "ends_on >= starts_on"),
        check("rank_gap", "rank_gap >= 1"),
        check(
            "cadence",
            "1 <= cadence_min_days and cadence_min_days <= cadence_target_days "
            "and cadence_target_days <= cadence_max_days",
        ),
        # Nobody is mentor and mentee of the same person, and no live pairing repeats: in either order, one key.
        sa.Index(
            "uq_pairing_people",
            "organisation_id",
            "programme_id",
            sa.text("least(mentor_id, mentee_id)"),
            sa.text("greatest(mentor_id, mentee_id)"),
            unique=True,
            postgresql_where=sa.text(_LIVE_SQL),
        ),
        index("pairing_programme_status", "programme_id", "status", "id"),
        index("pairing_programme", "programme_id", "id"),
        index("pairing_mentor", "mentor_id", "id"),
        index("pairing_mentee", "mentee_id", "id"),
        index("pairing_mentor_enrolment", "mentor_enrolment_id", "id"),
        index("pairing_mentee_enrolment", "mentee_enrolment_id", "id"),
        index("pairing_health_due", "health_due_at", "id", where="status = 'active'"),
    )
    prefix: ClassVar[str] = "pai"

    programme_id: str = Field(sa_type=sa.Text)
    mentor_enrolment_id: str = Field(sa_type=sa.Text)
    mentee_enrolment_id: str = Field(sa_type=sa.Text)
    mentor_id: str = Field(sa_type=sa.Text)
    mentee_id: str = Field(sa_type=sa.Text)
    status: PairingStatus = Field(default=PairingStatus.PENDING_AGREEMENT, sa_type=text_enum(PairingStatus))
    # It was made to rest, and goes on by itself.
    is_suspended: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    health: Health = Field(default=Health.ON_TRACK, sa_type=text_enum(Health))
    # Of what rule, from when on, and when it is next to be looked at; `rhythm_since` is when they last began to meet.
    health_rule: HealthRule | None = Field(default=None, sa_type=text_enum(HealthRule))
    health_since: datetime | None = instant(default=None)
    health_due_at: datetime | None = instant(default=None)
    rhythm_since: datetime | None = instant(default=None)
    rank_gap: int
    starts_on: date
    ends_on: date
    grace_until: date | None = None
    cadence_min_days: int
    cadence_target_days: int
    cadence_max_days: int
    shared_manager_waiver: bytes | None = sealed_by(None, default=None)
    activated_at: datetime | None = instant(default=None)
    ended_at: datetime | None = instant(default=None)
    end_reason: EndReason | None = Field(default=None, sa_type=text_enum(EndReason))

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = PAIRING.step(self.status, move)
        self.is_suspended = False

    def suspend(self) -> None:
        """Rest without having asked to."""
        self.step("pause")
        self.is_suspended = True

    def resume(self, at: datetime) -> None:
        """Go on after a rest of their own. Raises `PairingSuspended`."""
        if self.is_suspended:
            raise PairingSuspended("The pairing is on leave or under review. It goes on by itself.")
        self.go_on(at)

    def go_on(self, at: datetime) -> None:
        """Go on after a rest: the days of it do not count."""
        self.step("resume")
        self._begin_rhythm(at)

    def activate(self, at: datetime) -> None:
        """Begin to meet. Who was given no settling-in time has two weeks of it."""
        self.step("activate")
        self.activated_at = at
        self.grace_until = self.grace_until or at.date() + USUAL_GRACE
        self._begin_rhythm(at)

    def _begin_rhythm(self, at: datetime) -> None:
        # Looked at soon, to find out when it is to be looked at.
        self.rhythm_since = self.health_due_at = at

    def finish(self, move: str, at: datetime, reason: EndReason | None = None) -> None:
        """Come to an end, planned or not."""
        self.step(move)
        self.ended_at, self.end_reason = at, reason

    @property
    def members(self) -> tuple[str, str]:
        """The two people: mentor, mentee."""
        return self.mentor_id, self.mentee_id

    @property
    def is_live(self) -> bool:
        """Whether it takes a seat of both enrolments."""
        return self.status in LIVE


on_violation("uq_pairing_people", AlreadyPaired)
