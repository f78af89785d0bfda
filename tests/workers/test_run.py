"""A worker from start to stop: it finds work by itself, goes on after a fault, and ends what it began."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from app import config
from app.config import Settings
from app.workers import run as running
from app.workers.relay import Relay
from app.workers.run import Drained, Worker
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, status
from tests.workers.steps import rows_of
from tests.world import World

Polling = Callable[[float], None]


@pytest.fixture
def polling(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Polling:
    """Let workers that are idle pause for so long."""

    def poll(seconds: float) -> None:
        changed = settings.model_copy(update={"worker_poll_seconds": seconds})
        monkeypatch.setattr(config, "settings", lambda: changed)

    return poll


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    """A worker that runs beside the block, and has ended after it."""
    task = asyncio.create_task(worker.run())
    async with asyncio.timeout(30):
        try:
            yield task
        finally:
            worker.stop()
            await task


@pytest.fixture(autouse=True)
def _no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests' organisations are many, and sweeping has tests of its own."""

    async def nothing() -> None:
        return None

    monkeypatch.setattr(running, "sweep", nothing)


async def test_drain_relays_and_delivers_until_nothing_is_due(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, worker: Worker
) -> None:
    await endpoint()
    receiver.script = [status("500 Oh")]
    await world.person()

    assert await worker.drain() == Drained(events=1, sent=1, delivered=0)
    assert await worker.drain() == Drained(0, 0, 0)
    clock.advance(seconds=6)
    await world.person()
    assert await worker.drain() == Drained(events=1, sent=2, delivered=2)


async def test_drain_follows_every_consequence(
    world: World, endpoint: MakeEndpoint, receiver: Lms, worker: Worker
) -> None:
    await endpoint(types=("*",))
    pairing = await world.pairing()
    await world.session(pairing["id"])
    await world.do("admin", "deactivate_person", world.people["mentor"])

    await worker.drain()

    news = ["person.deactivated", "pairing.ended_early", "enrolment.withdrawn", "session.cancelled"]
    assert set(news) <= set(receiver.types)
    numbers = [hook.event["sequence"] for hook in receiver.hooks]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


async def test_a_ping_follows_the_making_of_an_endpoint(world: World, receiver: Lms, worker: Worker) -> None:
    made = await world.do("admin", "create_webhook_endpoint", url=receiver.url, types=["session.completed"])

    await worker.drain()

    (ping,) = receiver.hooks
    assert (ping.type, ping.event["subject"]) == ("webhook_endpoint.ping", made["id"])
    assert ping.is_signed_with(made["secret"])


async def test_a_running_worker_looks_again_by_itself(
    world: World, endpoint: MakeEndpoint, receiver: Lms, worker: Worker, polling: Polling
) -> None:
    polling(0.01)
    await endpoint()
    async with working(worker):
        await world.person()
        await receiver.arrived.wait()

    assert receiver.types == ["person.created"]


async def test_a_running_worker_can_be_woken(
    world: World,
    endpoint: MakeEndpoint,
    receiver: Lms,
    worker: Worker,
    polling: Polling,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    polling(60)
    await endpoint()
    looked, step = asyncio.Event(), Relay.step

    async def look(relay: Relay) -> int | None:
        taken = await step(relay)
        looked.set()
        return taken

    monkeypatch.setattr(Relay, "step", look)
    async with working(worker):
        await looked.wait()
        await world.person()
        worker.wake()
        await receiver.arrived.wait()

    assert receiver.types == ["person.created"]


async def test_stopping_ends_what_was_begun(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, worker: Worker, polling: Polling
) -> None:
    polling(0.01)
    made = await endpoint()

    async def stop_meanwhile(_hook: Hook) -> bytes:
        worker.stop()
        return OK

    receiver.reply = stop_meanwhile
    await world.person()
    async with working(worker) as task:
        await task

    (delivery,) = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert delivery["status"] == "delivered"


async def test_what_takes_too_long_is_broken_off_and_done_again_later(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, worker: Worker,
    polling: Polling, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(running, "GRACE_SECONDS", 0.01)
    polling(0.01)
    made = await endpoint()
    letting_go = asyncio.Event()

    async def hang(_hook: Hook) -> bytes:
        await letting_go.wait()
        return OK

    receiver.reply = hang
    await world.person()
    async with working(worker):
        await receiver.arrived.wait()
    letting_go.set()

    (delivery,) = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert (delivery["status"], delivery["attempts"]) == ("pending", 1)
    clock.advance(seconds=60)
    assert await Worker().drain() == Drained(0, 1, 1)


async def test_cancelling_it_is_stopping_it(
    world: World, endpoint: MakeEndpoint, receiver: Lms, worker: Worker, polling: Polling
) -> None:
    polling(0.01)
    await endpoint()
    task = asyncio.create_task(worker.run())
    await world.person()
    await receiver.arrived.wait()

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    left = [repr(one.get_coro()) for one in asyncio.all_tasks()]
    assert not [name for name in left if "Worker" in name or "Deliverer" in name]


async def test_a_loop_that_fails_backs_off_and_goes_on(
    world: World,
    endpoint: MakeEndpoint,
    receiver: Lms,
    worker: Worker,
    polling: Polling,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    polling(0.01)
    await endpoint()
    step, waits, fails = Relay.step, list[float](), [ConnectionRefusedError(), ConnectionRefusedError()]
    wait = running._wait

    async def fail(relay: Relay) -> int | None:
        if fails:
            raise fails.pop()
        return await step(relay)

    async def note(event: asyncio.Event, seconds: float) -> None:
        waits.append(seconds)
        await wait(event, min(seconds, 0.01))

    monkeypatch.setattr(running, "RELAYS", 1)
    monkeypatch.setattr(Relay, "step", fail)
    monkeypatch.setattr(running, "_wait", note)
    await world.person()
    with capture_logs() as logs:
        async with working(worker):
            await receiver.arrived.wait()

    faults: list[Any] = [log for log in logs if log["event"] == "worker.failed"]
    assert [(log["loop"], log["failures"], log["error"]) for log in faults] == [
        ("relay", 1, "ConnectionRefusedError"),
        ("relay", 2, "ConnectionRefusedError"),
    ]
    assert {0.02, 0.04} <= set(waits)


async def test_a_worker_stopped_before_it_began_does_not_begin(
    world: World, endpoint: MakeEndpoint, receiver: Lms, worker: Worker
) -> None:
    await endpoint()
    await world.person()
    worker.stop()

    await worker.run()

    assert receiver.hooks == []


async def test_the_sweep_is_one_of_its_loops(world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    swept = asyncio.Event()

    async def sweep() -> None:
        swept.set()

    monkeypatch.setattr(running, "sweep", sweep)
    async with working(worker):
        await swept.wait()
