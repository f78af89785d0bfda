"""Which policy a programme is matched by, and the runs that match it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class RunMode(StrEnum):
    """What a run is for. A dry run and a what-if are looked at; nothing of them is offered to anybody."""

    FULL = "full"
    INCREMENTAL = "incremental"
    DRY_RUN = "dry_run"
    WHAT_IF = "what_if"


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Solution(StrEnum):
    """How good a plan is: proven best, or within a known distance of it."""

    OPTIMAL = "optimal"
    BOUNDED = "bounded"


_S = RunStatus
LIVE = (_S.QUEUED, _S.RUNNING)
# Those whose plans become proposals.
BINDING = (RunMode.FULL, RunMode.INCREMENTAL)
MATCH_RUN = Machine(
    "match_run",
    {
        "start": ((_S.QUEUED,), _S.RUNNING),
        "propose": ((_S.RUNNING,), _S.PROPOSED),
        "approve": ((_S.PROPOSED,), _S.APPROVED),
        "discard": ((_S.PROPOSED,), _S.DISCARDED),
        "supersede": ((_S.PROPOSED,), _S.SUPERSEDED),
        "fail": (LIVE, _S.FAILED),
        "cancel": (LIVE, _S.CANCELLED),
    },
)


class RunUnderWay(Conflict):
    """A run of this programme is under way. Wait for its end, or cancel it."""

    code = "match_run_under_way"


class PolicyExists(Conflict):
    """The programme has a matching policy already. Change that one."""

    code = "matching_policy_exists"


class MatchingPolicy(Row, table=True):
    """What the pairs of a programme must fulfil and what counts for how much. A programme without one has the default.

    `body` is an `app.matching.policy.Policy`; `template` names the one that it was made from.
    """

    __tablename__ = "matching_policy"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        unique("programme_id", name="uq_matching_policy_programme"),
    )
    prefix: ClassVar[str] = "mpo"

    programme_id: str = Field(sa_type=sa.Text)
    template: str | None = Field(default=None, sa_type=sa.Text)
    body: dict[str, Any] = json_column()


class MatchRun(Row, table=True):
    """One matching of a programme, from the snapshot to the decision. `policy` is the one that it ran by.

    `attempts` counts the processes that were started for it.
    """

    __tablename__ = "match_run"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("match_run", "base_run_id"),
        check("progress", "done >= 0 and (total is null or done <= total)"),
        check("base", "(mode = 'what_if') = (base_run_id is not null)"),
        unique("programme_id", where="status in ('queued', 'running')", name="uq_match_run_live"),
        index("match_run_programme", "programme_id", "id"),
        index("match_run_base", "base_run_id", where="base_run_id is not null"),
        index("match_run_operation", "operation_id"),
    )
    prefix: ClassVar[str] = "mru"

    programme_id: str = Field(sa_type=sa.Text)
    mode: RunMode = Field(sa_type=text_enum(RunMode))
    status: RunStatus = Field(default=_S.QUEUED, sa_type=text_enum(RunStatus))
    policy: dict[str, Any] = json_column()
    seed: int
    budget_seconds: int | None = None
    stop_gap: int | None = None
    pins: list[dict[str, Any]] = json_column(default_factory=list)
    base_run_id: str | None = Field(default=None, sa_type=sa.Text)
    requested_by: str = Field(sa_type=sa.Text)
    operation_id: str | None = Field(default=None, sa_type=sa.Text)
    phase: str | None = Field(default=None, sa_type=sa.Text)
    done: int = 0
    total: int | None = None
    objective: int | None = Field(default=None, sa_type=sa.BigInteger)
    bound: int | None = Field(default=None, sa_type=sa.BigInteger)
    estimate: int | None = Field(default=None, sa_type=sa.BigInteger)
    estimate_bound: int | None = Field(default=None, sa_type=sa.BigInteger)
    solution: Solution | None = Field(default=None, sa_type=text_enum(Solution))
    mentor_count: int | None = None
    mentee_count: int | None = None
    pair_count: int | None = None
    unmatched_count: int | None = None
    report: dict[str, Any] | None = json_column(default=None)
    versions: dict[str, Any] | None = json_column(default=None)
    input_hash: str | None = Field(default=None, sa_type=sa.Text)
    result_hash: str | None = Field(default=None, sa_type=sa.Text)
    attempts: int = 0
    failure_code: str | None = Field(default=None, sa_type=sa.Text)
    faults: list[dict[str, Any]] = json_column(default_factory=list)
    started_at: datetime | None = instant(default=None)
    finished_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = MATCH_RUN.step(self.status, move)

    def finish(self, move: str, at: datetime) -> None:
        """Come to an end of the work: `propose`, `fail` or `cancel`."""
        self.step(move)
        self.phase, self.finished_at = None, at

    @property
    def is_live(self) -> bool:
        """Whether the work is still to be done."""
        return self.status in LIVE

    @property
    def pinned(self) -> tuple[tuple[str, str], ...]:
        """Its pins, as enrolments of mentor and mentee."""
        return tuple((pin["mentor_enrolment_id"], pin["mentee_enrolment_id"]) for pin in self.pins)

    @property
    def is_binding(self) -> bool:
        """Whether its plan may be offered to people."""
        return self.mode in BINDING


class MatchRunMatter(SQLModel, table=True):
    """What a run worked on and what it found, sealed: facts of people, for the engine alone. Gone when it is too old.

    A what-if has the snapshot of its base.
    """

    __tablename__ = "match_run_matter"
    __table_args__ = (of_organisation(), belongs_to("match_run", "match_run_id", on_delete="CASCADE"))

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    match_run_id: str = Field(primary_key=True, sa_type=sa.Text)
    market: bytes | None = sealed_by(None, default=None)
    plan: bytes | None = sealed_by(None, default=None)
    created_at: datetime = instant(default_factory=clock.now)


on_violation("uq_match_run_live", RunUnderWay)
on_violation("uq_matching_policy_programme", PolicyExists)
