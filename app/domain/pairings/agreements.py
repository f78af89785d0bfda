"""What a pair agrees on before it first meets: versioned clauses, signed by both."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.states import Machine
from app.table import Row, belongs_to, index, instant, json_column, of_organisation, text_enum, unique


class AgreementStatus(StrEnum):
    """Where an agreement stands."""

    PROPOSED = "proposed"
    HALF_SIGNED = "half_signed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    TERMINATED = "terminated"


_S = AgreementStatus
OPEN = (_S.PROPOSED, _S.HALF_SIGNED)
AGREEMENT = Machine(
    "agreement",
    {
        "sign_first": ((_S.PROPOSED,), _S.HALF_SIGNED),
        "sign_last": ((_S.HALF_SIGNED,), _S.IN_FORCE),
        "supersede": ((_S.PROPOSED, _S.HALF_SIGNED, _S.IN_FORCE), _S.SUPERSEDED),
        "terminate": ((_S.PROPOSED, _S.HALF_SIGNED, _S.IN_FORCE), _S.TERMINATED),
    },
)


class AlreadySigned(Conflict):
    """This person has signed the agreement already."""

    code = "already_signed"


class Agreement(Row, table=True):
    """One version of what a pair agrees on. At most one is open for signature, at most one in force."""

    __table_args__ = (
        of_organisation(),
        belongs_to("pairing", "pairing_id"),
        unique("pairing_id", "edition", name="uq_agreement_edition"),
        unique("pairing_id", where="status in ('proposed', 'half_signed')", name="uq_agreement_open"),
        unique("pairing_id", where="status = 'in_force'", name="uq_agreement_in_force"),
        index("agreement_pairing", "pairing_id", "id"),
    )
    prefix: ClassVar[str] = "agr"

    pairing_id: str = Field(sa_type=sa.Text)
    edition: int
    status: AgreementStatus = Field(default=AgreementStatus.PROPOSED, sa_type=text_enum(AgreementStatus))
    clauses: list[dict[str, Any]] = json_column()
    in_force_at: datetime | None = instant(default=None)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = AGREEMENT.step(self.status, move)

    def sign(self, at: datetime) -> None:
        """Take one more signature; the second puts it in force."""
        self.step("sign_first" if self.status is AgreementStatus.PROPOSED else "sign_last")
        if self.status is AgreementStatus.IN_FORCE:
            self.in_force_at = at


class Signature(Row, table=True):
    """That one partner agreed."""

    __table_args__ = (
        of_organisation(),
        belongs_to("agreement", "agreement_id"),
        belongs_to("person", "person_id"),
        unique("agreement_id", "person_id", name="uq_signature_person"),
        index("signature_agreement", "agreement_id", "id"),
    )
    prefix: ClassVar[str] = "sig"

    agreement_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    signed_at: datetime = instant()


on_violation("uq_signature_person", AlreadySigned)
