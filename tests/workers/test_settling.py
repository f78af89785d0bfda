"""What becomes of a delivery: the schedule to its end, and the wishes of receivers."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from app.webhooks import schedule
from app.webhooks.sender import Sender
from app.workers import claims
from app.workers.deliver import Deliverer
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, Reply, status
from tests.workers.steps import deliver, due, load, only, relay_all, row, rows_of
from tests.world import World


def one_by_one(reply: Reply) -> Reply:
    """Answers that are made one after another: they share a connection to the database."""
    busy = asyncio.Lock()

    async def wait(hook: Hook) -> bytes:
        async with busy:
            return await reply(hook)

    return wait


async def told(owner: asyncpg.Connection, endpoint_id: str) -> list[tuple[str, str, str | None]]:
    """What was said about an endpoint: type, changed, actor."""
    rows = await rows_of(owner, "outbox_event", "subject", endpoint_id)
    return [(one["type"], one["changed"], one["actor"]) for one in rows if one["type"] != "webhook_endpoint.ping"]


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
async def test_fourteen_attempts_by_the_schedule_then_it_is_dead_and_said_so(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, sender: Sender,
    *, jitter: float,
) -> None:  # fmt: skip
    made = await endpoint()
    began, tries, deliverer = clock.time, list[datetime](), Deliverer(sender, jitter=lambda: jitter)
    (bad,) = await due(world)

    async def refuse(hook: Hook) -> bytes:
        if hook.event["subject"] != bad:
            return OK
        tries.append(clock.time)
        return status("500 Oh")

    receiver.reply = refuse
    for place, wait in enumerate(schedule.DELAYS):
        clock.advance(seconds=wait.total_seconds() * (0.8 + 0.4 * jitter) - 1)
        # All is well but for this one, so the endpoint is not given up.
        await due(world)
        await deliver(deliverer)
        assert len(tries) == place
        clock.advance(seconds=1)
        await deliver(deliverer)
        assert len(tries) == place + 1

    waited = sum(schedule.DELAYS, timedelta()) * (0.8 + 0.4 * jitter)
    assert abs(tries[-1] - began - waited) < timedelta(seconds=1)
    (dead, *_) = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert (dead["status"], dead["attempts"], dead["last_status"], dead["last_error"]) == ("dead", 14, 500, "status")
    assert await told(owner, made["id"]) == [("webhook_endpoint.delivery_exhausted", "[]", None)]
    logged = await rows_of(owner, "attempt", "delivery_id", dead["id"])
    assert [one["number"] for one in logged] == list(range(1, 15))
    clock.advance(days=30)
    assert await deliver(deliverer) == 0


async def test_others_hear_of_a_lost_delivery_but_not_of_news_that_is_lost_too(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    failing, other = await endpoint(), await endpoint(types=("webhook_endpoint.*",))
    receiver.script = [status("500 Oh")] * 2
    await due(world)
    for _ in range(3):
        await owner.execute("update delivery set attempts = 13 where status = 'pending'")
        await owner.execute("update webhook_endpoint set lease_until = null where id = $1", failing["id"])
        await deliver(deliverer)
        await relay_all()

    assert receiver.types == ["person.created", "webhook_endpoint.delivery_exhausted"]
    assert [kind for kind, *_ in await told(owner, failing["id"])] == ["webhook_endpoint.delivery_exhausted"]
    assert await told(owner, other["id"]) == []


async def test_a_delivery_that_kills_workers_is_given_up_unsent(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await due(world)
    await owner.execute("update delivery set attempts = 14 where endpoint_id = $1", made["id"])

    assert await deliver(deliverer) == 0

    assert receiver.hooks == []
    dead = await only(owner, made["id"])
    assert (dead["status"], dead["attempts"], dead["last_error"]) == ("dead", 14, "abandoned")
    assert await rows_of(owner, "attempt", "delivery_id", dead["id"]) == []
    assert [kind for kind, *_ in await told(owner, made["id"])] == ["webhook_endpoint.delivery_exhausted"]


async def test_a_receiver_may_put_the_retry_off(
    world: World,
    owner: asyncpg.Connection,
    clock: TestClock,
    endpoint: MakeEndpoint,
    receiver: Lms,
    deliverer: Deliverer,
) -> None:
    made = await endpoint()
    receiver.script = [status("503 Busy", "retry-after: 600")]
    await due(world)
    await deliver(deliverer)

    waiting = await only(owner, made["id"])
    assert (waiting["status"], waiting["due_at"]) == ("pending", clock.time + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("answer", "reason", "ended"),
    [
        (status("410 Gone"), "gone", "held"),
        (status("200 OK", "webhook-delivery: disable"), "asked", "delivered"),
        (status("500 Oh", "webhook-delivery: disable"), "asked", "held"),
    ],
)
async def test_a_receiver_that_wants_no_more_gets_no_more(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deliverer: Deliverer, *, answer: bytes, reason: str, ended: str,
) -> None:  # fmt: skip
    made = await endpoint()
    later = await endpoint(types=("session.*",))
    receiver.script = [answer]
    await due(world)
    await world.person()
    await owner.execute("update outbox_event set retry_at = 'infinity' where relayed_at is null")
    waiting = {"organisation_id": world.organisation_id, "endpoint_id": made["id"]}
    await owner.execute(
        "insert into delivery (organisation_id, id, version, created_at, updated_at, endpoint_id, event_id, event_type,"
        " sequence, status, attempts, due_at) values ($1, 'dlv_waiting', 1, $3, $3, $2, 'evt_x', 'x', 9, 'pending', 3,"
        " $3::timestamptz + interval '1 hour')",
        *waiting.values(),
        clock.time,
    )

    await deliver(deliverer)

    off = await row(owner, "webhook_endpoint", made["id"])
    assert (off["status"], off["disabled_reason"], off["version"]) == ("disabled", reason, 2)
    statuses = [one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])]
    assert statuses == [ended, "held"]
    assert await told(owner, made["id"]) == [("webhook_endpoint.disabled", '["status"]', None)]
    assert (await row(owner, "webhook_endpoint", later["id"]))["status"] == "enabled"


async def test_enabling_releases_what_was_held(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    receiver.script = [status("410 Gone")]
    await due(world)
    await deliver(deliverer)
    await due(world)
    assert await deliver(deliverer) == 0

    await world.do("admin", "enable_webhook_endpoint", made["id"])

    assert await deliver(deliverer) == 2
    assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])} == {"delivered"}


async def test_what_was_on_its_way_when_its_endpoint_was_turned_off_counts_if_it_arrived(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    gone, *_ = await due(world, 2)
    is_off = asyncio.Event()

    async def leave(hook: Hook) -> bytes:
        if hook.event["subject"] == gone:
            return status("410 Gone")
        while (await row(owner, "webhook_endpoint", made["id"]))["status"] == "enabled":
            pass
        is_off.set()
        return OK

    receiver.reply = one_by_one(leave)
    await deliver(deliverer)

    assert is_off.is_set()
    statuses = [one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])]
    assert sorted(statuses) == ["delivered", "held"]
    assert [kind for kind, *_ in await told(owner, made["id"])] == ["webhook_endpoint.disabled"]


async def test_an_old_address_cannot_turn_off_a_new_one(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()

    async def move_away(_hook: Hook) -> bytes:
        await world.do("admin", "update_webhook_endpoint", made["id"], version=1, url=f"{receiver.url}/new")
        return status("410 Gone")

    receiver.reply = move_away
    await due(world)
    await deliver(deliverer)

    assert (await row(owner, "webhook_endpoint", made["id"]))["status"] == "enabled"


async def test_a_receiver_may_refuse_one_message_for_good(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    receiver.script = [status("400 No", "webhook-delivery: abort-message")]
    await due(world)
    await deliver(deliverer)

    assert (await only(owner, made["id"]))["status"] == "dead"
    assert await told(owner, made["id"]) == []


async def test_an_address_that_we_refuse_ourselves_is_not_tried_again(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms
) -> None:
    made = await endpoint()
    await due(world)
    async with Sender(allow_private=False) as strict:
        await deliver(Deliverer(strict))

    refused = await only(owner, made["id"])
    assert (refused["status"], refused["last_status"], refused["last_error"]) == ("dead", None, "url_refused")
    assert receiver.hooks == []


async def test_what_was_answered_is_kept_as_text_whatever_it_was(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    receiver.script = [b"HTTP/1.1 500 Oh\r\ncontent-length: 4\r\n\r\na\0\xffb"]
    await due(world)
    await deliver(deliverer)

    (logged,) = await rows_of(owner, "attempt", "delivery_id", (await only(owner, made["id"]))["id"])
    assert logged["response"] == "a\ufffd\ufffdb"


@pytest.mark.parametrize(("answer", "ended", "attempts"), [(status("500 Oh"), "pending", 2), (OK, "delivered", 1)])
async def test_a_worker_whose_lease_ran_out_is_believed_only_if_it_delivered(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deliverer: Deliverer, *, answer: bytes, ended: str, attempts: int,
) -> None:  # fmt: skip
    made = await endpoint()
    lease = timedelta(seconds=60)

    async def dawdle(_hook: Hook) -> bytes:
        clock.advance(minutes=2)
        (lane,) = await claims.lanes("other", limit=1, lease=lease)
        assert await load(lane)
        return answer

    receiver.reply = dawdle
    await due(world)
    await deliver(deliverer)

    now = await only(owner, made["id"])
    assert (now["status"], now["attempts"]) == (ended, attempts)
    assert len(await rows_of(owner, "attempt", "delivery_id", now["id"])) == 1
    assert (await row(owner, "webhook_endpoint", made["id"]))["lease_by"] == "other"
