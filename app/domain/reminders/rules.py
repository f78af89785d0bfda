"""When somebody is reminded of what waits for them. Data: each rule names a date of the task and how far from it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.domain.check_ins import rounds
from app.domain.tasks.schemas import TaskKind

_Date = Literal["created_at", "updated_at", "due_at"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Of tasks of this kind somebody is reminded so long after that date of theirs, or before it."""

    kind: TaskKind
    date: _Date
    after: timedelta


def _days(count: int) -> timedelta:
    return timedelta(days=count)


# Invitations have a reminder of their own (`enrolment.invitation_reminded`); of concerns nothing leaves Flipside.
RULES = (
    Rule(TaskKind.ANSWER_PROPOSAL, "due_at", _days(-2)),
    Rule(TaskKind.SIGN_AGREEMENT, "created_at", _days(3)),
    Rule(TaskKind.ASSESS_READINESS, "updated_at", _days(3)),
    Rule(TaskKind.COMPLETE_TRAINING, "due_at", _days(-3)),
    Rule(TaskKind.ANSWER_SESSION, "due_at", _days(-1)),
    Rule(TaskKind.ATTEND_SESSION, "due_at", _days(-1)),
    Rule(TaskKind.REPORT_SESSION, "due_at", _days(2)),
    Rule(TaskKind.APPLY_ACTION_ITEM, "due_at", _days(0)),
    # A round is due when the next one opens: a week into it, and a week before its end.
    Rule(TaskKind.ANSWER_CHECK_IN, "due_at", _days(7) - rounds.EVERY),
    Rule(TaskKind.ANSWER_CHECK_IN, "due_at", _days(-7)),
    Rule(TaskKind.WRITE_FAREWELL, "updated_at", _days(3)),
)
