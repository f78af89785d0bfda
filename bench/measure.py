"""One workload: both sides give the same answers, then take turns under load."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import asyncpg

from bench import data as database
from bench import gauge, load
from bench.data import ROOT, Data
from bench.load import Load, Request
from bench.servers import Server
from bench.workloads import Ask, Workload, for_limit, for_service

_COUNTED = 100
_WARM_SECONDS = 1.0


class Unequal(RuntimeError):
    """The two sides do not give the same answer, so comparing them says nothing."""


@dataclass
class Side:
    """One of the two servers, and what its rounds came to."""

    server: Server
    address: Callable[[Data, Ask], Request]
    rounds: list[Load] = field(default_factory=list)
    # Seconds of CPU per request: of the server's process, of PostgreSQL.
    cpu: list[tuple[float, float]] = field(default_factory=list)
    memory_mb: float = 0.0

    def typical(self, name: str) -> float:
        """The median over the rounds."""
        return float(median(getattr(found, name) for found in self.rounds))

    @property
    def cpu_us(self) -> tuple[float, float]:
        """Microseconds of CPU per request: server, database."""
        return median(server for server, _ in self.cpu) * 1e6, median(postgres for _, postgres in self.cpu) * 1e6


@dataclass(frozen=True)
class Measured:
    """What one workload came to."""

    workload: Workload
    limit: Side
    service: Side
    statements: float

    @property
    def errors(self) -> int:
        """Answers that were none, on either side. Any voids the row."""
        return sum(found.errors for side in (self.limit, self.service) for found in side.rounds)

    def ratio(self, name: str) -> float:
        """The service's figure over the limit's, medians of both."""
        return self.service.typical(name) / self.limit.typical(name)


@dataclass(frozen=True)
class Plan:
    """How often, how long, how many at once."""

    rounds: int
    seconds: float
    concurrency: int


def measure(
    data: Data,
    workload: Workload,
    limit: Server,
    service: Server,
    plan: Plan,
    address: Callable[[Data, Ask], Request] = for_limit,
) -> Measured:
    """Measure one workload on both servers in turns; `address` is how the first of them is asked."""
    asks = workload.asks(data)
    sides = (Side(limit, address), Side(service, for_service))
    _require_same(data, workload, asks, *sides)
    asked = _count_statements(data, workload, asks, sides[1])
    for side in sides:
        load.write(file_of(side.server), (side.address(data, ask) for ask in asks))
        _round(data, workload, side, Plan(1, _WARM_SECONDS, plan.concurrency), is_kept=False)
    for _ in range(plan.rounds):
        for side in sides:
            _round(data, workload, side, plan, is_kept=True)
    return Measured(workload, *sides, asked)


def file_of(server: Server) -> Path:
    """The requests of the workload under measure."""
    return ROOT / f"requests-{server.port}.txt"


def _round(data: Data, workload: Workload, side: Side, plan: Plan, *, is_kept: bool) -> None:
    postgres = data.cluster.running_pid() or 0
    before = gauge.cpu_seconds(side.server.pid), gauge.cpu_seconds(postgres)
    found = load.drive(side.server.port, file_of(side.server), seconds=plan.seconds, concurrency=plan.concurrency)
    after = gauge.cpu_seconds(side.server.pid), gauge.cpu_seconds(postgres)
    if is_kept:
        side.rounds.append(found)
        side.cpu.append(((after[0] - before[0]) / found.requests, (after[1] - before[1]) / found.requests))
        side.memory_mb = gauge.memory_mb(side.server.pid)
    if workload.writes:
        clear(data)


def clear(data: Data) -> None:
    """Take back what a workload has written."""
    asyncio.run(_clear(data))


async def _clear(data: Data) -> None:
    connection = await asyncpg.connect(data.address)
    try:
        await database.clear(connection)
    finally:
        await connection.close()


def _require_same(data: Data, workload: Workload, asks: list[Ask], limit: Side, service: Side) -> None:
    for ask in asks[:20]:
        wanted = _parsed(workload, limit.server.ask(limit.address(data, ask)))
        if workload.writes:
            clear(data)
        found = _parsed(workload, service.server.ask(service.address(data, ask)))
        if found != wanted:
            raise Unequal(f"{workload.name}: {ask}\nlimit:   {str(wanted)[:600]}\nservice: {str(found)[:600]}")
    if workload.writes:
        clear(data)


# What either side must be free to choose, or says in its own way.
_OWN = ("id", "calendar_uid", "created_at", "updated_at", "next_cursor")


def _parsed(workload: Workload, answer: tuple[int, bytes]) -> tuple[int, object]:
    status, body = answer
    found = json.loads(body)
    if workload.writes or "next_cursor" in found:
        found = {name: value for name, value in found.items() if name not in _OWN}
    return status, found


def _count_statements(data: Data, workload: Workload, asks: list[Ask], side: Side) -> float:
    """Statements of the service per request."""
    for ask in asks[:_COUNTED]:
        side.server.ask(side.address(data, ask))
    if workload.writes:
        clear(data)
    asyncio.run(_track(data, "top"))
    for ask in asks[:_COUNTED]:
        side.server.ask(side.address(data, ask))
    found = asyncio.run(_track(data, "none"))
    if workload.writes:
        clear(data)
    return round(found / _COUNTED, 2)


async def _track(data: Data, what: str) -> int:
    connection = await asyncpg.connect(data.address)
    try:
        found = await gauge.counted(connection)
        await gauge.track(connection, what)
        await asyncio.sleep(0.3)
        await connection.execute("select pg_stat_statements_reset()")
        return found
    finally:
        await connection.close()
