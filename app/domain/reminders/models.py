"""How far an organisation's people have been reminded."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.table import instant, of_organisation


class ReminderRound(SQLModel, table=True):
    """The stretch of time whose reminders are told, or being told: somebody's falls into one stretch alone.

    `after_person_id` says how far a round has come; null when none is under way.
    """

    __tablename__ = "reminder_round"
    __table_args__ = (of_organisation(),)

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    told_since: datetime = instant()
    told_until: datetime = instant()
    after_person_id: str | None = Field(default=None, sa_type=sa.Text)
