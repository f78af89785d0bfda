"""How fast deliveries leave: `python -m bench.webhooks [a b c d e f] [--scale 1] [--minutes 1]`.

One `flipside worker` on a PostgreSQL of its own, receivers in a process beside it. The reference of a and b is a bare
loop of the same HTTP client over the endpoints that answer: signed bodies, no database, no duties.
"""

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from statistics import quantiles

import uvloop

from app import clock
from app.commands.serving import Nudge
from app.workers.run import Worker
from bench import clients, emitting, gauge, receiver
from bench.emitting import Ground
from bench.receiver import Receivers

Wake = Callable[[], None]
_PATIENCE_SECONDS = 300
_WARMING = 50


@dataclass(frozen=True)
class Plan:
    """Where, and how much."""

    ground: Ground
    receivers: Receivers
    scale: float
    minutes: float

    def of(self, count: int) -> int:
        """So many, or as much less as was wished."""
        return max(1, round(count * self.scale))


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    found: str
    reference: str = ""
    goal: str = ""

    def __str__(self) -> str:
        return f"| {self.what} | {self.found} | {self.reference} | {self.goal} |"


class Stalled(RuntimeError):
    """Deliveries did not arrive."""


async def few(plan: Plan) -> Sequence[Row]:
    """a: to 20 endpoints."""
    urls = emitting.urls(plan.receivers, 20)
    return await _rates(plan, "a: to 20 endpoints", urls, plan.of(1500), 3000, rate_limit=1000, max_in_flight=50)


async def many(plan: Plan) -> Sequence[Row]:
    """b: to 2,000 endpoints, of which four hang."""
    urls = emitting.urls(plan.receivers, 2000, hanging=4)
    return await _rates(plan, "b: to 2,000 endpoints, 4 of which hang", urls, plan.of(12), 1500)


async def _rates(plan: Plan, what: str, urls: list[str], events: int, goal: int, **wishes: int) -> Sequence[Row]:
    answering = [url for url in urls if not url.endswith("/hang")]
    async with emitting.working(plan.ground):
        organisations = await emitting.endpoints(plan.ground, urls, **wishes)
        await emitting.backlog(plan.ground, organisations, events)
        await emitting.relayed()
    plan.receivers.kept()
    committed = await _commits(plan.ground)
    with emitting.worker(plan.ground) as pid, _cpu(plan, pid) as spent:
        await _arrived(plan.receivers, events * len(answering))
    found = plan.receivers.kept()
    rate = found["count"] / (found["last"] - found["first"])
    cpu = " + ".join(f"{seconds / found['count'] * 1e6:.0f}" for seconds in spent)
    transactions = (await _commits(plan.ground) - committed) / found["count"]
    bare, bare_cpu = await _bare(answering)
    plan.receivers.kept()
    return (
        Row(what, f"{rate:,.0f}/s", f"bare loop {bare:,.0f}/s: ratio {rate / bare:.2f}", f"{goal:,}/s, 0.3"),
        Row(
            f"{what[0]}: CPU µs of each, worker + database",
            cpu,
            f"bare loop {bare_cpu:.0f}; {transactions:.3f} transactions each",
        ),
    )


async def _bare(urls: list[str]) -> tuple[float, float]:
    async with AsyncExitStack() as stack:
        post = await clients.aiohttp_alone(stack)
        await clients.warm(post, urls)
        accepted, took, cpu = await clients.loop(post, urls, seconds=4)
    return accepted / took, cpu / accepted * 1e6


async def latency(plan: Plan) -> Sequence[Row]:
    """c: from the write to the receiver, at 50 events a second."""
    return (
        await _latency(plan, "c: write to receiver at 50 events/s, worker woken (`flipside serve`)", _woken),
        await _latency(plan, "c: the same, worker apart that looks every half second", _apart),
    )


async def _latency(plan: Plan, what: str, working: Callable[[Ground], AbstractAsyncContextManager[Wake]]) -> Row:
    wrote: dict[str, float] = {}
    async with emitting.working(plan.ground) as database:
        (organisation,) = await emitting.endpoints(plan.ground, emitting.urls(plan.receivers, 1), rate_limit=1000)
        plan.receivers.kept()
        async with working(plan.ground) as wake:
            for _ in range(plan.of(500) + _WARMING):
                began = clock.now().timestamp()
                async with database.writing(organisation) as db:
                    event = emitting.tell(db)
                wake()
                wrote[event] = began
                # The first one waits until the worker is there.
                await (asyncio.sleep(0.02) if len(wrote) > 1 else _arrived(plan.receivers, 1))
            await _arrived(plan.receivers, len(wrote))
    arrived = plan.receivers.kept()["arrived"]
    cuts = quantiles([(arrived[event] - began) * 1e3 for event, began in [*wrote.items()][_WARMING:]], n=100)
    return Row(what, f"p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms", "", "10 ms, 50 ms")


@asynccontextmanager
async def _woken(_ground: Ground) -> AsyncIterator[Wake]:
    """A worker in the process that writes, told of every change."""
    worker = Worker()
    working = asyncio.create_task(worker.run())
    try:
        yield Nudge(worker.wake)
    finally:
        worker.stop()
        await working


@asynccontextmanager
async def _apart(ground: Ground) -> AsyncIterator[Wake]:
    with emitting.worker(ground):
        yield lambda: None


