"""What callers send and get of calendar feeds."""

from datetime import datetime

from pydantic import Field

from app.text import Flag, Input, Name, Output


class CalendarFeedCreate(Input):
    """A feed of the caller's own sessions."""

    name: Name = Field(description="Which calendar reads it: yours to tell one feed from another.")
    names_partner: Flag = Field(
        default=False, description="Whether titles name your partner. Else they say that there is a session, no more."
    )


class CalendarFeedRead(Output):
    """A feed of somebody's sessions, without the secret of its address."""

    id: str
    person_id: str
    name: str
    names_partner: bool
    version: int
    created_at: datetime
    updated_at: datetime
