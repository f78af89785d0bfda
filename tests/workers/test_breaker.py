"""An endpoint that fails and fails: tried one at a time, warned of, turned off in the end."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest

from app.webhooks import schedule
from app.workers import claims
from app.workers.deliver import Deliverer
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, listening, status
from tests.workers.steps import deliver, due, relay_all, row, rows_of
from tests.world import World


async def refuse(_hook: Hook) -> bytes:
    """A receiver that is broken."""
    return status("500 Oh")


async def fail_ten_times(clock: TestClock, deliverer: Deliverer) -> None:
    """Two of a lane are on their way at first; as long as these fail, it rests two seconds after them."""
    for _ in range(5):
        clock.advance(seconds=2)
        assert await deliver(deliverer) == 2


async def seen(world: World, endpoint_id: str) -> dict[str, Any]:
    """An endpoint as its administrator reads it."""
    found = await world.see("admin", endpoint_id)
    assert found is not None
    return found


async def told(owner: asyncpg.Connection, endpoint_id: str) -> list[tuple[str, dict[str, Any]]]:
    """What was said about an endpoint."""
    rows = await rows_of(owner, "outbox_event", "subject", endpoint_id)
    return [(one["type"], orjson.loads(one["data"])) for one in rows if one["type"] != "webhook_endpoint.ping"]


async def test_after_ten_failures_in_a_row_one_at_a_time_goes_out_until_one_is_accepted(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    receiver.reply = refuse
    await due(world, 15)

    await fail_ten_times(clock, deliverer)
    found = await seen(world, made["id"])
    assert (found["breaker"], found["consecutive_failures"], found["last_success_at"]) == ("open", 10, None)
    for count, wait in enumerate(schedule.DELAYS[1:6], 1):
        clock.advance(seconds=wait.total_seconds() - 1)
        assert await deliver(deliverer) == 0
        clock.advance(seconds=1)
        assert await deliver(deliverer) == 1
        assert (await seen(world, made["id"]))["consecutive_failures"] == 10 + count

    async def look(_hook: Hook) -> bytes:
        if receiver.hooks[15:] == [_hook]:
            assert (await seen(world, made["id"]))["breaker"] == "half_open"
        return OK

    receiver.reply = look
    clock.advance(hours=6)
    assert await deliver(deliverer) == 15
    closed = await seen(world, made["id"])
    assert (closed["breaker"], closed["consecutive_failures"], closed["failing_since"]) == ("closed", 0, None)
    assert closed["next_attempt_at"] is None
    assert datetime.fromisoformat(closed["last_success_at"]) == clock.time


@pytest.mark.parametrize(
    ("answer", "failures"),
    [(status("400 No", "webhook-delivery: abort-message"), 0), (status("422 No"), 1)],
)
async def test_a_message_that_is_refused_for_good_says_nothing_of_the_endpoint(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, answer: bytes, failures: int
) -> None:
    made = await endpoint()
    receiver.script = [answer]
    await due(world)
    await deliver(deliverer)

    assert (await seen(world, made["id"]))["consecutive_failures"] == failures


async def test_an_endpoint_that_fails_for_five_days_is_warned_of_twice_and_turned_off(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deliverer: Deliverer,
) -> None:  # fmt: skip
    async with listening() as broken:
        broken.reply = refuse
        made, other = await endpoint(broken.url, types=("*",)), await endpoint(types=("webhook_endpoint.*",))
        began = clock.time
        await due(world, 3)
        heard = list[tuple[str, timedelta]]()
        while (await row(owner, "webhook_endpoint", made["id"]))["status"] == "enabled":
            await deliver(deliverer)
            await relay_all()
            await deliver(deliverer)
            heard += [(kind, clock.time - began) for kind in receiver.types[len(heard) :]]
            clock.advance(hours=1)

    hour = timedelta(hours=1)
    kinds, times = zip(*heard, strict=True)
    assert kinds == ("webhook_endpoint.failing", "webhook_endpoint.failing", "webhook_endpoint.disabled")
    assert all(at >= least * hour for at, least in zip(times, (24, 72, 120), strict=True))
    assert times[-1] <= 147 * hour
    (_, first), (_, second), (_, last) = await told(owner, made["id"])
    assert (first["hours"], second["hours"], last["reason"]) == (24, 72, "failing")
    assert (first["last_status"], first["last_error"], first["event_type"]) == (500, "status", "person.created")
    assert first["failing_since"] == second["failing_since"] == began.isoformat().replace("+00:00", "Z")
    left = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    # It never hears of its own failure, whatever it wants.
    assert {(one["event_type"], one["status"]) for one in left} == {("person.created", "held")}
    assert (await seen(world, other["id"]))["status"] == "enabled"


async def test_an_endpoint_that_is_enabled_again_starts_afresh(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deliverer: Deliverer,
) -> None:  # fmt: skip
    made = await endpoint()
    receiver.script = [status("500 Oh")] * 9 + [status("410 Gone")]
    await due(world, 10)
    await fail_ten_times(clock, deliverer)
    await owner.execute("update webhook_endpoint set warnings = 2 where id = $1", made["id"])

    await world.do("admin", "enable_webhook_endpoint", made["id"])

    fresh = await row(owner, "webhook_endpoint", made["id"])
    assert (fresh["consecutive_failures"], fresh["failing_since"], fresh["next_attempt_at"]) == (0, None, None)
    assert (fresh["probes"], fresh["warnings"]) == (0, 0)
    assert await deliver(deliverer) == 10


async def test_a_new_address_is_not_held_to_what_the_old_one_did(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    is_moved = asyncio.Event()

    async def move_away(hook: Hook) -> bytes:
        if not is_moved.is_set():
            is_moved.set()
            await world.do("admin", "update_webhook_endpoint", made["id"], version=1, url=f"{receiver.url}/new")
        return status("500 Oh")

    receiver.reply = move_away
    await due(world)
    await deliver(deliverer)

    assert (await seen(world, made["id"]))["consecutive_failures"] == 0


async def test_a_worker_that_dies_over_a_probe_leaves_the_breaker_open(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deliverer: Deliverer,
) -> None:  # fmt: skip
    made = await endpoint()
    receiver.reply = refuse
    await due(world, 12)
    await fail_ten_times(clock, deliverer)
    clock.advance(seconds=5)
    assert [lane.is_open for lane in await claims.lanes("dead", limit=5, lease=timedelta(seconds=60))] == [True]

    assert await deliver(deliverer) == 0
    clock.advance(seconds=60)
    assert await deliver(deliverer) == 1
    assert (await seen(world, made["id"]))["breaker"] == "open"
