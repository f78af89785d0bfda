"""What the two say to a proposal, and the coordinator's veto."""

from app import clock
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.matching import closing
from app.domain.matching.events import MatchProposalAccepted, MatchProposalConfirmed
from app.domain.matching.proposals import ANSWERABLE, MatchProposal, ProposalStatus
from app.domain.matching.resource import MATCH_PROPOSALS
from app.domain.matching.schemas import ProposalDecline, ProposalVeto
from app.domain.pairings import service as pairings
from app.domain.pairings.rules import NotPairable
from app.domain.pairings.schemas import PairingCreate
from app.domain.people import queries as people
from app.errors import Conflict
from app.events import outbox
from app.reading import rows
from app.sealing import columns


class ProposalExpired(Conflict):
    """The time to answer is over."""

    code = "match_proposal_expired"


class ProposalOvertaken(Conflict):
    """These two can no longer be paired. The coordinator can tell more."""

    code = "match_proposal_overtaken"


async def accept(db: Db, actor: Actor, proposal_id: str) -> MatchProposal:
    """Say yes to a proposal, as one of its two. The second yes makes the pair, which has an agreement to sign."""
    await people.hold_lines(db)
    proposal = await _answerable(db, actor, proposal_id, "accept_match_proposal")
    proposal.accept(actor.as_person(), clock.now())
    outbox.record(db, MatchProposalAccepted.of(proposal), changed=("status",))
    if proposal.status is ProposalStatus.CONFIRMED:
        proposal.pairing_id = await _paired(db, proposal)
        outbox.record(db, MatchProposalConfirmed.of(proposal), changed=("status", "pairing_id"))
    return proposal


async def decline(db: Db, actor: Actor, proposal_id: str, data: ProposalDecline) -> MatchProposal:
    """Say no to a proposal, as one of its two, without having to say why."""
    proposal = await _answerable(db, actor, proposal_id, "decline_match_proposal")
    proposal.declined_by = actor.as_person()
    proposal.is_reason_shared = data.share_reason
    await columns.seal(db, proposal, decline_reason=data.reason)
    closing.close(db, proposal, "decline")
    return proposal


async def veto(db: Db, actor: Actor, proposal_id: str, data: ProposalVeto) -> MatchProposal:
    """Take a proposal back before it is confirmed, as a coordinator."""
    proposal: MatchProposal = await rows.get(db, actor, MATCH_PROPOSALS, proposal_id, "veto_match_proposal")
    await columns.seal(db, proposal, veto_reason=data.reason)
    closing.close(db, proposal, "veto")
    return proposal


async def _answerable(db: Db, actor: Actor, proposal_id: str, action: str) -> MatchProposal:
    proposal: MatchProposal = await rows.get(db, actor, MATCH_PROPOSALS, proposal_id, action)
    is_over = proposal.expires_at is not None and proposal.expires_at <= clock.now()
    if is_over and proposal.status in ANSWERABLE:
        raise ProposalExpired("The time to answer is over.")
    return proposal


async def _paired(db: Db, proposal: MatchProposal) -> str:
    """The id of the pair that both want. Which rule stands in the way is not for the two to learn."""
    data = PairingCreate(
        mentor_enrolment_id=proposal.mentor_enrolment_id, mentee_enrolment_id=proposal.mentee_enrolment_id
    )
    found = {
        enrolment_id: await rows.by_id(db, Enrolment, enrolment_id, lock=True)
        for enrolment_id in sorted((data.mentor_enrolment_id, data.mentee_enrolment_id))
    }
    try:
        pairing = await pairings.join(db, found[data.mentor_enrolment_id], found[data.mentee_enrolment_id], data)
    except NotPairable:
        raise ProposalOvertaken("These two can no longer be paired. The coordinator can tell more.") from None
    return pairing.id
