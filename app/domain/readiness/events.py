"""What we tell the world of trainings and readiness: that they are so, not what was said."""

from datetime import datetime
from typing import ClassVar, Self

from app.domain.enrolments.models import EnrolmentRole
from app.domain.programmes.contents import ResourceKind
from app.domain.readiness.assessments import ReadinessAssessment
from app.domain.readiness.trainings import CompletionSource, TrainingAssignment, TrainingStatus
from app.events.envelope import Event


class TrainingEvent(Event):
    """A fact about one assignment."""

    subject: ClassVar[str] = "training_assignment_id"

    training_assignment_id: str
    enrolment_id: str
    programme_id: str
    person_id: str
    programme_resource_id: str
    kind: ResourceKind
    edition: int
    status: TrainingStatus
    due_at: datetime
    completed_at: datetime | None
    source: CompletionSource | None

    @classmethod
    def of(cls, assignment: TrainingAssignment) -> Self:
        """The event for the assignment as it is now."""
        return cls(training_assignment_id=assignment.id, **assignment.model_dump(include=_COPIED))


_COPIED = set(TrainingEvent.model_fields) - {"training_assignment_id"}


class TrainingAssigned(TrainingEvent):
    """Somebody has something to learn or to acknowledge."""

    type = "training.assigned"


class TrainingStarted(TrainingEvent):
    """Somebody began to learn."""

    type = "training.started"


class TrainingCompleted(TrainingEvent):
    """Somebody has learned or acknowledged it."""

    type = "training.completed"


class TrainingWaived(TrainingEvent):
    """Somebody need not learn it."""

    type = "training.waived"


class TrainingOverdue(TrainingEvent):
    """The day by which it should have been learned has passed."""

    type = "training.overdue"


class TrainingCancelled(TrainingEvent):
    """It fell away: whom it was for left the programme."""

    type = "training.cancelled"


class ReadinessAssessed(Event):
    """Somebody looked at how ready they are. How ready, and what they said, is not told."""

    type = "readiness.assessed"
    subject: ClassVar[str] = "readiness_assessment_id"
    names_actor: ClassVar[bool] = False

    readiness_assessment_id: str
    enrolment_id: str
    programme_id: str
    role: EnrolmentRole

    @classmethod
    def of(cls, assessment: ReadinessAssessment) -> Self:
        """The event for an assessment."""
        return cls(
            readiness_assessment_id=assessment.id,
            **assessment.model_dump(include={"enrolment_id", "programme_id", "role"}),
        )


STEPS: dict[str, type[TrainingEvent]] = {
    "start": TrainingStarted,
    "complete": TrainingCompleted,
    "waive": TrainingWaived,
    "lapse": TrainingOverdue,
    "cancel": TrainingCancelled,
}
