"""What we tell the world of check-ins: that one was answered. No number, no word, no name."""

from typing import ClassVar, Self

from app.domain.check_ins.models import CheckIn
from app.events.envelope import Event


class CheckInSubmitted(Event):
    """A partner said how the pair is."""

    type = "check_in.submitted"
    subject: ClassVar[str] = "check_in_id"
    names_actor: ClassVar[bool] = False

    check_in_id: str
    pairing_id: str
    programme_id: str
    round: int

    @classmethod
    def of(cls, check_in: CheckIn) -> Self:
        """The event for an answer."""
        return cls(
            check_in_id=check_in.id,
            pairing_id=check_in.pairing_id,
            programme_id=check_in.programme_id,
            round=check_in.round,
        )
