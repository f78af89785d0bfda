"""What waits for what: nothing, what is of the same subject, or everything."""

import asyncio
import random
from collections import defaultdict
from datetime import timedelta

import asyncpg
import pytest

from app.webhooks.sender import Sender
from app.workers import claims
from app.workers.deliver import Deliverer
from app.workers.loading import Load
from tests.conftest import TestClock
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, Reply, status
from tests.workers.steps import deliver, due, load, relay_all, rows_of
from tests.world import World

LEASE = timedelta(seconds=60)


async def change(world: World, person_id: str, times: int = 1) -> None:
    """Let so many more events of a person be due."""
    for place in range(times):
        await world.do("admin", "update_person", person_id, title=f"Title {place}")
    await relay_all()


def arrived(receiver: Lms) -> list[tuple[str, int]]:
    """What the receiver accepted or not, in the order of arrival: subject and sequence."""
    return [(hook.event["subject"], hook.event["sequence"]) for hook in receiver.hooks]


def refusing(bad: set[int]) -> Reply:
    """Refuse these sequences, once each."""

    async def reply(hook: Hook) -> bytes:
        if hook.event["sequence"] not in bad:
            return OK
        bad.remove(hook.event["sequence"])
        return status("500 Oh")

    return reply


async def three_of_one_and_one_of_another(world: World) -> tuple[str, str]:
    """Four events: the first, third and fourth of one person, the second of another."""
    one, other = await due(world, 2)
    await change(world, one, 2)
    return one, other


@pytest.mark.parametrize(
    ("ordering", "first", "later"),
    [
        ("none", [1, 2, 3, 4], [1]),
        ("key", [1, 2], [1, 3, 4]),
        ("strict", [1], [1, 2, 3, 4]),
    ],
)
async def test_a_delivery_that_waits_to_be_tried_again_holds_back_what_its_ordering_says(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, *, ordering: str,
    first: list[int], later: list[int],
) -> None:  # fmt: skip
    await endpoint(ordering=ordering)
    await three_of_one_and_one_of_another(world)
    receiver.reply = refusing({1})

    await deliver(deliverer)
    assert sorted(sequence for _, sequence in arrived(receiver)) == first
    receiver.hooks.clear()
    clock.advance(seconds=5)
    await deliver(deliverer)

    assert [sequence for _, sequence in arrived(receiver)] == later


@pytest.mark.parametrize("ordering", ["key", "strict"])
async def test_one_that_is_given_up_lets_the_next_go(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, ordering: str
) -> None:
    await endpoint(ordering=ordering)
    one, other = await three_of_one_and_one_of_another(world)
    receiver.script = [status("400 No", "webhook-delivery: abort-message")]

    await deliver(deliverer)
    clock.advance(seconds=2)
    await deliver(deliverer)

    assert sorted(arrived(receiver)) == sorted([(one, 1), (other, 2), (one, 3), (one, 4)])
    assert [sequence for subject, sequence in arrived(receiver) if subject == one] == [1, 3, 4]


async def test_of_one_subject_no_two_are_on_their_way_at_once(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint(ordering="key")
    one, _ = await three_of_one_and_one_of_another(world)
    under_way = list[str]()

    async def look(hook: Hook) -> bytes:
        subject = hook.event["subject"]
        assert subject not in under_way
        under_way.append(subject)
        await asyncio.sleep(0)
        under_way.remove(subject)
        return OK

    receiver.reply = look
    assert await deliver(deliverer) == 4
    assert [sequence for subject, sequence in arrived(receiver) if subject == one] == [1, 3, 4]


@pytest.mark.parametrize("ordering", ["key", "strict"])
@pytest.mark.parametrize("seed", [1, 2])
async def test_the_order_is_kept_under_random_failures_with_two_workers(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, sender: Sender,
    *, ordering: str, seed: int,
) -> None:  # fmt: skip
    made, chance = await endpoint(ordering=ordering), random.Random(seed)
    for person_id in await due(world, 4):
        await change(world, person_id, 3)
    accepted = defaultdict[str, list[int]](list)

    async def fail_now_and_then(hook: Hook) -> bytes:
        if chance.random() < 0.3:
            return status(chance.choice(["500 Oh", "503 Busy"]))
        accepted[hook.event["subject"] if ordering == "key" else ""].append(hook.event["sequence"])
        return OK

    receiver.reply = fail_now_and_then
    workers = [Deliverer(sender), Deliverer(sender)]
    waiting = "select count(*) from delivery where status = 'pending' and endpoint_id = $1"
    while await owner.fetchval(waiting, made["id"]):
        await asyncio.gather(*(deliver(worker) for worker in workers))
        clock.advance(minutes=10)

    assert sum(map(len, accepted.values())) == 16
    for sequences in accepted.values():
        assert sequences == sorted(sequences)
    assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])} == {"delivered"}


async def test_two_workers_that_ask_at_once_never_get_two_of_one_subject(world: World, endpoint: MakeEndpoint) -> None:
    await endpoint(ordering="key")
    one, _ = await three_of_one_and_one_of_another(world)
    (lane,) = await claims.lanes("one", limit=1, lease=LEASE)

    # As if the lease did not keep them apart.
    loads = await asyncio.gather(*(load(lane) for _ in range(4)))

    taken = [parcel.event for found in loads if isinstance(found, Load) for parcel in found.parcels]
    assert [event["sequence"] for event in taken if event["subject"] == one] == [1]
    assert len(taken) == 2


async def test_the_order_is_kept_when_a_worker_is_killed(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint(ordering="key")
    one, other = await three_of_one_and_one_of_another(world)
    # Takes the first of each, and is never heard of again.
    (lane,) = await claims.lanes("dead", limit=5, lease=LEASE)
    await load(lane)

    clock.advance(seconds=59)
    assert await deliver(deliverer) == 0
    clock.advance(seconds=1)
    assert await deliver(deliverer) == 4

    assert [sequence for subject, sequence in arrived(receiver) if subject == one] == [1, 3, 4]
    assert (other, 2) in arrived(receiver)


async def test_an_endpoint_that_wants_another_order_gets_what_is_due_in_that(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await three_of_one_and_one_of_another(world)
    changed = await world.do("admin", "update_webhook_endpoint", made["id"], version=1, ordering="strict")
    receiver.reply = refusing({1})

    await deliver(deliverer)
    clock.advance(seconds=5)
    await deliver(deliverer)

    assert [sequence for _, sequence in arrived(receiver)] == [1, 1, 2, 3, 4]
    assert changed["ordering"] == "strict"


async def test_an_endpoint_is_not_taken_for_what_it_may_not_get_yet(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint(ordering="strict")
    await three_of_one_and_one_of_another(world)
    receiver.script = [status("500 Oh")]
    await deliver(deliverer)

    clock.advance(seconds=3)
    assert await claims.lanes("one", limit=1, lease=LEASE) == []
    clock.advance(seconds=2)
    assert len(await claims.lanes("one", limit=1, lease=LEASE)) == 1
