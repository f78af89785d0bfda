"""What we tell the world of feedback: that some was given. No text, no rating, no name."""

from typing import ClassVar, Self

from app.domain.feedback.models import Feedback, FeedbackType
from app.events.envelope import Event


class FeedbackGiven(Event):
    """Someone gave feedback."""

    type = "feedback.given"
    subject: ClassVar[str] = "feedback_id"
    names_actor: ClassVar[bool] = False

    feedback_id: str
    feedback_type: FeedbackType

    @classmethod
    def of(cls, feedback: Feedback) -> Self:
        """The event for feedback."""
        return cls(feedback_id=feedback.id, feedback_type=feedback.type)
