"""What we tell the world of conflicts: coordinators alone."""

from datetime import date
from typing import ClassVar, Self

from app.domain.conflicts.models import (
    REVIEWED,
    ConflictCause,
    ConflictOption,
    ConflictRule,
    ConflictStatus,
    PairingConflict,
)
from app.events.envelope import Event, Visibility


class ConflictEvent(Event):
    """A fact about one conflict: the rule, the change that caused it, the deadline and the options."""

    subject: ClassVar[str] = "pairing_conflict_id"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    pairing_conflict_id: str
    pairing_id: str
    programme_id: str
    rule: ConflictRule
    cause: ConflictCause
    cause_person_id: str
    status: ConflictStatus
    due_on: date
    options: list[ConflictOption]

    @classmethod
    def of(cls, conflict: PairingConflict) -> Self:
        """The event for the conflict as it is now."""
        names = "pairing_id programme_id rule cause cause_person_id status due_on".split()
        facts = {name: getattr(conflict, name) for name in names}
        return cls(pairing_conflict_id=conflict.id, options=list(conflict.options), **facts)


class PairingConflictDetected(ConflictEvent):
    """A live pair breaks a rule that always holds; somebody has to decide."""

    type = "pairing.conflict_detected"


class PairingReviewRequired(ConflictEvent):
    """A live pair no longer fits a wish of its programme; somebody has to look at it."""

    type = "pairing.review_required"


class PairingConflictOverdue(ConflictEvent):
    """Nobody has decided in time."""

    type = "pairing.conflict_overdue"


class PairingConflictResolved(ConflictEvent):
    """It was waived, or cured by a later change, or the pairing has ended."""

    type = "pairing.conflict_resolved"


def detected(conflict: PairingConflict) -> ConflictEvent:
    """How a new conflict is told."""
    return (PairingReviewRequired if conflict.rule in REVIEWED else PairingConflictDetected).of(conflict)
