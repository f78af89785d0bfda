"""The engine's process as its parent sees it: a task in, progress and a plan out, and an end whenever one wants it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app import config
from app.matching.market import Pair

PROGRAM = "app.matching.process"
_ROOT = Path(__file__).parents[3]


class Crashed(Exception):
    """The process ended without an answer."""


class OutOfMemory(Exception):
    """The task needs more memory than one process may have."""


class Refused(Exception):
    """The engine finds the task at fault: (pointer, code, text) of everything that is."""

    def __init__(self, faults: list[tuple[str, str, str]]) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Task:
    """What the engine is to do."""

    market: bytes
    policy: dict[str, Any]
    seed: int
    budget_seconds: int | None
    stop_gap: int | None
    # The pairs of a plan that the new one is compared with: what they are worth is told first.
    before: Sequence[Pair] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    phase: str
    done: int
    total: int
    objective: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the pairs of the plan before are worth, and what no plan can be worth more than."""

    objective: int
    bound: int


class Child:
    """One process at work: `progress` is the last that it told, `estimate` the first; `plan` waits for the answer."""

    def __init__(self, process: Process) -> None:
        self.pid, self._process = process.pid, process
        self.progress: Progress | None = None
        self.estimate: Estimate | None = None

    async def plan(self, task: Task) -> bytes:
        """The plan's bytes. Raises `Crashed`, `OutOfMemory` or `Refused`."""
        into, out = self._process.stdin, self._process.stdout
        assert into is not None and out is not None  # noqa: PT018, S101
        # One that is gone may be found out while we write, between two lines, or within one.
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            into.writelines((_head(task), task.market))
            await into.drain()
            while line := await out.readline():
                said = orjson.loads(line)
                if "plan_bytes" in said:
                    return await out.readexactly(said["plan_bytes"])
                if "failure" in said:
                    raise OutOfMemory if said["failure"] == "out_of_memory" else Refused(said["faults"])
                if "estimate" in said:
                    self.estimate = Estimate(**said["estimate"])
                else:
                    self.progress = Progress(**said)
        raise Crashed


@asynccontextmanager
async def started() -> AsyncIterator[Child]:
    """A process of the engine, which is gone when the block ends, however it ends."""
    # From the folder of this very package: whatever is installed, parent and child are of one version.
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", PROGRAM, stdin=PIPE, stdout=PIPE, cwd=_ROOT)
    try:
        yield Child(process)
    finally:
        with suppress(ProcessLookupError):  # it may have ended by itself
            process.kill()
        await process.wait()


def _head(task: Task) -> bytes:
    head = {
        "policy": task.policy,
        "seed": task.seed,
        "budget_seconds": task.budget_seconds,
        "stop_gap": task.stop_gap,
        "before": task.before,
        "memory_mb": config.settings().matching_memory_mb,
        "market_bytes": len(task.market),
    }
    return orjson.dumps(head) + b"\n"
