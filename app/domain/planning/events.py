"""What we tell the world of series. Each session of one is told of by itself."""

from datetime import date
from typing import ClassVar, Self

from app.domain.planning.models import RecurringSession, SeriesStatus
from app.events.envelope import Event


class SeriesEvent(Event):
    """A fact about one series."""

    subject: ClassVar[str] = "recurring_session_id"

    recurring_session_id: str
    pairing_id: str
    programme_id: str
    status: SeriesStatus
    starts_on: date
    ends_on: date
    every_weeks: int
    count: int

    @classmethod
    def of(cls, series: RecurringSession) -> Self:
        """The event for the series as it is now."""
        return cls(recurring_session_id=series.id, **series.model_dump(include=_COPIED))


_COPIED = set(SeriesEvent.model_fields) - {"recurring_session_id"}


class SeriesScheduled(SeriesEvent):
    """A pair will meet again and again."""

    type = "recurring_session.scheduled"


class SeriesCancelled(SeriesEvent):
    """What was ahead of a series was called off."""

    type = "recurring_session.cancelled"
    # Who called it off is for coordinators, as of a session.
    names_actor: ClassVar[bool] = False
