"""HR systems that tell us of changes, and which of their notices came already."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, index, instant, json_column, of_organisation, text_enum


class NoticeStyle(StrEnum):
    """How an HR system signs and writes its notices."""

    BAMBOOHR = "bamboohr"
    HIBOB = "hibob"
    STANDARD_WEBHOOKS = "standard_webhooks"


class HrSource(Row, table=True):
    """An HR system: how its notices are signed, where its people are fetched, and which member is which there."""

    __tablename__ = "hr_source"
    __table_args__ = (of_organisation(),)
    prefix: ClassVar[str] = "hrs"

    name: str = Field(sa_type=sa.Text)
    style: NoticeStyle = Field(sa_type=text_enum(NoticeStyle))
    base_url: str = Field(sa_type=sa.Text)
    mapping: list[dict[str, Any]] = json_column()
    is_enabled: bool = True
    sealed_secret: bytes = sealed_by(None, default=b"")
    sealed_token: bytes | None = sealed_by(None, default=None)


class HrNotice(SQLModel, table=True):
    """A notice that was taken: one that comes again does nothing. `mark` is a digest, and names nobody."""

    __tablename__ = "hr_notice"
    __table_args__ = (
        of_organisation(),
        belongs_to("hr_source", "hr_source_id", on_delete="CASCADE"),
        index("hr_notice_received", "hr_source_id", "received_at"),
    )

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    hr_source_id: str = Field(primary_key=True, sa_type=sa.Text)
    mark: str = Field(primary_key=True, sa_type=sa.Text)
    received_at: datetime = instant()
