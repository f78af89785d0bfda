"""Proposals that come to nothing without anybody's no: time ran out, or facts overtook them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.matching.events import CLOSED
from app.domain.matching.proposals import ANSWERABLE, MATCH_PROPOSAL, OPEN, MatchProposal, ProposalStatus
from app.domain.pairings.models import Pairing
from app.events import outbox

# So many are in hand between two turns of whoever else this process serves.
AT_ONCE = 250
# A whole plan may be ten thousand: no entity is made of what nobody was asked.
_PUT_ASIDE = """
    with mine as (
        select id from match_proposal where organisation_id = $1 and match_run_id = $2 and status = $3
        order by id for update
    )
    update match_proposal p set status = $4, closed_at = $5, updated_at = $5, version = p.version + 1
    from mine where p.organisation_id = $1 and p.id = mine.id
"""


async def expire(db: Db, *, limit: int) -> int:
    """Close what nobody answered in time, at most `limit`; how many there were."""
    select = _open(db, col(MatchProposal.expires_at) <= clock.now(), states=ANSWERABLE)
    select = select.limit(limit).with_for_update(skip_locked=True)
    return _close((await db.execute(select)).scalars().all(), db, "expire")


async def of_programme(db: Db, programme_id: str) -> Sequence[MatchProposal]:
    """The open proposals of a programme, locked in id order."""
    return await _locked(db, col(MatchProposal.programme_id) == programme_id)


async def of_enrolment(db: Db, enrolment_id: str) -> Sequence[MatchProposal]:
    """The open proposals to an enrolment, locked in id order."""
    sides = (col(MatchProposal.mentor_enrolment_id), col(MatchProposal.mentee_enrolment_id))
    return await _locked(db, sa.or_(*(side == enrolment_id for side in sides)))


async def of_pair(db: Db, pairing: Pairing) -> Sequence[MatchProposal]:
    """The open proposals to the two of a pairing, in its programme, locked in id order."""
    return await _locked(
        db,
        col(MatchProposal.mentor_enrolment_id) == pairing.mentor_enrolment_id,
        col(MatchProposal.mentee_enrolment_id) == pairing.mentee_enrolment_id,
    )


def supersede(db: Db, proposals: Sequence[MatchProposal]) -> None:
    """Close locked proposals that facts have overtaken. Nobody is told of what nobody was asked."""
    _close(proposals, db, "supersede")


async def put_aside(db: Db, match_run_id: str) -> None:
    """Supersede what a run suggested. Nobody hears of it."""
    before = ProposalStatus.SUGGESTED
    after = MATCH_PROPOSAL.step(before, "supersede")
    await db.fetch(_PUT_ASIDE, db.organisation_id, match_run_id, before.value, after.value, clock.now())


def close(db: Db, proposal: MatchProposal, move: str) -> None:
    """Close a locked proposal, and tell it if its members knew of it."""
    proposal.close(move, clock.now())
    if proposal.was_offered:
        outbox.record(db, CLOSED[move].of(proposal), changed=("status",))


def _close(proposals: Sequence[MatchProposal], db: Db, move: str) -> int:
    for proposal in proposals:
        close(db, proposal, move)
    return len(proposals)


async def _locked(db: Db, *conditions: sa.ColumnElement[bool]) -> Sequence[MatchProposal]:
    select = _open(db, *conditions).with_for_update().execution_options(populate_existing=True)
    found: list[MatchProposal] = []
    while bite := (await db.execute(select.limit(AT_ONCE))).scalars().all():
        found += bite
        if len(bite) < AT_ONCE:
            break
        select = select.where(col(MatchProposal.id) > found[-1].id)
    return found


def _open(
    db: Db, *conditions: sa.ColumnElement[bool], states: Sequence[ProposalStatus] = OPEN
) -> sa.Select[MatchProposal]:
    mine = (col(MatchProposal.organisation_id) == db.organisation_id, col(MatchProposal.status).in_(states))
    return sa.select(MatchProposal).where(*mine, *conditions).order_by(col(MatchProposal.id))
