"""Sending: what arrives, signed by whom, and what survives a worker."""

import asyncio
from datetime import timedelta

import asyncpg
import orjson
from structlog.testing import capture_logs

from app.webhooks import catalogue, examples, signing
from app.webhooks.sender import Sender
from app.workers import claims
from app.workers.deliver import Deliverer
from app.workers.loading import Load
from app.workers.run import Worker
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, status
from tests.workers.steps import deliver, due, load, only, row, rows_of
from tests.world import World

LEASE = timedelta(seconds=60)


async def test_an_event_arrives_signed_and_with_its_headers(
    world: World,
    owner: asyncpg.Connection,
    clock: TestClock,
    endpoint: MakeEndpoint,
    receiver: Lms,
    deliverer: Deliverer,
) -> None:
    made = await endpoint()
    (person_id,) = await due(world)

    assert await deliver(deliverer) == 1

    (hook,) = receiver.hooks
    delivery = await only(owner, made["id"])
    assert hook.is_signed_with(made["secret"])
    assert hook.headers["webhook-timestamp"] == str(int(clock.time.timestamp()))
    assert (
        hook.headers
        | {
            "webhook-id": delivery["event_id"],
            "content-type": "application/json",
            "user-agent": "flipside-webhooks/1",
            "flipside-event-type": "person.created",
            "flipside-delivery-id": delivery["id"],
            "flipside-attempt": "1",
        }
        == hook.headers
    )
    assert hook.event["subject"] == hook.event["data"]["person_id"] == person_id
    assert (hook.event["id"], hook.event["sequence"]) == (delivery["event_id"], 1)
    assert hook.event["organisation"] == world.organisation_id
    assert (delivery["status"], delivery["attempts"], delivery["last_status"]) == ("delivered", 1, 200)
    assert (delivery["delivered_at"], delivery["last_error"]) == (clock.time, None)
    (logged,) = await rows_of(owner, "attempt", "delivery_id", str(delivery["id"]))
    assert (logged["number"], logged["status"], logged["error"], logged["response"]) == (1, 200, None, "ok")
    assert (logged["started_at"], logged["address"]) == (clock.time, "127.0.0.1")
    lane = await row(owner, "webhook_endpoint", made["id"])
    assert (lane["lease_until"], lane["lease_by"], lane["version"]) == (clock.time, None, 1)


async def test_the_log_shows_what_was_sent_along_without_what_proves_or_is_the_receivers(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    own = [{"name": "authorization", "value": "Bearer s3cr3t"}, {"name": "x-tenant", "value": "s3cr3t"}]
    made = await endpoint(headers=own)
    await due(world)
    await deliver(deliverer)

    (logged,) = await rows_of(owner, "attempt", "endpoint_id", made["id"])
    shown = orjson.loads(logged["request_headers"])
    (hook,) = receiver.hooks
    hidden = {name for name, value in shown.items() if value == "***"}
    assert hidden == {"authorization", "webhook-signature", "x-tenant"}
    in_clear = {name: value for name, value in shown.items() if name not in hidden}
    assert in_clear.keys() >= {"webhook-id", "webhook-timestamp", "content-type", "flipside-attempt", "user-agent"}
    assert in_clear.items() <= hook.headers.items()


async def test_the_reference_library_accepts_what_is_sent(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await due(world)
    # It reads the wall clock, so for once we do too.
    from app import clock  # noqa: PLC0415

    clock.use(None)

    await deliver(deliverer)

    (hook,) = receiver.hooks
    assert signing.verify(hook.headers, hook.body, made["secret"])
    assert not signing.verify(hook.headers, hook.body + b" ", made["secret"])


async def test_during_a_rotation_both_secrets_sign_the_new_one_first(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    new = await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=1)
    await due(world)
    await deliver(deliverer)
    clock.advance(hours=1)
    await due(world)
    await deliver(deliverer)

    during, after = receiver.hooks
    assert during.is_signed_with(made["secret"])
    assert during.is_signed_with(new["secret"])
    first, second = during.headers["webhook-signature"].split()
    during.headers["webhook-signature"] = first
    assert first != second
    assert during.is_signed_with(new["secret"])
    assert after.is_signed_with(new["secret"])
    assert not after.is_signed_with(made["secret"])


async def test_the_same_bytes_and_id_come_again_on_a_retry(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint()
    receiver.script = [status("503 Busy")]
    await due(world)
    await deliver(deliverer)
    clock.advance(seconds=5)
    await deliver(deliverer)

    first, second = receiver.hooks
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert [hook.headers["flipside-attempt"] for hook in receiver.hooks] == ["1", "2"]


async def test_a_delivery_survives_the_worker_that_claimed_it(
    world: World,
    owner: asyncpg.Connection,
    clock: TestClock,
    endpoint: MakeEndpoint,
    receiver: Lms,
    deliverer: Deliverer,
) -> None:
    made = await endpoint()
    await due(world, 2)
    # The other worker takes both, and is never heard of again.
    (lane,) = await claims.lanes("dead", limit=5, lease=LEASE)
    taken = await load(lane)
    assert isinstance(taken, Load)
    assert len(taken.parcels) == 2

    assert await deliver(deliverer) == 0
    clock.advance(seconds=60)
    assert await deliver(deliverer) == 2

    assert [hook.headers["flipside-attempt"] for hook in receiver.hooks] == ["2", "2"]
    assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])} == {"delivered"}


