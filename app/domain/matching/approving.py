"""The coordinator's word on a plan: its pairs are offered, if they still keep every rule, or it is put aside."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.auth.actor import Actor
from app.db import Db
from app.domain.matching import closing, judging, policies, snapshot
from app.domain.matching.events import MatchProposalOffered
from app.domain.matching.models import BINDING, MatchRun, RunStatus
from app.domain.matching.proposals import MatchProposal
from app.domain.matching.resource import MATCH_RUNS
from app.domain.matching.schemas import MatchRunApprove
from app.domain.pairings.service import ProgrammeNotPairing
from app.domain.people import queries as people
from app.domain.programmes.models import Programme
from app.errors import Conflict, Fault
from app.events import outbox
from app.matching.market import Pair
from app.matching.policy import Policy
from app.reading import rows


class RunIsTrial(Conflict):
    """A dry run or what-if is looked at, and never approved. Start a full or incremental run."""

    code = "match_run_is_trial"


class PairsStale(Conflict):
    """Some pairs break a rule since the snapshot was taken."""

    code = "match_run_stale"


async def approve(db: Db, actor: Actor, run_id: str, data: MatchRunApprove) -> MatchRun:
    """Offer the pairs of a plan to their members. Every rule is checked anew, on the data of now.

    Pairs that break one are listed, with the rule; `allow_partial` offers the rest. What earlier runs proposed, and
    what is not confirmed, is superseded; a member's yes to a pair that is proposed again stands.
    """
    run = await _locked(db, actor, run_id, "approve_match_run")
    if not run.is_binding:
        raise RunIsTrial("A dry run or what-if is looked at, and never approved. Start a full or incremental run.")
    run.step("approve")
    programme = await rows.held(db, Programme, run.programme_id)
    if not programme.is_pairing:
        raise ProgrammeNotPairing("The programme makes no pairs now.")
    await people.hold_lines(db)
    proposals = await closing.of_programme(db, programme.id)
    ours = [proposal for proposal in proposals if proposal.match_run_id == run.id]
    stale = await _stale(db, programme, run, ours)
    if stale and not data.allow_partial:
        raise PairsStale("Some pairs break a rule now. Approve the rest with allow_partial.", faults=_listed(stale))
    before = [proposal for proposal in proposals if proposal.match_run_id < run.id]
    closing.supersede(db, [*before, *(proposal for proposal in ours if proposal.id in stale)])
    await _supersede_before(db, run)
    # What was offered must be closed before it can be offered anew.
    await db.flush()
    await _offer(db, [proposal for proposal in ours if proposal.id not in stale], before, data)
    return run


async def discard(db: Db, actor: Actor, run_id: str) -> MatchRun:
    """Put a plan aside. Nobody hears of its pairs."""
    run = await _locked(db, actor, run_id, "discard_match_run")
    run.step("discard")
    await closing.put_aside(db, run.id)
    return run


async def _locked(db: Db, actor: Actor, run_id: str, action: str) -> MatchRun:
    """The run, while nobody else decides about a run of its programme."""
    seen: MatchRun = await rows.get(db, actor, MATCH_RUNS, run_id, action, lock=False)
    lock = sa.func.hashtextextended(f"matching/{seen.programme_id}", 0)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
    return await rows.by_id(db, MatchRun, run_id, lock=True)


async def _stale(
    db: Db, programme: Programme, run: MatchRun, proposals: Sequence[MatchProposal]
) -> dict[str, tuple[Fault, ...]]:
    """The proposals that break a rule now, with every rule that they break."""
    market = await snapshot.load(db, programme)
    policy = policies.of_programme(Policy.model_validate(run.policy), programme)
    faults = await judging.faults_of(db, programme, market, policy, [_seats(proposal) for proposal in proposals])
    return {proposal.id: wrong for proposal, wrong in zip(proposals, faults, strict=True) if wrong}


def _listed(stale: Mapping[str, Sequence[Fault]]) -> tuple[Fault, ...]:
    return tuple(
        Fault(fault.detail, code=fault.code, pointer=f"/proposals/{proposal_id}{fault.pointer or ''}")
        for proposal_id, faults in stale.items()
        for fault in faults
    )


async def _supersede_before(db: Db, run: MatchRun) -> None:
    select = (
        sa.select(MatchRun)
        .where(
            col(MatchRun.organisation_id) == db.organisation_id,
            col(MatchRun.programme_id) == run.programme_id,
            col(MatchRun.status) == RunStatus.PROPOSED,
            col(MatchRun.mode).in_(BINDING),
            col(MatchRun.id) < run.id,
        )
        .order_by(col(MatchRun.id))
        .with_for_update()
    )
    for older in (await db.execute(select)).scalars():
        older.step("supersede")


async def _offer(
    db: Db, proposals: Sequence[MatchProposal], before: Sequence[MatchProposal], data: MatchRunApprove
) -> None:
    """Ask the members of each; who has said yes to the same pair is not asked again."""
    now = clock.now()
    accepted = {
        _seats(proposal): proposal for proposal in before if proposal.mentor_accepted_at or proposal.mentee_accepted_at
    }
    for number, proposal in enumerate(proposals, 1):
        proposal.offer(now, now + timedelta(days=data.expires_in_days))
        outbox.record(db, MatchProposalOffered.of(proposal), changed=("status",))
        if earlier := accepted.get(_seats(proposal)):
            proposal.accept(proposal.mentor_id if earlier.mentor_accepted_at else proposal.mentee_id, now)
        if number % closing.AT_ONCE == 0:
            await db.flush()


def _seats(proposal: MatchProposal) -> Pair:
    return proposal.mentor_enrolment_id, proposal.mentee_enrolment_id
