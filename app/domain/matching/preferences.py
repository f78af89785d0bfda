"""Whom someone would like to be paired with, and with whom they will not be. The other one never learns of it."""

from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, check, index, of_organisation, unique


class AlreadyPreferred(Conflict):
    """There is a preference about this enrolment already. Change that one."""

    code = "preference_given"


class RankTaken(Conflict):
    """Another enrolment has this rank in the author's own list."""

    code = "preference_rank_taken"


class MatchingPreference(Row, table=True):
    """One enrolment's word on another: a rank from 1, the most wished for, to 10, or none, which is a refusal.

    The two people are named as well: rules ask for people.
    """

    __tablename__ = "matching_preference"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("enrolment", "enrolment_id"),
        belongs_to("enrolment", "other_enrolment_id"),
        belongs_to("person", "author_id"),
        belongs_to("person", "other_id"),
        check("rank", "rank between 1 and 10"),
        check("two_people", "author_id <> other_id"),
        unique("enrolment_id", "other_enrolment_id", name="uq_matching_preference_pair"),
        unique("enrolment_id", "rank", where="rank is not null", name="uq_matching_preference_rank"),
        index("matching_preference_programme", "programme_id", "id"),
        index("matching_preference_enrolment", "enrolment_id", "id"),
        index("matching_preference_author", "author_id", "id"),
        index("matching_preference_other_enrolment", "other_enrolment_id", "id"),
        index("matching_preference_other", "other_id", "id"),
    )
    prefix: ClassVar[str] = "mpf"

    programme_id: str = Field(sa_type=sa.Text)
    enrolment_id: str = Field(sa_type=sa.Text)
    other_enrolment_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    other_id: str = Field(sa_type=sa.Text)
    rank: int | None = None
    reason: bytes | None = sealed_by("author_id", default=None)
    reason_shared: bool = False


on_violation("uq_matching_preference_pair", AlreadyPreferred)
on_violation("uq_matching_preference_rank", RankTaken)
