"""How taking part is honoured: thanks between partners, and badges, certificates and awards of a programme."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.enrolments.models import EnrolmentRole
from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class RecognitionKind(StrEnum):
    """What somebody is given. Badges and certificates come of criteria, awards of somebody's nomination."""

    THANKS = "thanks"
    BADGE = "badge"
    CERTIFICATE = "certificate"
    AWARD = "award"


class CriterionKind(StrEnum):
    """What a criterion earns."""

    BADGE = "badge"
    CERTIFICATE = "certificate"


class RecognitionStatus(StrEnum):
    """Where a recognition stands."""

    NOMINATED = "nominated"
    APPROVED = "approved"
    AWARDED = "awarded"
    DECLINED = "declined"
    REVOKED = "revoked"


class Measure(StrEnum):
    """What a criterion counts, of one person in one programme."""

    SESSIONS_HELD = "sessions_held"
    GOALS_ACHIEVED = "goals_achieved"
    PAIRINGS_COMPLETED = "pairings_completed"
    THANKS_RECEIVED = "thanks_received"


_S = RecognitionStatus
RECOGNITION = Machine(
    "recognition",
    {
        "approve": ((_S.NOMINATED,), _S.APPROVED),
        "decline": ((_S.NOMINATED,), _S.DECLINED),
        "award": ((_S.APPROVED,), _S.AWARDED),
        "revoke": ((_S.AWARDED,), _S.REVOKED),
    },
)


class CriterionTaken(Conflict):
    """The programme has a criterion of this name."""

    code = "recognition_criterion_taken"


class CriterionAwarded(Conflict):
    """Somebody has been awarded by this criterion: it stays, as the ground of that."""

    code = "recognition_criterion_awarded"


class AlreadyAwarded(Conflict):
    """This person has been awarded by this criterion."""

    code = "recognition_awarded"


class RecognitionCriterion(Row, table=True):
    """What earns a badge or certificate: so much of something in one programme, on one side of it or on either."""

    __tablename__ = "recognition_criterion"
    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        check("at_least", "at_least between 1 and 1000"),
        unique("programme_id", "name", name="uq_recognition_criterion_name"),
        index("recognition_criterion_programme", "programme_id", "id"),
    )
    prefix: ClassVar[str] = "rcr"

    programme_id: str = Field(sa_type=sa.Text)
    kind: CriterionKind = Field(sa_type=text_enum(CriterionKind))
    name: str = Field(sa_type=sa.Text)
    description: str = Field(sa_type=sa.Text)
    measure: Measure = Field(sa_type=text_enum(Measure))
    at_least: int
    role: EnrolmentRole | None = Field(default=None, sa_type=text_enum(EnrolmentRole))


class Recognition(Row, table=True):
    """One honour for one person. `evidence` holds counts and ids, from which a credential can be made."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "person_id"),
        belongs_to("person", "author_id"),
        belongs_to("pairing", "pairing_id"),
        belongs_to("recognition_criterion", "criterion_id"),
        check("thanks", "kind <> 'thanks' or (pairing_id is not null and criterion_id is null)"),
        unique("criterion_id", "person_id", where="criterion_id is not null", name="uq_recognition_once"),
        index("recognition_programme", "programme_id", "id"),
        index("recognition_person", "person_id", "id"),
        index("recognition_author", "author_id", "id"),
        index("recognition_pairing", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "rcg"

    programme_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    # Who thanks or nominates; nobody where a criterion was met.
    author_id: str | None = Field(default=None, sa_type=sa.Text)
    pairing_id: str | None = Field(default=None, sa_type=sa.Text)
    criterion_id: str | None = Field(default=None, sa_type=sa.Text)
    kind: RecognitionKind = Field(sa_type=text_enum(RecognitionKind))
    status: RecognitionStatus = Field(default=_S.NOMINATED, sa_type=text_enum(RecognitionStatus))
    title: str | None = Field(default=None, sa_type=sa.Text)
    text: bytes | None = sealed_by("author_id", default=None)
    evidence: dict[str, Any] = json_column(default_factory=dict)
    awarded_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = RECOGNITION.step(self.status, move)

    def award(self, at: datetime) -> None:
        """Give it."""
        self.step("award")
        self.awarded_at = at

    def revoke(self, at: datetime) -> None:
        """Take it back."""
        self.step("revoke")
        self.revoked_at = at


on_violation("uq_recognition_once", AlreadyAwarded)
on_violation("uq_recognition_criterion_name", CriterionTaken)
# A name that PostgreSQL has room for, as SQLAlchemy shortens it.
on_violation("fk_recognition_recognition_criterion_organisation_id_cr_288c", CriterionAwarded)
