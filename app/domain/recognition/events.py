"""What we tell the world of recognitions: that they were given, and taken back. Never the words."""

from typing import ClassVar, Self

from app.domain.recognition.models import Recognition, RecognitionKind, RecognitionStatus
from app.events.envelope import Event


class RecognitionEvent(Event):
    """A fact about one recognition."""

    subject: ClassVar[str] = "recognition_id"
    names_actor: ClassVar[bool] = False

    recognition_id: str
    programme_id: str
    person_id: str
    kind: RecognitionKind
    status: RecognitionStatus
    criterion_id: str | None

    @classmethod
    def of(cls, recognition: Recognition) -> Self:
        """The event for the recognition as it is now."""
        names = ("programme_id", "person_id", "kind", "status", "criterion_id")
        return cls(recognition_id=recognition.id, **{name: getattr(recognition, name) for name in names})


class RecognitionAwarded(RecognitionEvent):
    """Somebody was honoured."""

    type = "recognition.awarded"


class RecognitionRevoked(RecognitionEvent):
    """An honour was taken back."""

    type = "recognition.revoked"
