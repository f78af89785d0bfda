"""What taking part opens."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.table import Row, belongs_to, index, instant, of_organisation, text_enum


class OpportunityKind(StrEnum):
    """What is open to those who take part."""

    STRETCH_ROLE = "stretch_role"
    SUCCESSION_POOL = "succession_pool"
    PROMOTION_PANEL = "promotion_panel"


class OpportunityClosed(Conflict):
    """The opportunity is closed."""

    code = "opportunity_closed"


class Opportunity(Row, table=True):
    """Something that is open to those who take part in a programme."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        index("opportunity_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "opp"

    programme_id: str = Field(sa_type=sa.Text)
    kind: OpportunityKind = Field(sa_type=text_enum(OpportunityKind))
    title: str = Field(sa_type=sa.Text)
    description: str = Field(sa_type=sa.Text)
    open_until: date | None = None
    closed_at: datetime | None = instant(default=None)

    def require_open(self) -> None:
        """Raises `OpportunityClosed`."""
        if self.closed_at is not None:
            raise OpportunityClosed("The opportunity was closed before.")

    def close(self, at: datetime) -> None:
        """It is open no more."""
        self.require_open()
        self.closed_at = at
