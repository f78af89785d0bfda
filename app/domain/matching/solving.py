"""The job of a run: a snapshot, the engine in a process of its own, and the plan as proposals."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import orjson

from app import clock, ids
from app import db as database
from app.db import Db
from app.domain.matching import child, matter, snapshot
from app.domain.matching.closing import AT_ONCE, of_programme
from app.domain.matching.events import MatchRunCompleted
from app.domain.matching.models import MatchRun, RunMode, RunStatus, Solution
from app.domain.matching.proposals import ANSWERABLE, MatchProposal
from app.domain.operations.work import Interrupted, Lost, Work
from app.domain.programmes.models import Programme
from app.errors import Invalid
from app.events import outbox
from app.matching.market import Market, Pair
from app.reading import rows

MOST_ATTEMPTS = 2
# A cancellation is seen so soon; progress is written every second time.
TICK_SECONDS = 0.5


class SolverFailed(Invalid):
    """The engine ended without an answer, twice."""

    code = "match_run_crashed"


class Unsolvable(Invalid):
    """The market contradicts itself; the run lists every fault."""

    code = "match_run_unsolvable"


class SolverStarved(Invalid):
    """The market is too large for the memory that a matching may take."""

    code = "match_run_out_of_memory"


async def run(work: Work) -> None:
    """Do the run. A process that dies is started once more, with the same snapshot and so to the same plan."""
    run_id: str = work.parameters["match_run_id"]
    plan = None
    while plan is None:
        task = await _begun(work, run_id)
        try:
            plan = await _solved(work, run_id, task)
        except child.Crashed:
            continue
        except child.Refused as refusal:
            await _list_faults(work, run_id, refusal)
            raise Unsolvable("The programme's data contradicts itself; the run lists where.") from None
        except child.OutOfMemory:
            raise SolverStarved("The programme is too large for the memory that a matching may take.") from None
        except Interrupted:
            await _forgive(work, run_id)
            raise
    async with work.chunk() as db:
        await _propose(db, await _live(db, run_id), task, plan)
        work.report.result = run_id


async def _begun(work: Work, run_id: str) -> child.Task:
    """What is to be done; from the second time on with the snapshot of the first."""
    async with work.chunk() as db:
        run = await _live(db, run_id)
        if run.attempts >= MOST_ATTEMPTS:
            raise SolverFailed("The engine ended without an answer, twice. Try again with fewer people, or report it.")
        run.attempts += 1
        run.phase = "snapshot"
        if run.status is RunStatus.QUEUED:
            run.step("start")
            run.started_at = clock.now()
            if run.base_run_id is None:
                await matter.keep_market(db, run, await asyncio.to_thread((await _market(db, run)).to_bytes))
                await db.flush()
        market, before = await matter.market_of(db, run), await _before(db, run)
        run.input_hash = (await asyncio.to_thread(hashlib.sha256, market)).hexdigest()
        return child.Task(market, run.policy, run.seed, run.budget_seconds, run.stop_gap, before)


async def _before(db: Db, run: MatchRun) -> list[Pair] | None:
    """The pairs of the plan that a what-if starts from, if its base came to one."""
    if run.base_run_id is None:
        return None
    with suppress(matter.MatterForgotten):
        plan = orjson.loads(await matter.plan_of(db, await rows.by_id(db, MatchRun, run.base_run_id)))
        return [(pair["mentor"], pair["mentee"]) for pair in plan["pairs"]]
    return None


async def _market(db: Db, run: MatchRun) -> Market:
    open_ones = () if run.mode is RunMode.FULL else await of_programme(db, run.programme_id)
    current = [(it.mentor_enrolment_id, it.mentee_enrolment_id) for it in open_ones if it.status in ANSWERABLE]
    programme = await rows.by_id(db, Programme, run.programme_id)
    return await snapshot.load(db, programme, pins=run.pinned, current=current)


async def _solved(work: Work, run_id: str, task: child.Task) -> bytes:
    """Wait for the plan; tell how far it is, and see whether the run was cancelled."""
    async with child.started() as process:
        answer = asyncio.create_task(process.plan(task))
        try:
            while not (await asyncio.wait((answer,), timeout=TICK_SECONDS))[0]:
                async with work.chunk() as db:
                    # What is as it was is not written.
                    _tell(await _live(db, run_id), process.estimate, process.progress)
            found = await answer
            async with work.chunk() as db:
                _tell(await _live(db, run_id), process.estimate, process.progress)
            return found
        finally:
            answer.cancel()


async def _list_faults(work: Work, run_id: str, refusal: child.Refused) -> None:
    async with work.chunk() as db:
        run = await _live(db, run_id)
        run.faults = [{"pointer": it[0], "code": it[1], "detail": it[2]} for it in refusal.faults]


def _tell(run: MatchRun, estimate: child.Estimate | None, progress: child.Progress | None) -> None:
    if estimate is not None:
        run.estimate, run.estimate_bound = estimate.objective, estimate.bound
    if progress is not None:
        run.phase, run.done, run.total = progress.phase, progress.done, progress.total
        run.objective, run.bound = progress.objective, progress.bound


async def _live(db: Db, run_id: str) -> MatchRun:
    """The run, locked. Raises `Lost` when it was cancelled."""
    run = await rows.by_id(db, MatchRun, run_id, lock=True)
    if not run.is_live:
        raise Lost
    return run


async def _forgive(work: Work, run_id: str) -> None:
    """The worker stops; that is no failure of the run's."""
    async with database.current().writing(work.actor.organisation_id) as db:
        run = await rows.by_id(db, MatchRun, run_id, lock=True)
        run.attempts -= 1


