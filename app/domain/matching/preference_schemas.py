"""What callers send and get of preferences."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.enrolments.schemas import EnrolmentId
from app.text import Flag, Input, Output, Patch, absent, prose, whole

Wish = Annotated[
    Annotated[int, whole(1, 10)] | None,
    Field(description="From 1, the most wished for, to 10, each once. `null`, or absent: a refusal."),
]
Reason = Annotated[str, prose(1000)]
_SHARED = "Whether coordinators may read the reason, too. Nobody else ever does, least of all whom it is about."


class MatchingPreferenceCreate(Input):
    """Whom someone would like to be paired with, or with whom they will not be."""

    enrolment_id: EnrolmentId = Field(description="One's own.")
    other_enrolment_id: EnrolmentId = Field(description="Of the same programme, on the other side.")
    rank: Wish = None
    reason: Reason | None = None
    reason_shared: Flag = Field(default=False, description=_SHARED)


class MatchingPreferenceUpdate(Patch):
    """Changes to a preference."""

    rank: Wish = None
    reason: Reason | None = None
    reason_shared: Flag = absent()


class MatchingPreferenceRead(Output):
    """One's own word on somebody whom one could be paired with. Whom it is about never learns of it."""

    id: str
    programme_id: str
    enrolment_id: str
    other_enrolment_id: str
    author_id: str
    rank: int | None
    reason: str | None = Field(description="`null` where none was given, or where it is not the caller's to read.")
    reason_shared: bool
    version: int
    created_at: datetime
    updated_at: datetime
