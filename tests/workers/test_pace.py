"""How fast an endpoint is served: so many at once, so many a second, fewer while it is overloaded."""

import asyncio

import asyncpg
import pytest

from app.webhooks.sender import Sender
from app.workers.deliver import Deliverer
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, status
from tests.workers.steps import deliver, due, row, rows_of
from tests.world import World


async def test_no_more_go_out_in_a_second_than_the_endpoint_allows_whichever_worker_sends(
    world: World, clock: TestClock, endpoint: MakeEndpoint, sender: Sender
) -> None:
    await endpoint(rate_limit=3)
    await due(world, 10)
    sent = []
    for _ in range(4):
        # A worker of its own each time: the bucket is the endpoint's.
        sent.append(await deliver(Deliverer(sender)))
        clock.advance(seconds=1)

    assert sent == [3, 3, 3, 1]


async def test_an_empty_bucket_wakes_the_worker_when_there_is_something_in_it(
    world: World, endpoint: MakeEndpoint, sender: Sender
) -> None:
    from app import clock as clocks  # noqa: PLC0415

    clocks.use(None)
    woken = asyncio.Event()
    deliverer = Deliverer(sender, on_free=woken.set)
    await endpoint(rate_limit=20)
    await due(world, 22)

    while deliverer.tally.sent < 22:
        woken.clear()
        await deliver(deliverer)
        async with asyncio.timeout(10):
            await woken.wait()


@pytest.mark.parametrize("most", [1, 4])
async def test_no_more_are_on_their_way_than_the_endpoint_allows(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, most: int
) -> None:
    await endpoint(max_in_flight=most)
    await due(world, 9)
    under_way, highest, is_full = 0, 0, asyncio.Event()

    async def count(_hook: Hook) -> bytes:
        nonlocal under_way, highest
        under_way += 1
        highest = max(highest, under_way)
        if highest == most:
            is_full.set()
        # The first two are accepted at once: that is what makes room for more.
        if len(receiver.hooks) > 2:
            await is_full.wait()
        under_way -= 1
        return OK

    receiver.reply = count
    assert await deliver(deliverer) == 9
    assert highest == most


@pytest.mark.parametrize("line", ["429 Slow", "502 Bad", "503 Busy", "504 Late"])
async def test_an_endpoint_that_is_overloaded_is_served_half_as_fast_once_for_all_that_was_on_its_way(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, line: str
) -> None:
    made = await endpoint(rate_limit=40, max_in_flight=5)
    await due(world, 5)
    receiver.script = [status(line)] * 5
    await deliver(deliverer)

    assert (await row(owner, "webhook_endpoint", made["id"]))["effective_rate"] == 20


async def test_it_recovers_as_it_accepts_again(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deliverer: Deliverer,
) -> None:  # fmt: skip
    made = await endpoint(rate_limit=20, max_in_flight=1)
    receiver.script = [status("503 Busy")]
    await due(world)
    await deliver(deliverer)
    rates = [(await row(owner, "webhook_endpoint", made["id"]))["effective_rate"]]
    await due(world, 30)
    for _ in range(4):
        clock.advance(seconds=2)
        await deliver(deliverer)
        rates.append((await row(owner, "webhook_endpoint", made["id"]))["effective_rate"])

    # A second's worth of successes is worth a twentieth of the limit.
    assert rates[0] == 10
    assert rates[1] == pytest.approx(11, abs=0.1)
    assert rates == sorted(rates)
    assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])} == {"delivered"}


async def test_an_endpoint_waits_as_long_for_an_answer_as_it_says(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await endpoint(timeout_seconds=7)
    await due(world)
    waits, post = list[float](), sender.post

    async def note(*args: object, timeout: float, **more: object) -> object:  # noqa: ASYNC109
        waits.append(timeout)
        return await post(*args, timeout=timeout, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(sender, "post", note)
    await deliver(Deliverer(sender))

    assert waits == [7]
