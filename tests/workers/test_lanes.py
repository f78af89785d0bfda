"""One lane per endpoint: who waits for whom, and how long a receiver is left alone."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from app import config
from app.config import Settings
from app.workers import claims, turn
from app.workers import deliver as delivering
from app.workers.deliver import Deliverer
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, listening, status
from tests.workers.steps import deliver, due, only, row, rows_of
from tests.world import World

LEASE = timedelta(seconds=60)


async def test_a_hanging_receiver_keeps_nobody_waiting(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    letting_go = asyncio.Event()

    async def hang(_hook: Hook) -> bytes:
        await letting_go.wait()
        return OK

    async with listening() as stuck:
        stuck.reply = hang
        bad, good = await endpoint(stuck.url), await endpoint()
        await due(world, 3)
        assert await deliverer.step() == 2
        await stuck.arrived.wait()
        await asyncio.wait(deliverer.lanes, return_when=asyncio.FIRST_COMPLETED)

        assert len(receiver.hooks) == 3
        await due(world)
        assert await deliverer.step() == 1
        await asyncio.wait(deliverer.lanes, return_when=asyncio.FIRST_COMPLETED)

        assert len(receiver.hooks) == 4
        assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", good["id"])} == {"delivered"}
        assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", bad["id"])} == {"pending"}
        letting_go.set()
        await deliverer.finish()
        await deliver(deliverer)
        assert len(stuck.hooks) == 4


async def test_what_falls_due_meanwhile_does_not_wait_for_one_that_is_slow(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint()
    (slow,) = await due(world)
    letting_go = asyncio.Event()

    async def let_go_at_the_second(hook: Hook) -> bytes:
        if hook.event["subject"] == slow:
            await letting_go.wait()
        letting_go.set()
        return OK

    receiver.reply = let_go_at_the_second
    assert await deliverer.step() == 1
    await receiver.arrived.wait()
    await due(world)
    await deliverer.finish()

    assert deliverer.tally.delivered == 2


async def test_no_more_lanes_than_the_settings_allow(
    world: World, settings: Settings, endpoint: MakeEndpoint, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "settings", lambda: settings.model_copy(update={"worker_lanes": 2}))
    for _ in range(3):
        await endpoint()
    await due(world)

    assert [await deliverer.step(), await deliverer.step()] == [2, 0]
    await deliverer.finish()
    assert await deliverer.step() == 1
    await deliverer.finish()


async def test_a_worker_that_is_nearly_full_waits_a_moment_for_more_room(
    world: World,
    settings: Settings,
    endpoint: MakeEndpoint,
    receiver: Lms,
    deliverer: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(config, "settings", lambda: settings.model_copy(update={"worker_lanes": 8}))
    letting_go = asyncio.Event()

    async def hang(_hook: Hook) -> bytes:
        await letting_go.wait()
        return OK

    receiver.reply = hang
    for _ in range(7):
        await endpoint()
    await due(world)
    assert await deliverer.step() == 7
    for _ in range(5):
        await endpoint()
    await due(world)

    monkeypatch.setattr(delivering, "GATHER_SECONDS", 60)
    looking = asyncio.create_task(deliverer.step())
    await asyncio.sleep(0)
    assert not looking.done()
    looking.cancel()
    monkeypatch.setattr(delivering, "GATHER_SECONDS", 0)
    assert await deliverer.step() == 1
    letting_go.set()
    await deliverer.finish()
    await deliver(deliverer)
    assert len(receiver.hooks) == 7 + 12


async def test_who_waited_longest_is_served_first(
    world: World, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    first = await endpoint()
    await due(world)
    await deliver(deliverer)
    clock.advance(seconds=1)
    second = await endpoint()
    await due(world)

    lanes = [(await claims.lanes("one", limit=1, lease=LEASE))[0].endpoint_id for _ in range(2)]

    assert lanes == [second["id"], first["id"]]


async def test_an_endpoint_that_somebody_is_just_taking_is_passed_over(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint
) -> None:
    taken, free = await endpoint(), await endpoint()
    await due(world)

    async with owner.transaction():
        await owner.execute("update webhook_endpoint set lease_by = 'one' where id = $1", taken["id"])
        lanes = await claims.lanes("two", limit=5, lease=LEASE)

    assert [lane.endpoint_id for lane in lanes] == [free["id"]]


async def test_a_lane_ends_after_its_turn_even_if_more_is_due(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint()
    await due(world, 25)

    async def take_time(_hook: Hook) -> bytes:
        clock.advance(seconds=0.4)
        return OK

    receiver.reply = take_time
    assert await deliverer.step() == 1
    await deliverer.finish()

    # Thirteen answers fill the turn; what is on its way by then still arrives.
    assert 13 <= len(receiver.hooks) <= 22
    await deliver(deliverer)
    assert len(receiver.hooks) == 25


async def test_a_receiver_that_takes_nothing_is_left_alone_for_a_while(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint(max_in_flight=4)
    await due(world, 6)
    receiver.script = [status("500 Oh")] * 2

    # More than the first two would have been on their way only once it had taken these.
    assert await deliver(deliverer) == 2
    clock.advance(seconds=1)
    assert await deliver(deliverer) == 0
    clock.advance(seconds=1)
    assert await deliver(deliverer) == 4


@pytest.mark.parametrize(("asked", "rest"), [(30, 30), (3600, 60)])
async def test_it_is_left_alone_as_long_as_it_asks_for_up_to_a_minute(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, asked: int, rest: int
) -> None:
    await endpoint()
    receiver.script = [status("429 Slow", f"retry-after: {asked}")]
    await due(world)
    await deliver(deliverer)
    await due(world)

    clock.advance(seconds=rest - 1)
    assert await deliver(deliverer) == 0
    clock.advance(seconds=1)
    assert await deliver(deliverer) == (2 if asked == rest else 1)


async def test_one_event_that_is_refused_does_not_hold_up_the_rest(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint()
    bad, *_ = await due(world, 12)

    async def pick(hook: Hook) -> bytes:
        return status("422 No") if hook.event["subject"] == bad else OK

    receiver.reply = pick

    assert await deliver(deliverer) == 12
    assert deliverer.tally.delivered == 11


async def test_deliveries_that_somebody_else_holds_are_passed_over(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await due(world)
    async with owner.transaction():
        await owner.execute("select 1 from delivery where endpoint_id = $1 for update", made["id"])
        # Asked once, not over and over until they are free.
        assert await deliverer.step() == 1
        await deliverer.finish()
        assert await deliverer.step() == 0

    clock.advance(seconds=2)
    assert await deliver(deliverer) == 1


async def test_an_endpoint_that_is_disabled_or_removed_in_mid_turn_is_left(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made, gone = await endpoint(), await endpoint()
    await due(world, 12)

    ended = asyncio.Event()

    async def end_it(_hook: Hook) -> bytes:
        # Both lanes have their first two on the way.
        if len(receiver.hooks) == 4:
            await world.do("admin", "disable_webhook_endpoint", made["id"])
            await world.do("admin", "delete_webhook_endpoint", gone["id"], version=1)
            ended.set()
        await ended.wait()
        return OK

    receiver.reply = end_it
    await deliver(deliverer)

    assert len(receiver.hooks) == 4
    assert sorted(one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])) == [
        *["delivered"] * 2,
        *["pending"] * 10,
    ]


async def test_told_to_stop_it_ends_what_is_under_way_and_begins_nothing(
    world: World,
    owner: asyncpg.Connection,
    clock: TestClock,
    endpoint: MakeEndpoint,
    receiver: Lms,
    deliverer: Deliverer,
) -> None:
    made = await endpoint()
    await due(world, 12)

    async def stop(_hook: Hook) -> bytes:
        deliverer.stop()
        return OK

    receiver.reply = stop
    await deliver(deliverer)

    assert len(receiver.hooks) == 2
    assert await deliverer.step() == 0
    lane = await row(owner, "webhook_endpoint", made["id"])
    assert (lane["lease_until"], lane["lease_by"]) == (clock.time, None)


async def test_a_lease_outlasts_any_turn(
    world: World, settings: Settings, owner: asyncpg.Connection, clock: TestClock, monkeypatch: pytest.MonkeyPatch,
    endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer,
) -> None:  # fmt: skip
    short = settings.model_copy(update={"lease_seconds": 5, "webhook_timeout_seconds": 30})
    monkeypatch.setattr(config, "settings", lambda: short)
    made = await endpoint()
    await due(world)
    seen = []

    async def look(_hook: Hook) -> bytes:
        lane, delivery = await row(owner, "webhook_endpoint", made["id"]), await only(owner, made["id"])
        seen.extend([lane["lease_until"], delivery["claimed_until"]])
        return OK

    receiver.reply = look
    await deliver(deliverer)

    assert seen == [clock.time + turn.LONGEST_TURN + timedelta(seconds=40)] * 2
