"""A programme, its rules and dates."""

from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.states import Machine
from app.table import Row, check, index, json_column, of_organisation, text_enum


class ProgrammeModel(StrEnum):
    """Who mentors whom: juniors their seniors, or both each other."""

    REVERSE = "reverse"
    RECIPROCAL = "reciprocal"


class ProgrammeStatus(StrEnum):
    """Where a programme stands."""

    DRAFT = "draft"
    ENROLLING = "enrolling"
    MATCHING = "matching"
    ACTIVE = "active"
    PAUSED = "paused"
    EVALUATING = "evaluating"
    CLOSED = "closed"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class ObjectiveType(StrEnum):
    """What a programme is after."""

    DIGITAL_LITERACY = "digital_literacy"
    INNOVATION = "innovation"
    GENERATIONAL_UNDERSTANDING = "generational_understanding"
    CULTURE = "culture"
    INCLUSION = "inclusion"
    TECHNICAL_SKILLS = "technical_skills"
    DIVERSE_PERSPECTIVES = "diverse_perspectives"


_S = ProgrammeStatus
PROGRAMME = Machine(
    "programme",
    {
        "publish": ((_S.DRAFT,), _S.ENROLLING),
        "start_matching": ((_S.ENROLLING,), _S.MATCHING),
        "activate": ((_S.MATCHING,), _S.ACTIVE),
        "pause": ((_S.ACTIVE,), _S.PAUSED),
        "resume": ((_S.PAUSED,), _S.ACTIVE),
        "evaluate": ((_S.ACTIVE,), _S.EVALUATING),
        "close": ((_S.EVALUATING,), _S.CLOSED),
        "archive": ((_S.CLOSED,), _S.ARCHIVED),
        "cancel": ((_S.DRAFT, _S.ENROLLING, _S.MATCHING, _S.ACTIVE), _S.CANCELLED),
    },
)


class Programme(Row, table=True):
    """One run of reverse mentoring. Cadence is in days between sessions; `revision` counts changes after publishing."""

    __table_args__ = (
        of_organisation(),
        check("dates", "ends_on > starts_on"),
        # Three to eighteen months, with room for the lengths of months.
        check("length", "ends_on - starts_on between 84 and 558"),
        check(
            "cadence",
            "1 <= cadence_min_days and cadence_min_days <= cadence_target_days "
            "and cadence_target_days <= cadence_max_days",
        ),
        check("session_minutes", "session_minutes between 10 and 480"),
        check("min_rank_gap", "min_rank_gap between 1 and 50"),
        check("conflict_deadline_days", "conflict_deadline_days between 1 and 180"),
        check("invitation_days", "invitation_days between 1 and 180"),
        check("places", "mentor_places between 1 and 100000 and mentee_places between 1 and 100000"),
        check("budget", "budget_amount >= 0 and (budget_amount is null) = (budget_currency is null)"),
        check("hours_per_month", "hours_per_month between 1 and 100"),
        check("leader_rank", "leader_rank between 1 and 100"),
        index("programme_status", "status", "id"),
        index("programme_starts_on", "starts_on", "id"),
    )
    prefix: ClassVar[str] = "prg"

    name: str = Field(sa_type=sa.Text)
    model: ProgrammeModel = Field(default=ProgrammeModel.REVERSE, sa_type=text_enum(ProgrammeModel))
    status: ProgrammeStatus = Field(default=ProgrammeStatus.DRAFT, sa_type=text_enum(ProgrammeStatus))
    purpose: str = Field(sa_type=sa.Text)
    objectives: list[dict[str, Any]] = json_column(default_factory=list)
    starts_on: date
    ends_on: date
    cadence_min_days: int = 14
    cadence_target_days: int = 21
    cadence_max_days: int = 28
    session_minutes: int = 60
    min_rank_gap: int = 2
    require_cross_department: bool = False
    conflict_deadline_days: int = Field(default=14, sa_column_kwargs={"server_default": "14"})
    allows_late_intake: bool = False
    # How long an invitation stands; without it, until it is answered.
    invitation_days: int | None = None
    # How many may be approved on each side.
    mentor_places: int | None = None
    mentee_places: int | None = None
    # Whether nobody is paired who has not looked at how ready they are.
    assesses_readiness: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    # In minor units of the currency.
    budget_amount: int | None = Field(default=None, sa_type=sa.BigInteger)
    budget_currency: str | None = Field(default=None, sa_type=sa.Text)
    # What everybody who takes part may spend on it.
    hours_per_month: int | None = None
    # From which level of the ladder on somebody is a leader; the highest if it is not said.
    leader_rank: int | None = None
    # By side, as `eligibility.Eligibility` has it.
    eligibility: list[dict[str, Any]] = json_column(
        default_factory=list, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    agreement_clauses: list[dict[str, Any]] = json_column(default_factory=list)
    revision: int = 1

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = PROGRAMME.step(self.status, move)

    @property
    def is_enrolling(self) -> bool:
        """Whether people may join now."""
        late = self.allows_late_intake and self.status in (_S.MATCHING, _S.ACTIVE)
        return self.status is _S.ENROLLING or late

    @property
    def is_pairing(self) -> bool:
        """Whether pairs may be made now."""
        return self.status in (_S.MATCHING, _S.ACTIVE)

    @property
    def is_running(self) -> bool:
        """Whether pairs may meet now."""
        return self.status is _S.ACTIVE
