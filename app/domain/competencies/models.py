"""How people find their own competencies, before, half-way, at the end and half a year on. For themselves alone."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.pairings.models import Pairing, PairingStatus
from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, check, index, of_organisation, text_enum, unique

LEAST, MOST = 1, 5
# What published practice names, by side; any other may be rated, too.
OF_MENTEES = ("digital_tools", "social_media", "trends", "software")
OF_MENTORS = ("leadership", "communication", "coaching", "empathy", "confidence")
HALF_A_YEAR_ON = timedelta(days=150)


class Point(StrEnum):
    """When somebody rates themselves."""

    BASELINE = "baseline"
    MID = "mid"
    END = "end"
    SIX_MONTHS = "six_months"


class PointNotOpen(Conflict):
    """It is too early, or too late, for this point."""

    code = "competency_point_not_open"


class AlreadyRated(Conflict):
    """The caller has rated this competency at this point."""

    code = "competency_rated"


class CompetencyRating(Row, table=True):
    """One person's view of one competency of theirs, 1 to 5, at one point of a pairing."""

    __tablename__ = "competency_rating"
    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("person", "author_id"),
        check("value", f"value between {LEAST} and {MOST}"),
        unique("author_id", "pairing_id", "competency", "point", name="uq_competency_rating_once"),
        index("competency_rating_pairing", "pairing_id", "id"),
        index("competency_rating_author", "author_id", "id"),
    )
    prefix: ClassVar[str] = "cpr"

    pairing_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    competency: str = Field(sa_type=sa.Text)
    point: Point = Field(sa_type=text_enum(Point))
    value: int
    comment: bytes | None = sealed_by("author_id", default=None)


def require_open(point: Point, pairing: Pairing, now: datetime) -> None:
    """Raise `PointNotOpen` unless it is the time for a point.

    The baseline is for the first half of the time, `mid` for the second, `end` for whoever is about to finish or has
    finished, and `six_months` from 150 days after that on.
    """
    is_running = pairing.status is PairingStatus.ACTIVE
    half_way = now.date() >= _middle(pairing)
    is_over = pairing.ended_at is not None
    is_open = {
        Point.BASELINE: is_running and not half_way,
        Point.MID: is_running and half_way,
        Point.END: is_over or pairing.status is PairingStatus.CLOSING,
        Point.SIX_MONTHS: pairing.ended_at is not None and now >= pairing.ended_at + HALF_A_YEAR_ON,
    }
    if not is_open[point]:
        raise PointNotOpen("It is too early, or too late, for this point. See docs/competencies.md.")


def _middle(pairing: Pairing) -> date:
    return pairing.starts_on + (pairing.ends_on - pairing.starts_on) / 2


on_violation("uq_competency_rating_once", AlreadyRated)
