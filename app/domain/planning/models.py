"""Sessions that repeat: every so many weeks, at the same local time."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.sessions.models import Mode
from app.states import Machine
from app.table import Row, belongs_to, check, index, of_organisation, text_enum


class SeriesStatus(StrEnum):
    """Where a series stands. When its last day has passed it is active still, and nothing comes of it any more."""

    ACTIVE = "active"
    CANCELLED = "cancelled"


SERIES = Machine("recurring_session", {"cancel": ((SeriesStatus.ACTIVE,), SeriesStatus.CANCELLED)})


class RecurringSession(Row, table=True):
    """What the sessions of a series were made from. Each is a session of its own, which can be moved or called off."""

    __tablename__ = "recurring_session"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("pairing", "pairing_id"),
        check("days", "ends_on >= starts_on"),
        check("every_weeks", "every_weeks between 1 and 12"),
        check("count", '"count" between 2 and 52'),
        index("recurring_session_programme", "programme_id", "id"),
        index("recurring_session_pairing", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "srs"

    programme_id: str = Field(sa_type=sa.Text)
    pairing_id: str = Field(sa_type=sa.Text)
    status: SeriesStatus = Field(default=SeriesStatus.ACTIVE, sa_type=text_enum(SeriesStatus))
    starts_on: date
    ends_on: date
    # As the clocks of the zone show it, such as 09:30.
    local_time: str = Field(sa_type=sa.Text)
    zone: str = Field(sa_type=sa.Text)
    duration_minutes: int
    every_weeks: int
    count: int
    mode: Mode = Field(default=Mode.REMOTE, sa_type=text_enum(Mode))
    topic: str | None = Field(default=None, sa_type=sa.Text)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = SERIES.step(self.status, move)
