"""What callers send and get of sessions that repeat."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.domain.pairings.schemas import PairingId
from app.domain.planning.models import SeriesStatus
from app.domain.programmes.schemas import Minutes
from app.domain.sessions.models import Mode
from app.text import Day, Input, Name, Output, Zone, whole

MOST = 52
LocalTime = Annotated[str, StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weeks = Annotated[int, whole(1, 12)]


class RecurringSessionSchedule(Input):
    """Sessions of a pair that repeat, at the same local time. Either `count` or `until` says how many there are."""

    pairing_id: PairingId
    starts_on: Day = Field(description="The day of the first session, in the zone.")
    local_time: LocalTime = Field(
        description="When each begins, by the clocks of the zone, such as 09:30. An hour that comes twice in autumn is "
        "meant the first time."
    )
    zone: Zone | None = Field(default=None, description="IANA zone whose clocks are meant. Absent: the mentor's.")
    every_weeks: Weeks = Field(default=2, description="So many weeks apart.")
    count: Annotated[int, whole(2, MOST)] | None = None
    until: Day | None = Field(default=None, description="The last day on which there may be one.")
    duration_minutes: Minutes | None = Field(default=None, description="Absent: the programme's session length.")
    mode: Mode = Mode.REMOTE
    topic: Name | None = None

    @model_validator(mode="after")
    def _has_one_end(self) -> Self:
        if (self.count is None) is (self.until is None):
            raise PydanticCustomError("count_or_until", "either count or until says when the series ends, not both")
        return self


class RecurringSessionRead(Output):
    """Sessions of a pair that repeat, as they were scheduled."""

    id: str
    programme_id: str
    pairing_id: str
    status: SeriesStatus
    starts_on: date
    ends_on: date = Field(description="The day of the last session, as it was scheduled.")
    local_time: str
    zone: str
    duration_minutes: int
    every_weeks: int
    count: int
    mode: Mode
    topic: str | None
    version: int
    created_at: datetime
    updated_at: datetime
