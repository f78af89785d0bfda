"""The company that runs programmes, and its rank ladder. Every row of every table belongs to one."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app import clock
from app.errors import Conflict
from app.failures import on_violation
from app.table import Row, check, instant, of_organisation, unique


class RankLevelTaken(Conflict):
    """The ladder has a rank on this level already."""

    code = "rank_level_taken"


class RankInUse(Conflict):
    """People hold this rank. Give them another one first."""

    code = "rank_in_use"


class Organisation(SQLModel, table=True):
    """A tenant. `anonymity_k` is the fewest people that an aggregate may speak of; it may be raised, never lowered."""

    __table_args__ = (check("anonymity_k", "anonymity_k >= 5"),)
    prefix: ClassVar[str] = "org"

    id: str = Field(primary_key=True, sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    region: str = Field(sa_type=sa.Text)
    default_zone: str = Field(sa_type=sa.Text)
    anonymity_k: int = Field(default=5)
    version: int = Field(default=1)
    created_at: datetime = instant(default_factory=clock.now)
    updated_at: datetime = instant(default_factory=clock.now)


class Rank(Row, table=True):
    """One rung of the ladder. A higher level is more senior; gaps between levels are counted in levels."""

    __table_args__ = (
        of_organisation(),
        unique("level", name="uq_rank_level"),
        check("level", "level between 1 and 100"),
    )
    prefix: ClassVar[str] = "rnk"

    level: int
    name: str = Field(sa_type=sa.Text)


on_violation("uq_rank_level", RankLevelTaken)
on_violation("fk_person_rank_organisation_id_rank_level", RankInUse)
