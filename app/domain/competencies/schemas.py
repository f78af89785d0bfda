"""What callers send and get of competencies."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.competencies.models import OF_MENTEES, OF_MENTORS, Point
from app.domain.pairings.schemas import PairingId
from app.domain.sessions.schemas import Rating
from app.text import Input, Output, Word, prose

_Comment = Annotated[str, prose(2000)]
_KNOWN = f"Of mentees usually {', '.join(OF_MENTEES)}; of mentors {', '.join(OF_MENTORS)}."


class CompetencyRate(Input):
    """How the caller finds a competency of theirs."""

    pairing_id: PairingId
    competency: Word = Field(description=_KNOWN)
    point: Point
    value: Rating = Field(description="1: hardly there, 5: I could teach it.")
    comment: _Comment | None = Field(default=None, description="For yourself alone: nobody else reads it.")


class CompetencyRatingRead(Output):
    """How somebody found a competency of theirs. Shown to them alone."""

    id: str
    pairing_id: str
    author_id: str
    competency: str
    point: Point
    value: int
    comment: str | None
    version: int
    created_at: datetime
    updated_at: datetime