async def test_workers_at_once_send_nothing_twice(
    world: World, endpoint: MakeEndpoint, receiver: Lms, sender: Sender
) -> None:
    for _ in range(3):
        await endpoint()
    await due(world, 12)

    counts = await asyncio.gather(*(deliver(Deliverer(sender)) for _ in range(3)))

    assert sum(counts) == 36
    assert len({hook.headers["flipside-delivery-id"] for hook in receiver.hooks}) == 36


async def test_an_endpoint_without_a_readable_secret_costs_no_attempt(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    garbled, bare = await endpoint(), await endpoint()
    await owner.execute("update webhook_secret set sealed = sealed || 'x' where endpoint_id = $1", garbled["id"])
    await owner.execute("delete from webhook_secret where endpoint_id = $1", bare["id"])
    await due(world)

    with capture_logs() as logs:
        assert await deliver(deliverer) == 0

    assert {(log["event"], log["endpoint_id"], log["error"]) for log in logs} == {
        ("lane.failed", garbled["id"], "InvalidTag"),
        ("lane.failed", bare["id"], "Unsigned"),
    }
    assert [(await only(owner, made["id"]))["attempts"] for made in (garbled, bare)] == [0, 0]


async def test_what_is_on_its_way_when_nothing_more_can_be_taken_is_written_down(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint(max_in_flight=2)
    first, second, third = await due(world, 3)
    letting_go, settled = (
        asyncio.Event(),
        "select count(*) from delivery where endpoint_id = $1 and status = 'delivered'",
    )

    async def lose_the_secret(hook: Hook) -> bytes:
        if hook.event["subject"] == first:
            await owner.execute("delete from webhook_secret where endpoint_id = $1", made["id"])
            letting_go.set()
            return OK
        await letting_go.wait()
        while not await owner.fetchval(settled, made["id"]):
            pass
        return OK

    receiver.reply = lose_the_secret
    assert await deliverer.step() == 1
    await deliverer.finish()

    assert {hook.event["subject"] for hook in receiver.hooks} == {first, second}
    left = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert [(one["status"], one["attempts"]) for one in left] == [("delivered", 1), ("delivered", 1), ("pending", 0)]
    assert third not in {hook.event["subject"] for hook in receiver.hooks}


async def test_a_test_of_any_type_reaches_one_endpoint_signed_and_marked(
    world: World, endpoint: MakeEndpoint, receiver: Lms, worker: Worker
) -> None:
    made, _ = await endpoint(types=("win.*",)), await endpoint(types=("*",))
    await world.do("admin", "test_webhook_endpoint", made["id"], type="session.completed")

    await worker.drain()

    (hook,) = receiver.hooks
    assert hook.is_signed_with(made["secret"])
    assert (hook.type, hook.event["sequence"], hook.headers["flipside-test"]) == ("session.completed", 0, "true")
    assert hook.event["data"] == examples.of(catalogue.BY_TYPE["session.completed"]).data()
