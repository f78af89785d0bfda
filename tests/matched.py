"""A run and a proposal of it, as the engine and an approval leave them."""

from typing import Any

from app import clock, ids
from app import db as database
from app.domain.matching.models import MatchRun, RunMode, RunStatus
from app.domain.matching.proposals import MatchProposal, ProposalStatus
from app.matching.templates import TEMPLATES
from app.sealing import columns
from tests.world import World

POINTS = [{"criterion": "skills", "points": 80, "weight": 45}]


async def matched(
    world: World, pairing: dict[str, str], *, reason: str | None = None, **fields: Any
) -> tuple[str, str]:
    """A run and its proposal of two enrolments, offered unless it says more; their ids."""
    run = MatchRun(
        organisation_id=world.organisation_id,
        id=ids.new(MatchRun.prefix),
        programme_id=pairing["programme_id"],
        mode=RunMode.FULL,
        status=RunStatus.APPROVED,
        policy=TEMPLATES["balanced"].model_dump(mode="json"),
        seed=0,
        report={"match_rate": 1},
        requested_by=world.people["coordinator"],
    )
    names = "programme_id mentor_enrolment_id mentee_enrolment_id mentor_id mentee_id".split()
    more: dict[str, Any] = {name: pairing[name] for name in names} | {"status": ProposalStatus.OFFERED} | fields
    proposal = MatchProposal(
        organisation_id=world.organisation_id,
        id=ids.new(MatchProposal.prefix),
        match_run_id=run.id,
        score=61_000,
        mentor_points=POINTS,
        mentee_points=POINTS,
        offered_at=clock.now(),
        **more,
    )
    async with database.current().writing(world.organisation_id) as db:
        db.add_all((run, proposal))
        await columns.seal(db, proposal, decline_reason=reason)
    return run.id, proposal.id
