"""The engine's process as its parent sees it: a task in, progress and a plan out, and an end whenever one wants it."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app import config

_ROOT = Path(__file__).parents[3]
# A line of progress is short; anything longer is no line of ours.
_LONGEST_LINE = 1 << 16


class Crashed(Exception):
    """The process ended without an answer."""


class OutOfMemory(Exception):
    """The task needs more memory than one process may have."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the engine is to do."""

    market: bytes
    policy: dict[str, Any]
    seed: int
    budget_seconds: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    phase: str
    done: int
    total: int
    objective: int | None
    bound: int | None


class Child:
    """One process at work: `progress` is the last that it told, `plan` waits for the answer."""

    def __init__(self, process: Process) -> None:
        self.pid, self.progress = process.pid, None  # type: ignore[assignment]
        self.progress: Progress | None
        self._process = process

    async def plan(self, task: Task) -> bytes:
        """The plan's bytes. Raises `Crashed` or `OutOfMemory`."""
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        with suppress(ConnectionError):
            self._process.stdin.writelines((_head(task), task.market))
            await self._process.stdin.drain()
        try:
            while line := await self._process.stdout.readline():
                said = orjson.loads(line)
                if "plan_bytes" in said:
                    return await self._process.stdout.readexactly(said["plan_bytes"])
                if "fault" in said:
                    raise OutOfMemory
                self.progress = Progress(**said)
        except (asyncio.IncompleteReadError, ValueError):
            raise Crashed from None
        raise Crashed
