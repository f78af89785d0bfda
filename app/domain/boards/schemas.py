"""How the pairs of a programme fare, as callers get it."""

from datetime import date, datetime

from pydantic import Field

from app.domain.pairings.models import Health, HealthRule, PairingStatus
from app.text import Output


class PairingOverviewRead(Output):
    """One line of a programme's board: how a pair fares, in figures and dates, and nothing of what the two say."""

    id: str
    pairing_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    status: PairingStatus
    health: Health
    health_rule: HealthRule | None = Field(description="By which rule the pairing is watched or at risk.")
    health_since: datetime | None
    starts_on: date
    ends_on: date
    sessions_held: int
    last_session_at: datetime | None = Field(description="When the last session that was held began.")
    next_session_at: datetime | None = Field(description="When the first session that is scheduled begins.")
    goals_set: int
    goals_achieved: int
    last_check_in_at: datetime | None = Field(description="When either of the two last answered a check-in.")
    version: int = Field(description="That of the pairing.")
    created_at: datetime
    updated_at: datetime
