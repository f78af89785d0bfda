"""What the law owes people: their consents, copies of their data, being forgotten, and holds that delay it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, of_organisation, text_enum, unique

EXPORT_KEPT = timedelta(hours=24)


class Purpose(StrEnum):
    """What someone's data may be used for, if they consent."""

    PARTICIPATION = "participation"
    MATCHING_PREFERENCES = "matching_preferences"
    RECOGNITION = "recognition"
    PHOTO = "photo"
    ANALYTICS = "analytics"


class ErasureStatus(StrEnum):
    """Where a request to be forgotten stands."""

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    APPROVED = "approved"
    COMPLETED = "completed"


_E = ErasureStatus
ERASURE = Machine(
    "erasure",
    {
        "withdraw": ((_E.REQUESTED,), _E.WITHDRAWN),
        "decline": ((_E.REQUESTED,), _E.DECLINED),
        "approve": ((_E.REQUESTED,), _E.APPROVED),
        "complete": ((_E.APPROVED,), _E.COMPLETED),
    },
)


class ConsentGiven(Conflict):
    """There is a live consent to this purpose already. Withdraw it first."""

    code = "consent_given"


class ConsentWithdrawn(Conflict):
    """The consent was withdrawn before."""

    code = "consent_withdrawn"


class ErasureUnderWay(Conflict):
    """An erasure of this person is under way already."""

    code = "erasure_under_way"


class HoldLifted(Conflict):
    """The hold was lifted before."""

    code = "legal_hold_lifted"


class Consent(Row, table=True):
    """That someone agreed to one use of their data, on the notice that they had read, until they withdraw."""

    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        unique("person_id", "purpose", where="withdrawn_at is null", name="uq_consent_live"),
        index("consent_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "cns"

    person_id: str = Field(sa_type=sa.Text)
    purpose: Purpose = Field(sa_type=text_enum(Purpose))
    notice_version: str = Field(sa_type=sa.Text)
    given_at: datetime = instant()
    withdrawn_at: datetime | None = instant(default=None)

    def withdraw(self, at: datetime) -> None:
        """From now on this use has no ground any more."""
        if self.withdrawn_at is not None:
            raise ConsentWithdrawn("The consent was withdrawn before.")
        self.withdrawn_at = at


class Export(Row, table=True):
    """A copy of all that we hold of someone, sealed with their own key, for a day."""

    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        index("export_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "exp"

    person_id: str = Field(sa_type=sa.Text)
    requested_by: str = Field(sa_type=sa.Text)
    operation_id: str | None = Field(default=None, sa_type=sa.Text)
    size_bytes: int | None = None
    ready_at: datetime | None = instant(default=None)
    expires_at: datetime | None = instant(default=None)
    content: bytes | None = sealed_by("person_id", default=None)

    def keep(self, sealed: bytes, size_bytes: int, at: datetime) -> None:
        """It can be downloaded from now on, for a day."""
        self.content, self.size_bytes = sealed, size_bytes
        self.ready_at, self.expires_at = at, at + EXPORT_KEPT


class Erasure(Row, table=True):
    """A request to forget someone, decided by a second person. `steps_done` says where to go on."""

    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        # What the machine lets pass one by one, two callers could reach at once.
        check("two_people", "decided_by is null or decided_by <> requested_by"),
        unique("person_id", where="status in ('requested', 'approved')", name="uq_erasure_open"),
        index("erasure_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "ers"

    person_id: str = Field(sa_type=sa.Text)
    status: ErasureStatus = Field(default=ErasureStatus.REQUESTED, sa_type=text_enum(ErasureStatus))
    requested_by: str = Field(sa_type=sa.Text)
    decided_by: str | None = Field(default=None, sa_type=sa.Text)
    decided_at: datetime | None = instant(default=None)
    operation_id: str | None = Field(default=None, sa_type=sa.Text)
    steps_done: int = 0
    completed_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = ERASURE.step(self.status, move)

    def decide(self, move: str, by: str, at: datetime) -> None:
        """Approve or decline it."""
        self.step(move)
        self.decided_by, self.decided_at = by, at

    def complete(self, at: datetime) -> None:
        """Nothing of the person is left."""
        self.step("complete")
        self.completed_at = at


class LegalHold(Row, table=True):
    """That nothing of a person, or of a programme, may be erased until further notice."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        belongs_to("programme", "programme_id"),
        check("one_object", "(person_id is null) <> (programme_id is null)"),
        index("legal_hold_person", "person_id", "id"),
        index("legal_hold_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "lgh"

    person_id: str | None = Field(default=None, sa_type=sa.Text)
    programme_id: str | None = Field(default=None, sa_type=sa.Text)
    reason: bytes | None = sealed_by(None, default=None)
    placed_by: str = Field(sa_type=sa.Text)
    lifted_by: str | None = Field(default=None, sa_type=sa.Text)
    lifted_at: datetime | None = instant(default=None)

    def lift(self, by: str, at: datetime) -> None:
        """Let erasure and retention go on."""
        if self.lifted_at is not None:
            raise HoldLifted("The hold was lifted before.")
        self.lifted_by, self.lifted_at = by, at


on_violation("uq_consent_live", ConsentGiven)
on_violation("uq_erasure_open", ErasureUnderWay)
