"""Live pairs that the directory has overtaken: which rule they break now, since when, and what was decided."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, index, instant, of_organisation, text_enum, unique


class ConflictRule(StrEnum):
    """The rules that a change of the directory can break; called as matching calls them."""

    REPORTING_LINE = "reporting_line"
    RANK_GAP = "rank_gap"
    SHARED_MANAGER = "shared_manager"
    SAME_DEPARTMENT = "same_department"
    SITE = "site"


class ConflictCause(StrEnum):
    """Which member of somebody's record changed."""

    MANAGER_ID = "manager_id"
    RANK_LEVEL = "rank_level"
    DEPARTMENT = "department"
    LOCATION = "location"


class ConflictOption(StrEnum):
    """What can be done about it. A record that is put right cures it by itself."""

    DISSOLVE = "dissolve"
    CORRECT_RECORD = "correct_record"
    WAIVE = "waive"


class ConflictStatus(StrEnum):
    """Where a conflict stands. Settled: the pairing has ended."""

    OPEN = "open"
    WAIVED = "waived"
    CURED = "cured"
    SETTLED = "settled"


_R, _S = ConflictRule, ConflictStatus
CAUSES = {
    _R.REPORTING_LINE: ConflictCause.MANAGER_ID,
    _R.RANK_GAP: ConflictCause.RANK_LEVEL,
    _R.SHARED_MANAGER: ConflictCause.MANAGER_ID,
    _R.SAME_DEPARTMENT: ConflictCause.DEPARTMENT,
    _R.SITE: ConflictCause.LOCATION,
}
# Reversal and reporting lines are what the programme stands on.
WAIVABLE = frozenset({_R.SHARED_MANAGER, _R.SAME_DEPARTMENT, _R.SITE})
# What a programme wished for when it matched the two, and need not ask of them for ever.
REVIEWED = frozenset({_R.SAME_DEPARTMENT, _R.SITE})
CONFLICT = Machine(
    "pairing_conflict",
    {
        "waive": ((_S.OPEN,), _S.WAIVED),
        "cure": ((_S.OPEN,), _S.CURED),
        "settle": ((_S.OPEN,), _S.SETTLED),
    },
)


class PairingConflict(Row, table=True):
    """That a live pair breaks a rule since somebody's record changed. A waiver holds as long as the pair does."""

    __tablename__ = "pairing_conflict"
    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "cause_person_id"),
        unique("pairing_id", "rule", where="status in ('open', 'waived')", name="uq_pairing_conflict_rule"),
        index("pairing_conflict_pairing", "pairing_id", "id"),
        index("pairing_conflict_programme", "programme_id", "id"),
        index("pairing_conflict_cause", "cause_person_id", "id"),
        index("pairing_conflict_open", "due_on", "id", where="status = 'open'"),
    )
    prefix: ClassVar[str] = "pcf"

    pairing_id: str = Field(sa_type=sa.Text)
    programme_id: str = Field(sa_type=sa.Text)
    rule: ConflictRule = Field(sa_type=text_enum(ConflictRule))
    cause: ConflictCause = Field(sa_type=text_enum(ConflictCause))
    cause_person_id: str = Field(sa_type=sa.Text)
    status: ConflictStatus = Field(default=ConflictStatus.OPEN, sa_type=text_enum(ConflictStatus))
    detected_at: datetime = instant()
    due_on: date
    overdue_at: datetime | None = instant(default=None)
    resolved_at: datetime | None = instant(default=None)
    waive_reason: bytes | None = sealed_by(None, default=None)

    def resolve(self, move: str, at: datetime) -> None:
        """Take one legal step out of being open. Raises `IllegalMove`."""
        self.status = CONFLICT.step(self.status, move)
        self.resolved_at = at

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide."""
        return self.status is ConflictStatus.OPEN

    @property
    def options(self) -> tuple[ConflictOption, ...]:
        """What can be done about it."""
        return options(self.rule)


def options(rule: ConflictRule) -> tuple[ConflictOption, ...]:
    """What can be done about a pair that breaks this rule."""
    return tuple(option for option in ConflictOption if option is not ConflictOption.WAIVE or rule in WAIVABLE)
