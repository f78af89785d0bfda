"""What callers send and get of feedback."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.domain.feedback.models import Audience, FeedbackType
from app.domain.pairings.schemas import PairingId
from app.domain.sessions.schemas import Rating, SessionId
from app.text import Input, Output, prose

FeedbackText = Annotated[str, prose(5000)]


class FeedbackGive(Input):
    """One's word on a session, on the partner, or on the programme."""

    pairing_id: PairingId
    type: FeedbackType
    audience: Audience = Field(
        description="Who reads it: `partner` (named, shown to them), `private` (yourself alone) or `aggregate` "
        "(counted among many, never shown). It cannot be widened later."
    )
    session_id: SessionId | None = None
    rating: Rating | None = None
    text: FeedbackText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rating is None and self.text is None:
            raise ValueError("give a rating, a text, or both")
        if self.type is FeedbackType.PROGRAMME and self.audience is Audience.PARTNER:
            raise ValueError("what is meant for the programme is not shown to the partner")
        return self


class FeedbackRead(Output):
    """Feedback that the caller gave, or that was written for them."""

    id: str
    pairing_id: str
    session_id: str | None
    author_id: str
    addressee_id: str | None
    type: FeedbackType
    audience: Audience
    rating: int | None
    text: str | None = Field(description="`null` where none was given, and once its author was erased.")
    version: int
    created_at: datetime
    updated_at: datetime
