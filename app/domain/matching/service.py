"""Starting runs and stopping them; the work itself is done by a worker (solving.py)."""

from collections.abc import Iterator, Sequence

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.matching import judging, matter, policies, snapshot
from app.domain.matching.events import MatchRunFailed
from app.domain.matching.models import MATCH_RUN, MatchRun, RunMode
from app.domain.matching.resource import MATCH_RUNS
from app.domain.matching.schemas import MatchRunCreate, Pin
from app.domain.operations import service as operations
from app.domain.operations.models import Operation, OperationStatus
from app.domain.pairings.service import ProgrammeNotPairing
from app.domain.programmes.models import Programme
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Fault, Invalid
from app.events import outbox
from app.matching.market import Market
from app.matching.policy import Policy
from app.reading import rows

JOB = "match_run"


async def create(db: Db, actor: Actor, data: MatchRunCreate) -> MatchRun:
    """Match a programme. The run is solved in the background: follow it by its status, phase and progress.

    It ends as `proposed`, with a plan that is approved or discarded. Only one run of a programme is under way at a
    time. A `dry_run` is only looked at; a `what_if` tries another policy on the snapshot of an earlier run.
    """
    programme: Programme = await rows.refer(
        db, actor, PROGRAMMES, data.programme_id, "create_match_run", pointer="/programme_id"
    )
    if not programme.is_pairing:
        raise ProgrammeNotPairing("The programme makes no pairs now.")
    base = await _base(db, actor, data)
    if base is None:
        policy = await policies.in_force(db, programme)
    else:
        policy = policies.of_programme(Policy.model_validate(base.policy), programme)
        if data.policy is not None:
            policy = policies.of_programme(policies.changed(policy, data.policy, pointer="/policy"), programme)
    if data.pins:
        market = Market.from_bytes(await matter.market_of(db, base)) if base else await snapshot.load(db, programme)
        await _require_pins(db, programme, market, policy, data.pins)
    run = MatchRun(
        organisation_id=db.organisation_id,
        id=ids.new(MatchRun.prefix),
        policy=policy.model_dump(mode="json"),
        requested_by=actor.id,
        **data.model_dump(mode="json", exclude={"policy", "mode"}),
        mode=data.mode,
    )
    db.add(run)
    operation = await operations.begin(
        db, actor, JOB, parameters={"match_run_id": run.id}, subject_ids=(run.id, programme.id)
    )
    run.operation_id = operation.id
    return run


async def cancel(db: Db, actor: Actor, run_id: str) -> MatchRun:
    """Stop a run that is queued or under way. Nothing of it is left."""
    seen: MatchRun = await rows.get(db, actor, MATCH_RUNS, run_id, "cancel_match_run", lock=False)
    MATCH_RUN.step(seen.status, "cancel")
    # The worker locks them in this order, too.
    operation = await rows.by_id(db, Operation, seen.operation_id or "", lock=True)
    run = await rows.by_id(db, MatchRun, run_id, lock=True)
    run.finish("cancel", clock.now())
    if operation.status in (OperationStatus.QUEUED, OperationStatus.RUNNING):
        await operations.end(db, operation, "cancel")
    return run


async def follow(db: Db, operation_id: str) -> None:
    """Let a run end as its operation did, if that failed or was cancelled."""
    operation = await rows.by_id(db, Operation, operation_id, lock=True)
    for run in await rows.every(db, MatchRun, lock=True, operation_id=operation_id):
        if not run.is_live:
            continue
        if operation.status is OperationStatus.CANCELLED:
            run.finish("cancel", clock.now())
        else:
            run.failure_code = operation.failure_code
            run.finish("fail", clock.now())
            outbox.record(db, MatchRunFailed.of(run), changed=("status",))


async def _base(db: Db, actor: Actor, data: MatchRunCreate) -> MatchRun | None:
    """The run that a what-if starts from. Raises `Invalid` with every member that does not go with the mode."""
    base: MatchRun | None = None
    if data.base_run_id is not None:
        base = await rows.refer(db, actor, MATCH_RUNS, data.base_run_id, pointer="/base_run_id")
    if faults := tuple(_faults_of_mode(data, base)):
        raise Invalid("The run has members that do not go with its mode.", faults=faults)
    if base is not None:
        await matter.require_market(db, base)
    return base


def _faults_of_mode(data: MatchRunCreate, base: MatchRun | None) -> Iterator[Fault]:
    if data.mode is not RunMode.WHAT_IF:
        for member in ("policy", "base_run_id"):
            if getattr(data, member) is not None:
                yield Fault("belongs to a what-if alone", code="what_if_only", pointer=f"/{member}")
    elif base is None:
        yield Fault("a what-if needs the run that it starts from", code="base_missing", pointer="/base_run_id")
    elif base.programme_id != data.programme_id:
        yield Fault("belongs to another programme", code="other_programme", pointer="/base_run_id")
    elif base.mode is RunMode.WHAT_IF:
        yield Fault("is a what-if itself; name its base", code="base_is_what_if", pointer="/base_run_id")


async def _require_pins(db: Db, programme: Programme, market: Market, policy: Policy, pins: Sequence[Pin]) -> None:
    pairs = [(pin.mentor_enrolment_id, pin.mentee_enrolment_id) for pin in pins]
    found = await judging.faults_of(db, programme, market, policy, pairs)
    faults = tuple(
        Fault(fault.detail, code=fault.code, pointer=f"/pins/{number}{fault.pointer or ''}")
        for number, wrong in enumerate(found)
        for fault in wrong
    )
    if faults:
        raise Invalid("Some pins cannot be in any plan.", faults=faults)
