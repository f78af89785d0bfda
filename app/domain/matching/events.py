"""What we tell the world of runs and proposals: ids, states and counts, never points or reasons."""

from datetime import datetime
from typing import ClassVar, Self

from app.domain.matching.models import MatchRun, RunMode, RunStatus, Solution
from app.domain.matching.proposals import MatchProposal, ProposalStatus
from app.events.envelope import Event, Visibility


class MatchRunEvent(Event):
    """A fact about one run."""

    subject: ClassVar[str] = "match_run_id"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    match_run_id: str
    programme_id: str
    mode: RunMode
    status: RunStatus


class MatchRunCompleted(MatchRunEvent):
    """A plan is ready to be looked at."""

    type = "match_run.completed"

    solution: Solution | None
    pair_count: int | None
    unmatched_count: int | None

    @classmethod
    def of(cls, run: MatchRun) -> Self:
        """The event for the run as it is now."""
        names = "programme_id mode status solution pair_count unmatched_count".split()
        return cls(match_run_id=run.id, **{name: getattr(run, name) for name in names})


class MatchRunFailed(MatchRunEvent):
    """A run was given up."""

    type = "match_run.failed"

    failure_code: str | None

    @classmethod
    def of(cls, run: MatchRun) -> Self:
        """The event for the run as it is now."""
        names = "programme_id mode status failure_code".split()
        return cls(match_run_id=run.id, **{name: getattr(run, name) for name in names})


class MatchProposalEvent(Event):
    """A fact about one proposal that its members know of."""

    subject: ClassVar[str] = "match_proposal_id"

    match_proposal_id: str
    match_run_id: str
    programme_id: str
    mentor_enrolment_id: str
    mentee_enrolment_id: str
    mentor_id: str
    mentee_id: str
    status: ProposalStatus
    expires_at: datetime | None
    pairing_id: str | None

    @classmethod
    def of(cls, proposal: MatchProposal) -> Self:
        """The event for the proposal as it is now."""
        names = set(cls.model_fields) - {"match_proposal_id"}
        return cls(match_proposal_id=proposal.id, **{name: getattr(proposal, name) for name in names})


class MatchProposalOffered(MatchProposalEvent):
    """Two people are asked whether they want to be a pair."""

    type = "match_proposal.offered"


class MatchProposalAccepted(MatchProposalEvent):
    """One of the two said yes."""

    type = "match_proposal.accepted"


class MatchProposalConfirmed(MatchProposalEvent):
    """Both said yes; their pairing awaits its agreement."""

    type = "match_proposal.confirmed"


class MatchProposalDeclined(MatchProposalEvent):
    """One of the two said no; which of them, and why, is theirs to know."""

    type = "match_proposal.declined"
    names_actor: ClassVar[bool] = False


class MatchProposalExpired(MatchProposalEvent):
    """The two were asked, and time ran out."""

    type = "match_proposal.expired"


class MatchProposalVetoed(MatchProposalEvent):
    """A coordinator took an offer back."""

    type = "match_proposal.vetoed"


class MatchProposalSuperseded(MatchProposalEvent):
    """An offer no longer stands: a newer plan was approved, or one of the two cannot be paired any more."""

    type = "match_proposal.superseded"


CLOSED: dict[str, type[MatchProposalEvent]] = {
    "decline": MatchProposalDeclined,
    "expire": MatchProposalExpired,
    "veto": MatchProposalVetoed,
    "supersede": MatchProposalSuperseded,
}