async def _propose(db: Db, run: MatchRun, task: child.Task, found: bytes) -> None:
    plan, people, sizes = await asyncio.to_thread(_read, task, found)
    run.objective, run.bound, run.solution = plan["objective"], plan["bound"], Solution(plan["status"])
    run.mentor_count, run.mentee_count = sizes
    run.pair_count, run.unmatched_count = len(plan["pairs"]), len(plan["unmatched"])
    run.report, run.versions = plan["report"], plan["versions"]
    run.result_hash = (await asyncio.to_thread(hashlib.sha256, found)).hexdigest()
    run.finish("propose", clock.now())
    await matter.keep_plan(db, run, found)
    if run.is_binding:
        for number, values in enumerate(_proposals(run, plan["pairs"], people), 1):
            db.write_down(MatchProposal, **values)
            if number % AT_ONCE == 0:
                await db.flush()
    outbox.record(db, MatchRunCompleted.of(run), changed=("status",))


def _read(task: child.Task, found: bytes) -> tuple[dict[str, Any], dict[str, str], tuple[int, int]]:
    """A plan, the person of each seat of its market, and how many seats each side has."""
    market = Market.from_bytes(task.market)
    people = {seat.id: seat.person_id for seat in (*market.mentors, *market.mentees)}
    return orjson.loads(found), people, (len(market.mentors), len(market.mentees))


def _proposals(run: MatchRun, pairs: list[dict[str, Any]], people: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    weights = {each["name"]: (each["mentee_weight"], each["mentor_weight"]) for each in run.policy["criteria"]}
    for pair in pairs:
        mentee_points, mentor_points = (
            [
                {"criterion": name, "points": points[side], "weight": weights[name][side]}
                for name, points in pair["points"].items()
                if weights[name][side]
            ]
            for side in (0, 1)
        )
        yield {
            "organisation_id": run.organisation_id,
            "id": ids.new(MatchProposal.prefix),
            "match_run_id": run.id,
            "programme_id": run.programme_id,
            "mentor_enrolment_id": pair["mentor"],
            "mentee_enrolment_id": pair["mentee"],
            "mentor_id": people[pair["mentor"]],
            "mentee_id": people[pair["mentee"]],
            "score": pair["score"],
            "mentor_points": mentor_points,
            "mentee_points": mentee_points,
        }
