"""What callers send and get of cohorts."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.domain.programmes.schemas import ProgrammeId
from app.text import Day, Flag, Input, Name, Output, Patch, absent, reference

CohortId = Annotated[str, reference("coh")]
_LATE = "Whether one may join after `enrols_until`, up to the last day."


class CohortCreate(Input):
    """A new cohort of a programme."""

    programme_id: ProgrammeId
    name: Name
    enrols_from: Day = Field(description="The first day on which one may join.")
    enrols_until: Day = Field(description="The last day on which one may join.")
    starts_on: Day
    ends_on: Day
    allows_late_intake: Flag = Field(default=False, description=_LATE)

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if self.enrols_until < self.enrols_from:
            raise PydanticCustomError("window_order", "enrols_until must not lie before enrols_from")
        if self.ends_on <= self.starts_on:
            raise PydanticCustomError("cohort_order", "ends_on must lie after starts_on")
        return self


class CohortUpdate(Patch):
    """Changes to a cohort. Whoever joined stays in it."""

    name: Name = absent()
    enrols_from: Day = absent()
    enrols_until: Day = absent()
    starts_on: Day = absent()
    ends_on: Day = absent()
    allows_late_intake: Flag = absent()


class CohortRead(Output):
    """An intake of a programme."""

    id: str
    programme_id: str
    name: str
    enrols_from: date
    enrols_until: date
    starts_on: date
    ends_on: date
    allows_late_intake: bool = Field(description=_LATE)
    version: int
    created_at: datetime
    updated_at: datetime
