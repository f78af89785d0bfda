"""What each partner says, every other month, of how their pair is. Nobody else reads the numbers or the words."""

from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.check_ins.questions import LEAST, MOST, QUESTIONS
from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, check, index, of_organisation, unique


class AlreadyAnswered(Conflict):
    """The caller has answered this round."""

    code = "check_in_answered"


class CheckIn(Row, table=True):
    """One partner's answer in one round.

    Once it is too old to be kept, the numbers alone are left, without text and author.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "author_id"),
        check("round", "round >= 1"),
        *(check(question.field, f"{question.field} between {LEAST} and {MOST}") for question in QUESTIONS),
        check("nobodys_word", "author_id is not null or (comment is null and not asks_for_help)"),
        unique("author_id", "round", "pairing_id", name="uq_check_in_once"),
        index("check_in_pairing", "pairing_id", "id"),
        index("check_in_programme", "programme_id", "id"),
        index("check_in_author", "author_id", "id"),
    )
    prefix: ClassVar[str] = "chk"

    pairing_id: str = Field(sa_type=sa.Text)
    programme_id: str = Field(sa_type=sa.Text)
    author_id: str | None = Field(sa_type=sa.Text)
    round: int
    usefulness: int
    openness: int
    time_found: int
    asks_for_help: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    comment: bytes | None = sealed_by("author_id", default=None)


on_violation("uq_check_in_once", AlreadyAnswered)
