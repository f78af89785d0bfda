"""How two partners part: what each learned, and thanks, kept for the other until both have spoken."""

from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, index, of_organisation, unique


class AlreadyWritten(Conflict):
    """The caller has said farewell to this partner."""

    code = "farewell_written"


class Farewell(Row, table=True):
    """One partner's last word in a pairing. Neither writes in answer to the other's."""

    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        belongs_to("person", "author_id"),
        unique("author_id", "pairing_id", name="uq_farewell_once"),
        index("farewell_pairing", "pairing_id", "id"),
        index("farewell_author", "author_id", "id"),
    )
    prefix: ClassVar[str] = "fwl"

    pairing_id: str = Field(sa_type=sa.Text)
    author_id: str = Field(sa_type=sa.Text)
    learned: bytes = sealed_by("author_id")
    thanks: bytes | None = sealed_by("author_id", default=None)
    may_be_told: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


on_violation("uq_farewell_once", AlreadyWritten)
