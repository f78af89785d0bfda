"""Snapshots and plans: sealed, read by the engine and by explanations alone, forgotten when they are too old."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from app import clock
from app.db import Db
from app.domain.matching.models import MatchRun, MatchRunMatter
from app.errors import Conflict
from app.matching.market import Market
from app.sealing import envelope, keeping
from app.sealing.envelope import KEY_ID_SQL
from app.sealing.models import ORGANISATION

KEPT_FOR = timedelta(days=90)
_OF = """
    select m.{column}, k.wrapped from match_run_matter m
    join data_key k on k.organisation_id = m.organisation_id and k.id = {key}
    where m.organisation_id = $1 and m.match_run_id = $2 and m.{column} is not null
"""
_SELECTS = {name: _OF.format(column=name, key=KEY_ID_SQL.format(f"m.{name}")) for name in ("market", "plan")}
_HAS_MARKET = "select from match_run_matter where organisation_id = $1 and match_run_id = $2 and market is not null"
_KEEP_PLAN = "update match_run_matter set plan = $3 where organisation_id = $1 and match_run_id = $2"
_FORGET = """
    update match_run_matter set market = null, plan = null
    where organisation_id = $1 and created_at < $2 and (market is not null or plan is not null)
"""


class MatterForgotten(Conflict):
    """The run has no snapshot: it has not begun, it is too old, or somebody in it was erased."""

    code = "match_run_forgotten"


async def keep_market(db: Db, run: MatchRun, market: bytes) -> None:
    """Keep what a run works on."""
    sealed = await _sealed(db, run.id, "market", market)
    db.write_down(MatchRunMatter, organisation_id=db.organisation_id, match_run_id=run.id, market=sealed)


async def keep_plan(db: Db, run: MatchRun, plan: bytes) -> None:
    """Keep what a run found."""
    if run.base_run_id is not None:
        # Its snapshot is the base's, so nothing of its own is there yet.
        db.write_down(MatchRunMatter, organisation_id=db.organisation_id, match_run_id=run.id)
        await db.flush()
    await db.fetch(_KEEP_PLAN, db.organisation_id, run.id, await _sealed(db, run.id, "plan", plan))


async def market_of(db: Db, run: MatchRun) -> bytes:
    """What a run works on: of a what-if its base's, with pins of its own if it has any. Raises `MatterForgotten`."""
    market = await _opened(db, run.base_run_id or run.id, "market")
    if run.base_run_id is None or not run.pins:
        return market
    return await asyncio.to_thread(lambda: replace(Market.from_bytes(market), pins=run.pinned).to_bytes())


async def require_market(db: Db, run: MatchRun) -> None:
    """Raise `MatterForgotten` unless the snapshot of a run is there."""
    if not await db.fetch(_HAS_MARKET, db.organisation_id, run.base_run_id or run.id):
        raise _forgotten()


async def plan_of(db: Db, run: MatchRun) -> bytes:
    """What a run found. Raises `MatterForgotten`."""
    return await _opened(db, run.id, "plan")


async def forget_old(db: Db) -> None:
    """Let go of what is older than 90 days."""
    await db.fetch(_FORGET, db.organisation_id, clock.now() - KEPT_FOR)


async def _sealed(db: Db, run_id: str, column: str, clear: bytes) -> bytes:
    key = await keeping.current(db, ORGANISATION)
    return envelope.seal(key, clear, db.organisation_id, "match_run_matter", run_id, column)


async def _opened(db: Db, run_id: str, column: str) -> bytes:
    found = await db.fetch(_SELECTS[column], db.organisation_id, run_id)
    if not found:
        raise _forgotten()
    ((sealed, wrapped),) = found
    return await keeping.opened(sealed, wrapped, db.organisation_id, "match_run_matter", run_id, column)


def _forgotten() -> MatterForgotten:
    return MatterForgotten("The run has no snapshot, or it is no longer kept. Start a new run.")
