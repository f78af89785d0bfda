"""A pair that a run proposes, until both have answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.states import Machine
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    SUGGESTED = "suggested"
    OFFERED = "offered"
    HALF_ACCEPTED = "half_accepted"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    VETOED = "vetoed"
    SUPERSEDED = "superseded"


_S = ProposalStatus
# What members may answer, and what is not settled.
ANSWERABLE = (_S.OFFERED, _S.HALF_ACCEPTED)
OPEN = (_S.SUGGESTED, *ANSWERABLE)
MATCH_PROPOSAL = Machine(
    "match_proposal",
    {
        "offer": ((_S.SUGGESTED,), _S.OFFERED),
        "accept_first": ((_S.OFFERED,), _S.HALF_ACCEPTED),
        "accept_last": ((_S.HALF_ACCEPTED,), _S.CONFIRMED),
        "decline": (ANSWERABLE, _S.DECLINED),
        "expire": (ANSWERABLE, _S.EXPIRED),
        "veto": (OPEN, _S.VETOED),
        "supersede": (OPEN, _S.SUPERSEDED),
    },
)


class AlreadyAccepted(Conflict):
    """You have accepted this proposal already."""

    code = "already_accepted"


class AlreadyOffered(Conflict):
    """These two have an open proposal in this programme already."""

    code = "already_offered"


class MatchProposal(Row, table=True):
    """One pair of a plan. The points of each side are for that side, `score` is what the plan counted for both."""

    __tablename__ = "match_proposal"
    __table_args__ = (
        of_organisation(),
        belongs_to("match_run", "match_run_id"),
        belongs_to("programme", "programme_id"),
        belongs_to("enrolment", "mentor_enrolment_id"),
        belongs_to("enrolment", "mentee_enrolment_id"),
        belongs_to("person", "mentor_id"),
        belongs_to("person", "mentee_id"),
        belongs_to("person", "declined_by"),
        belongs_to("pairing", "pairing_id"),
        check("two_people", "mentor_id <> mentee_id"),
        check("score", "score between 0 and 100000"),
        unique("match_run_id", "mentor_enrolment_id", "mentee_enrolment_id", name="uq_match_proposal_pair"),
        unique(
            "mentor_enrolment_id",
            "mentee_enrolment_id",
            where="status in ('offered', 'half_accepted')",
            name="uq_match_proposal_offered",
        ),
        index("match_proposal_run", "match_run_id", "id"),
        index("match_proposal_programme", "programme_id", "id"),
        index("match_proposal_mentor", "mentor_id", "id"),
        index("match_proposal_mentee", "mentee_id", "id"),
        index("match_proposal_mentor_enrolment", "mentor_enrolment_id", "id"),
        index("match_proposal_mentee_enrolment", "mentee_enrolment_id", "id"),
        index("match_proposal_pairing", "pairing_id", where="pairing_id is not null"),
        index("match_proposal_due", "expires_at", "id", where="status in ('offered', 'half_accepted')"),
    )
    prefix: ClassVar[str] = "mpr"

    match_run_id: str = Field(sa_type=sa.Text)
    programme_id: str = Field(sa_type=sa.Text)
    mentor_enrolment_id: str = Field(sa_type=sa.Text)
    mentee_enrolment_id: str = Field(sa_type=sa.Text)
    mentor_id: str = Field(sa_type=sa.Text)
    mentee_id: str = Field(sa_type=sa.Text)
    status: ProposalStatus = Field(default=_S.SUGGESTED, sa_type=text_enum(ProposalStatus))
    score: int
    mentor_points: list[dict[str, Any]] = json_column(default_factory=list)
    mentee_points: list[dict[str, Any]] = json_column(default_factory=list)
    offered_at: datetime | None = instant(default=None)
    expires_at: datetime | None = instant(default=None)
    mentor_accepted_at: datetime | None = instant(default=None)
    mentee_accepted_at: datetime | None = instant(default=None)
    closed_at: datetime | None = instant(default=None)
    declined_by: str | None = Field(default=None, sa_type=sa.Text)
    decline_reason: bytes | None = sealed_by("declined_by", default=None)
    is_reason_shared: bool | None = None
    veto_reason: bytes | None = sealed_by(None, default=None)
    pairing_id: str | None = Field(default=None, sa_type=sa.Text)

    def step(self, move: str) -> None:
        """Take one legal step. Raises `IllegalMove`."""
        self.status = MATCH_PROPOSAL.step(self.status, move)

    def offer(self, at: datetime, expires_at: datetime) -> None:
        """Ask both."""
        self.step("offer")
        self.offered_at, self.expires_at = at, expires_at

    def accept(self, person_id: str, at: datetime) -> None:
        """Take one member's yes; the second confirms it. Raises `AlreadyAccepted`."""
        side = "mentor_accepted_at" if person_id == self.mentor_id else "mentee_accepted_at"
        if self.status in ANSWERABLE and getattr(self, side) is not None:
            raise AlreadyAccepted("You have accepted this proposal already.")
        self.step("accept_last" if self.status is _S.HALF_ACCEPTED else "accept_first")
        setattr(self, side, at)
        if self.status is _S.CONFIRMED:
            self.closed_at = at

    def close(self, move: str, at: datetime) -> None:
        """Come to nothing: `decline`, `expire`, `veto` or `supersede`."""
        self.step(move)
        self.closed_at = at

    @property
    def was_offered(self) -> bool:
        """Whether the two know of it."""
        return self.offered_at is not None

    @property
    def members(self) -> tuple[str, str]:
        """The two people: mentor, mentee."""
        return self.mentor_id, self.mentee_id


on_violation("uq_match_proposal_offered", AlreadyOffered)
