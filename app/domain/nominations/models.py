"""Somebody's word that a colleague should take part."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.enrolments.models import EnrolmentRole
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, check, index, instant, of_organisation, text_enum

STANDS = timedelta(days=30)


class NominationStatus(StrEnum):
    """Where a nomination stands. Taken up: whom it names was invited."""

    MADE = "made"
    TAKEN_UP = "taken_up"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class NominationDeclineReason(StrEnum):
    """Why nobody was invited, for those who run the programme."""

    NOT_ELIGIBLE = "not_eligible"
    NO_PLACE = "no_place"
    ALREADY_IN = "already_in"
    NOBODY_FOUND = "nobody_found"
    NOT_SAID = "not_said"


_S = NominationStatus
NOMINATION = Machine(
    "nomination",
    {
        "take_up": ((_S.MADE,), _S.TAKEN_UP),
        "decline": ((_S.MADE,), _S.DECLINED),
        "withdraw": ((_S.MADE,), _S.WITHDRAWN),
        "expire": ((_S.MADE,), _S.EXPIRED),
    },
)


def _reference(table: str, column: str) -> sa.ForeignKeyConstraint:
    """Two columns lead to people: named by theirs, the keys can be told apart."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
        name=f"fk_nomination_{column}",
        ondelete="RESTRICT",
    )


class Nomination(Row, table=True):
    """One name for one side of a programme. It stands for thirty days; half-way the coordinators are reminded."""

    __table_args__ = (
        of_organisation(),
        _reference("programme", "programme_id"),
        _reference("person", "nominator_id"),
        _reference("person", "nominee_id"),
        _reference("enrolment", "enrolment_id"),
        check("taken_up", "(status = 'taken_up') = (enrolment_id is not null)"),
        index("nomination_programme", "programme_id", "id"),
        index("nomination_nominator", "nominator_id", "id"),
        index("nomination_nominee", "nominee_id", "id", where="nominee_id is not null"),
        index("nomination_expires_at", "expires_at", "id", where="status = 'made'"),
        index("nomination_remind_at", "remind_at", "id", where="status = 'made' and remind_at is not null"),
    )
    prefix: ClassVar[str] = "nmn"

    programme_id: str = Field(sa_type=sa.Text)
    role: EnrolmentRole = Field(sa_type=text_enum(EnrolmentRole))
    status: NominationStatus = Field(default=_S.MADE, sa_type=text_enum(NominationStatus))
    nominator_id: str = Field(sa_type=sa.Text)
    nominee_id: str | None = Field(default=None, sa_type=sa.Text)
    enrolment_id: str | None = Field(default=None, sa_type=sa.Text)
    # What the nominator wrote of somebody else: nullable, for it goes with either of the two.
    work_email: bytes | None = sealed_by("nominator_id", default=None)
    reason: bytes | None = sealed_by("nominator_id", default=None)
    decline_reason: NominationDeclineReason | None = Field(default=None, sa_type=text_enum(NominationDeclineReason))
    expires_at: datetime = instant()
    remind_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = NOMINATION.step(self.status, move)

    def take_up(self, enrolment_id: str) -> None:
        """Note the invitation that came of it. Raises `IllegalMove`."""
        self.step("take_up")
        self.enrolment_id = enrolment_id
