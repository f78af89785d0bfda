"""The engine's process: stopped in every phase, killed, starved, refused, left alone by its worker."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from app import config
from app.domain.matching import child
from app.matching.market import Market
from app.matching.templates import TEMPLATES
from app.workers.operate import Operator
from app.workers.run import Worker
from tests.conftest import TestClock
from tests.domain.matching.conftest import Fair, near
from tests.domain.matching.held import PHASES
from tests.workers.steps import row, rows_of

started = child.started
Hold = Callable[[str], Path]
TASK = child.Task(Market((), ()).to_bytes(), TEMPLATES["balanced"].model_dump(mode="json"), 0, None, None)
# A worker that is killed while its engine is at work.
WORKER = """
import asyncio, os, pathlib, signal, sys
from app.domain.matching import child

async def main():
    file, market, policy = pathlib.Path(sys.argv[1]), sys.argv[2].encode(), __import__("json").loads(sys.argv[3])
    child.PROGRAM = "tests.domain.matching.held"
    async with child.started() as process:
        asyncio.create_task(process.plan(child.Task(market, policy, 0, None, None)))
        while not file.read_text():
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
async def alone(fair: Fair, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other operation waits for a worker, and the engine has a process of its own."""
    await owner.execute("update operation set status = 'cancelled' where status in ('queued', 'running')")
    monkeypatch.setattr(child, "started", started)


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Lets the engine stay in a phase until the file is gone."""

    def hold(phase: str) -> Path:
        file = tmp_path / phase
        file.touch()
        monkeypatch.setenv("HELD", f"{phase}:{file}")
        monkeypatch.setattr(child, "PROGRAM", "tests.domain.matching.held")
        return file

    return hold


async def pid_in(file: Path) -> int:
    """The engine's pid, once it has come to the phase."""
    async with asyncio.timeout(8):
        while not (text := file.read_text()):  # noqa: ASYNC110, ASYNC240 - another process tells by it
            await asyncio.sleep(0.01)
    return int(text)


def is_there(pid: int) -> bool:
    """Whether a process runs."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def test_the_engine_answers_the_same_in_a_process_of_its_own(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await fair.run(seed=5)

    monkeypatch.setattr(child, "started", near)
    again = await fair.run(seed=5)

    assert run["status"] == "proposed"
    assert again["result_hash"] == run["result_hash"]


@pytest.mark.parametrize("phase", PHASES)
async def test_a_run_is_cancelled_in_each_phase_and_leaves_no_plan_and_no_lock(
    fair: Fair, hold: Hold, owner: asyncpg.Connection, phase: str
) -> None:
    file, run = hold(phase), await fair.begin()
    task = asyncio.create_task(Operator().step())
    pid = await pid_in(file)

    await fair.world.do("coordinator", "cancel_match_run", run["id"])
    async with asyncio.timeout(5):
        await task

    seen = await fair.see(run["id"])
    assert not is_there(pid)
    assert (seen["status"], seen["phase"], seen["result_hash"], seen["pair_count"]) == ("cancelled", None, None, None)
    assert await rows_of(owner, "match_proposal", "match_run_id", run["id"]) == []
    kept = await owner.fetch("select plan from match_run_matter where match_run_id = $1", run["id"])
    assert [one["plan"] for one in kept] == [None]
    assert (await fair.begin())["status"] == "queued"


async def test_a_run_that_is_under_way_tells_how_far_it_is(fair: Fair, hold: Hold) -> None:
    file, run = hold("report"), await fair.begin()
    task = asyncio.create_task(Operator().step())
    await pid_in(file)

    async with asyncio.timeout(5):
        while (seen := await fair.see(run["id"]))["phase"] != "report":  # noqa: ASYNC110 - another task writes it
            await asyncio.sleep(0.05)
    file.unlink()
    await task

    assert seen["status"] == "running"
    assert seen["total"] >= seen["done"] > 0
    assert seen["bound"] >= seen["objective"] > 0
    assert (await fair.see(run["id"]))["status"] == "proposed"


async def test_an_engine_that_was_killed_is_started_again_to_the_same_plan(fair: Fair, hold: Hold) -> None:
    file, run = hold("prove"), await fair.begin()
    task = asyncio.create_task(Operator().step())
    os.kill(await pid_in(file), signal.SIGKILL)
    file.unlink()
    await task

    seen = await fair.see(run["id"])
    again = await fair.run(mode="what_if", base_run_id=run["id"])
    assert seen["status"] == "proposed"
    assert (again["input_hash"], again["result_hash"]) == (seen["input_hash"], seen["result_hash"])


async def test_an_engine_that_dies_twice_fails_the_run(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PROGRAM", "tests.domain.matching.nothing_there")

    run = await fair.run()

    assert (run["status"], run["failure_code"], run["phase"]) == ("failed", "match_run_crashed", None)
    (event,) = await fair.world.told(run["id"])
    assert (event.type, event.data["failure_code"]) == ("match_run.failed", "match_run_crashed")
    assert await fair.proposals(run["id"]) == {}
    assert (await fair.begin())["status"] == "queued"


async def test_after_a_crash_of_the_worker_another_goes_on_from_the_same_snapshot(
    fair: Fair, hold: Hold, clock: TestClock
) -> None:
    file, run = hold("solve"), await fair.begin()
    task = asyncio.create_task(Operator().step())
    pid = await pid_in(file)
    task.cancel()
    await asyncio.wait((task,))
    file.unlink()
    await fair.join("zoe", "mentee", 8)
    clock.advance(seconds=config.settings().lease_seconds)

    await Worker().drain()

    seen = await fair.see(run["id"])
    assert not is_there(pid)
    assert (seen["status"], seen["mentee_count"]) == ("proposed", 2)


async def test_a_worker_that_stops_leaves_the_run_to_another_as_if_it_had_not_begun(
    fair: Fair, hold: Hold, owner: asyncpg.Connection
) -> None:
    file, run, operator = hold("solve"), await fair.begin(), Operator()
    task = asyncio.create_task(operator.step())
    await pid_in(file)

    operator.stop()
    await task
    attempts = (await row(owner, "match_run", run["id"]))["attempts"]
    file.unlink()
    await Worker().drain()

    assert attempts == 0
    assert (await fair.see(run["id"]))["status"] == "proposed"


async def test_a_run_that_is_cancelled_under_the_last_stroke_has_no_plan(fair: Fair, owner: asyncpg.Connection) -> None:
    run = await fair.begin()
    await owner.execute("update match_run set status = 'cancelled' where id = $1", run["id"])

    await Worker().drain()

    assert (await fair.see(run["id"]))["pair_count"] is None


async def test_an_engine_that_starves_fails_the_run(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    async def starve(_: child.Child, task: child.Task) -> bytes:
        raise child.OutOfMemory

    monkeypatch.setattr(child.Child, "plan", starve)

    run = await fair.run()

    assert (run["status"], run["failure_code"]) == ("failed", "match_run_out_of_memory")


async def test_a_process_has_so_much_memory_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    starved = config.settings().model_copy(update={"matching_memory_mb": 1})
    monkeypatch.setattr(config, "settings", lambda: starved)

    async with child.started() as process:
        with pytest.raises(child.OutOfMemory):
            await process.plan(child.Task(b"[" + b'"0123456789",' * 200_000 + b"0]", TASK.policy, 0, None, None))


async def test_a_market_at_fault_fails_the_run_with_every_fault(fair: Fair, owner: asyncpg.Connection) -> None:
    people = [fair.world.people[part] for part in ("ada", "bob")]
    for one, other in (people, people[::-1]):
        await owner.execute("update person set manager_id = $2 where id = $1", one, other)

    run = await fair.run()

    assert (run["status"], run["failure_code"]) == ("failed", "match_run_unsolvable")
    assert {fault["code"] for fault in run["faults"]} == {"reporting_cycle"}
    assert run["faults"][0]["pointer"].startswith("/managers/per_")


async def test_a_budget_and_a_gap_that_is_near_enough_still_give_a_plan(fair: Fair) -> None:
    run = await fair.run(budget_seconds=1, stop_gap=1000)

    assert (run["status"], run["pair_count"]) == ("proposed", 2)


async def test_an_engine_ends_with_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report"
    file.touch()
    monkeypatch.setenv("HELD", f"report:{file}")
    policy = TEMPLATES["balanced"].model_dump_json()
    command = (sys.executable, "-c", WORKER, str(file), TASK.market.decode(), policy)

    killed = await asyncio.to_thread(subprocess.run, command, check=False, timeout=30)

    pid = int(file.read_text())
    assert killed.returncode == -signal.SIGKILL
    async with asyncio.timeout(5):
        while is_there(pid):  # noqa: ASYNC110 - the kernel sends no word
            await asyncio.sleep(0.01)


async def test_the_engine_tells_first_what_a_plan_is_worth_by_another_policy() -> None:
    async with child.started() as process:
        await process.plan(replace(TASK, before=()))

    assert process.estimate == child.Estimate(0, 0)
    assert process.progress is not None
