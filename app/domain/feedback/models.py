"""What partners tell each other, and the programme. Nobody but the addressee reads it."""

from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, check, index, of_organisation, text_enum, unique


class FeedbackType(StrEnum):
    """What the feedback is about. `mentoring_skill` is the senior's word on how the mentoring lands."""

    SESSION = "session"
    MENTORING_SKILL = "mentoring_skill"
    PARTNER = "partner"
    PROGRAMME = "programme"


class Audience(StrEnum):
    """Who reads it, chosen before writing and never widened: the partner, its author alone, or aggregates alone."""

    PARTNER = "partner"
    PRIVATE = "private"
    AGGREGATE = "aggregate"


class AlreadyGiven(Conflict):
    """Feedback of this type on this session was given before."""

    code = "feedback_given"


class Feedback(Row, table=True):
    """One person's word, 1 to 5 and text. Its id does not tell when it was written.

    Once it is too old to be kept, the number alone is left, without text and author.
    """

    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("session", "session_id"),
        belongs_to("person", "author_id"),
        belongs_to("person", "addressee_id"),
        check("rating", "rating between 1 and 5"),
        # What is meant for the programme has no addressee, so that no query can show it to the partner.
        check("addressee", "(audience = 'partner') = (addressee_id is not null)"),
        check("nobodys_text", "author_id is not null or text is null"),
        check("programme_is_no_partner", "type <> 'programme' or audience <> 'partner'"),
        unique("author_id", "session_id", "type", where="session_id is not null", name="uq_feedback_once"),
        index("feedback_pairing", "pairing_id", "created_at", "id"),
        index("feedback_session", "session_id", "created_at", "id"),
        index("feedback_created_at", "created_at", "id"),
        index("feedback_author", "author_id", "created_at", "id"),
        index("feedback_addressee", "addressee_id", "created_at", "id"),
    )
    prefix: ClassVar[str] = "fbk"

    pairing_id: str = Field(sa_type=sa.Text)
    session_id: str | None = Field(default=None, sa_type=sa.Text)
    author_id: str | None = Field(sa_type=sa.Text)
    addressee_id: str | None = Field(default=None, sa_type=sa.Text)
    type: FeedbackType = Field(sa_type=text_enum(FeedbackType))
    audience: Audience = Field(sa_type=text_enum(Audience))
    rating: int | None = None
    text: bytes | None = sealed_by("author_id", default=None)


on_violation("uq_feedback_once", AlreadyGiven)