async def two(plan: Plan) -> Sequence[Row]:
    """d: two workers, in calm."""
    events = plan.of(500)
    async with emitting.working(plan.ground):
        organisations = await emitting.endpoints(plan.ground, emitting.urls(plan.receivers, 100), rate_limit=1000)
        plan.receivers.kept()
        with emitting.worker(plan.ground), emitting.worker(plan.ground):
            await emitting.backlog(plan.ground, organisations, events)
            await _arrived(plan.receivers, events * 100)
    found = plan.receivers.kept()
    return (Row("d: two workers: deliveries that came twice", str(found["twice"]), f"of {found['count']:,}", "0"),)


async def backlog(plan: Plan) -> Sequence[Row]:
    """e: from the outbox to the deliveries, one relay."""
    events = plan.of(100_000)
    async with emitting.working(plan.ground):
        urls = emitting.urls(plan.receivers, 1)
        organisations = await emitting.endpoints(plan.ground, urls)
        await emitting.backlog(plan.ground, organisations, events)
        began, cpu = time.perf_counter(), time.process_time()
        await emitting.relayed()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        made = await emitting.count(plan.ground, "delivery")
        copied = await _copying(plan.ground)
    return (
        Row(
            f"e: {events:,} events to as many deliveries",
            f"{events / took:,.0f}/s, {cpu / events * 1e6:.0f} µs of CPU each" + ("" if made == events else ", VOID"),
            f"one insert of as many by PostgreSQL alone {events / copied:,.0f}/s",
            "3,000/s",
        ),
    )


async def _copying(ground: Ground) -> float:
    """Seconds that PostgreSQL takes to write the same deliveries again, all at once."""
    async with ground.owner() as owner:
        await owner.execute("create temp table kept as select * from delivery")
        await owner.execute("delete from delivery")
        began = time.perf_counter()
        await owner.execute("insert into delivery select * from kept")
        return time.perf_counter() - began


async def memory(plan: Plan) -> Sequence[Row]:
    """f: the worker's memory under a steady load."""
    seconds, samples = plan.minutes * 60, list[tuple[float, float]]()
    async with emitting.working(plan.ground):
        organisations = await emitting.endpoints(plan.ground, emitting.urls(plan.receivers, 100), rate_limit=1000)
        with emitting.worker(plan.ground) as pid:
            await emitting.backlog(plan.ground, organisations, 20)
            await asyncio.sleep(5)
            began = time.monotonic()
            while (now := time.monotonic() - began) < seconds:
                await emitting.backlog(plan.ground, organisations, 5)
                samples.append((now / 60, gauge.memory_mb(pid)))
                await asyncio.sleep(1)
    sent = plan.receivers.kept()["count"]
    # What the first half brings is warming up.
    late = samples[len(samples) // 2 :]
    slope = _slope(late)
    return (
        Row(
            f"f: worker's memory over {plan.minutes:g} min",
            f"{samples[0][1]:.0f} MB to {samples[-1][1]:.0f} MB, {slope:+.2f} MB/min in the second half",
            f"{sent:,} deliveries",
        ),
    )


def _slope(points: Sequence[tuple[float, float]]) -> float:
    middle = [sum(column) / len(points) for column in zip(*points, strict=True)]
    spread = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread if spread else 0.0


async def _arrived(receivers: Receivers, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := receivers.count()) < count:
        if time.monotonic() > deadline:
            raise Stalled(f"{found} of {count} deliveries arrived")
        await asyncio.sleep(0.1)


@contextmanager
def _cpu(plan: Plan, pid: int) -> Iterator[list[float]]:
    """Seconds of CPU of a worker, once it works, and of the database."""
    pids = pid, plan.ground.cluster.running_pid() or 0
    while not plan.receivers.count():
        time.sleep(0.02)
    before, spent = [gauge.cpu_seconds(one) for one in pids], list[float]()
    yield spent
    spent += [gauge.cpu_seconds(one) - was for one, was in zip(pids, before, strict=True)]


async def _commits(ground: Ground) -> int:
    async with ground.owner() as owner:
        return int(
            await owner.fetchval("select sum(xact_commit) from pg_stat_database where datname = current_database()")
        )


PARTS: Mapping[str, Callable[[Plan], Awaitable[Sequence[Row]]]] = {
    "a": few,
    "b": many,
    "c": latency,
    "d": two,
    "e": backlog,
    "f": memory,
}


def main() -> None:
    """Measure, and print a table."""
    os.environ.update(emitting.ENVIRONMENT)
    parser = argparse.ArgumentParser(prog="bench.webhooks", description="Measure how fast deliveries leave.")
    parser.add_argument("parts", nargs="*", metavar="a … f", help="which; all when none is named")
    parser.add_argument("--scale", type=float, default=1, help="of the work of a to e")
    parser.add_argument("--minutes", type=float, default=0.5, help="how long f takes")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    print("| part | found | reference | goal |\n| --- | --- | --- | --- |", flush=True)
    with ExitStack() as stack:
        plan = Plan(
            stack.enter_context(emitting.ground()),
            stack.enter_context(receiver.running()),
            chosen.scale,
            chosen.minutes,
        )
        for name in chosen.parts or PARTS:
            for row in uvloop.run(_measured(PARTS[name], plan)):
                print(row, flush=True)


async def _measured(part: Callable[[Plan], Awaitable[Sequence[Row]]], plan: Plan) -> Sequence[Row]:
    return await part(plan)


if __name__ == "__main__":
    main()
