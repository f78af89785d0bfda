"""Recovering and replaying: what was missed is sent again, little by little, once, and to nobody's cost."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app import clock as clocks
from app.webhooks import resending
from app.workers.deliver import Deliverer
from app.workers.operate import Operator
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.webhooks.receivers import OK
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms, status
from tests.workers.steps import deliver, due, row, rows_of
from tests.world import World

RECOVER, REPLAY = resending.RECOVER, resending.REPLAY


@pytest.fixture(autouse=True)
def _now(world: World, clock: TestClock) -> None:
    """Ids tell the time of their making by the wall clock."""
    clocks.use(None)
    clock.set(clocks.now() + timedelta(minutes=1))
    clocks.use(lambda: clock.time)


def since(clock: TestClock, **ago: float) -> datetime:
    """A time not long ago."""
    return clock.time - timedelta(**(ago or {"hours": 1}))


async def begun(world: World, intent: str, endpoint: dict[str, Any], clock: TestClock, **given: Any) -> str:
    """Begin to send again what is of the last hour; the operation."""
    made = await world.do("admin", intent, endpoint["id"], **{"since": since(clock), **given})
    return str(made["id"])


async def work_on(clock: TestClock, deliverer: Deliverer, *, bites: int = 20) -> list[int]:
    """Let the operation have its bites, a second apart, each delivered at once; how many requests each led to."""
    sent: list[int] = []
    while len(sent) < bites and await Operator().step():
        sent.append(await deliver(deliverer))
        clock.advance(seconds=3)
    return sent


async def counts(owner: asyncpg.Connection, operation_id: str) -> tuple[str, int, int | None, int, int]:
    """How far an operation is."""
    found = await row(owner, "operation", operation_id)
    return found["status"], found["done"], found["total"], found["updated"], found["unchanged"]


async def statuses(owner: asyncpg.Connection, endpoint: dict[str, Any]) -> list[str]:
    """How the deliveries of an endpoint stand, oldest first."""
    return [one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", endpoint["id"])]


async def bury(owner: asyncpg.Connection, endpoint: dict[str, Any], state: str = "dead") -> None:
    """Let all that is due to an endpoint be given up."""
    await owner.execute("update delivery set status = $2 where endpoint_id = $1", endpoint["id"], state)


async def test_what_was_given_up_is_sent_again_oldest_first_with_the_same_id(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer,
    receiver: Lms,
) -> None:  # fmt: skip
    made = await endpoint(rate_limit=4)
    people = await due(world, 5)
    await bury(owner, made)

    operation = await begun(world, RECOVER, made, clock)
    assert await work_on(clock, deliverer) == [2, 2, 1]

    assert [hook.event["subject"] for hook in receiver.hooks] == people
    events = [one["event_id"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])]
    assert [hook.headers["webhook-id"] for hook in receiver.hooks] == events
    assert {hook.headers["flipside-attempt"] for hook in receiver.hooks} == {"1"}
    assert await counts(owner, operation) == ("succeeded", 5, 5, 5, 0)
    assert [event.type for event in await world.told(operation)] == ["operation.succeeded"]


async def test_recovering_leaves_alone_what_was_accepted_and_replaying_does_not(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer,
    receiver: Lms,
) -> None:  # fmt: skip
    made = await endpoint()
    await due(world, 2)
    await deliver(deliverer)

    await begun(world, RECOVER, made, clock)
    assert await work_on(clock, deliverer) == [0]
    operation = await begun(world, REPLAY, made, clock)
    assert await work_on(clock, deliverer) == [2]

    assert await counts(owner, operation) == ("succeeded", 2, 2, 2, 0)
    ids = [hook.headers["webhook-id"] for hook in receiver.hooks]
    assert sorted(ids) == sorted(ids[:2] * 2)
    assert len(await rows_of(owner, "attempt", "endpoint_id", made["id"])) == 4


@pytest.mark.parametrize(
    ("asked", "sent"),
    [({"types": ["person.updated"]}, 1), ({"types": ["person.*"]}, 2), ({"states": ["held"]}, 0), ({}, 2)],
    ids=str,
)
async def test_one_asks_for_types_and_states(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer,
    asked: dict[str, Any], sent: int,
) -> None:  # fmt: skip
    made = await endpoint()
    person = await world.person()
    await world.do("admin", "update_person", person, given_name="Ada")
    await due(world, 0)
    await bury(owner, made)

    await begun(world, RECOVER, made, clock, **asked)

    assert sum(await work_on(clock, deliverer)) == sent


async def test_one_asks_for_a_time(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await due(world)
    await bury(owner, made)

    await begun(world, RECOVER, made, clock, until=since(clock, minutes=30))

    assert await work_on(clock, deliverer) == [0]


async def test_what_dies_again_is_not_sent_a_third_time(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer,
    receiver: Lms,
) -> None:  # fmt: skip
    made = await endpoint(rate_limit=4)
    await due(world, 3)
    await bury(owner, made)
    receiver.script = [status("500 Oh", "webhook-delivery: abort-message")] * 3

    operation = await begun(world, RECOVER, made, clock)
    await work_on(clock, deliverer)

    assert len(receiver.hooks) == 3
    assert await statuses(owner, made) == ["dead"] * 3
    assert (await counts(owner, operation))[:2] == ("succeeded", 3)


async def test_what_is_new_goes_before_what_is_left_and_waits_for_nothing_old(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer,
    receiver: Lms,
) -> None:  # fmt: skip
    made = await endpoint(rate_limit=4, ordering="strict")
    await due(world, 6)
    await bury(owner, made)
    await begun(world, RECOVER, made, clock)
    assert await Operator().step()

    (new,) = await due(world)

    # What is old fails: in the line of the new it would hold that back for days.
    async def answer(hook: Hook) -> bytes:
        return OK if hook.event["subject"] == new else status("500 Oh")

    receiver.reply = answer
    while await deliver(deliverer):
        clock.advance(seconds=3)

    assert new in [hook.event["subject"] for hook in receiver.hooks]
    assert (await statuses(owner, made))[-1] == "delivered"


async def test_nothing_more_is_let_be_due_while_enough_is(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint
) -> None:
    made = await endpoint(rate_limit=4)
    await due(world, 5)
    await bury(owner, made)
    operation = await begun(world, RECOVER, made, clock)

    for _ in range(8):
        assert await Operator().step()
        clock.advance(seconds=1)

    assert await statuses(owner, made) == ["pending", "pending", "dead", "dead", "dead"]
    assert await counts(owner, operation) == ("running", 2, 5, 2, 0)


async def test_what_was_begun_by_a_worker_that_died_is_done_once(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer,
    receiver: Lms, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made = await endpoint(rate_limit=4)
    await due(world, 5)
    await bury(owner, made)
    operation = await begun(world, RECOVER, made, clock)
    await work_on(clock, deliverer, bites=1)

    def die(_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(resending, "Paused", die)
        with pytest.raises(asyncio.CancelledError):
            await Operator().step()
    assert not await Operator().step()
    clock.advance(minutes=2)
    await work_on(clock, deliverer)

    assert len({hook.headers["webhook-id"] for hook in receiver.hooks}) == len(receiver.hooks) == 5
    assert await counts(owner, operation) == ("succeeded", 5, 5, 5, 0)


async def test_one_that_is_cancelled_lets_no_more_be_due_and_others_go_on_in_its_pauses(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    first, second = await endpoint(rate_limit=2), await endpoint(rate_limit=2)
    await due(world, 3)
    for made in (first, second):
        await bury(owner, made)
    cancelled, other = [await begun(world, RECOVER, made, clock) for made in (first, second)]

    assert await Operator().step()
    assert await Operator().step()
    await world.do("admin", "cancel_operation", cancelled)
    await deliver(deliverer)
    clock.advance(seconds=3)
    await work_on(clock, deliverer)

    assert await statuses(owner, first) == ["delivered", "dead", "dead"]
    assert await statuses(owner, second) == ["delivered"] * 3
    assert (await counts(owner, cancelled))[:2] == ("cancelled", 1)
    assert (await counts(owner, other))[:2] == ("succeeded", 3)


async def test_what_cannot_be_sent_any_more_is_counted_and_stays_as_it_is(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    made = await endpoint()
    gone, _ = await due(world, 2)
    await bury(owner, made)
    await owner.execute("delete from outbox_event where subject = $1", gone)

    operation = await begun(world, RECOVER, made, clock)
    await work_on(clock, deliverer)

    assert await statuses(owner, made) == ["dead", "delivered"]
    assert await counts(owner, operation) == ("succeeded", 2, 2, 1, 1)


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"since": 91 * 24}, "out_of_reach", "/since"),
        ({"since": -1}, "out_of_reach", "/since"),
        ({"since": 1, "until": 2}, "out_of_reach", "/since"),
    ],
)
async def test_a_time_that_makes_no_sense_is_refused(
    world: World, clock: TestClock, endpoint: MakeEndpoint, given: dict[str, int], code: str, pointer: str
) -> None:
    made = await endpoint()
    times = {name: since(clock, hours=hours) for name, hours in given.items()}

    with refused(code, pointer):
        await begun(world, REPLAY, made, clock, **times)


async def test_nothing_is_sent_again_to_an_endpoint_that_is_disabled(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint
) -> None:
    made, other = await endpoint(rate_limit=2), await endpoint()
    await due(world, 3)
    for one in (made, other):
        await bury(owner, one)
    under_way = [await begun(world, RECOVER, one, clock) for one in (made, other)]
    await world.do("admin", "disable_webhook_endpoint", made["id"])
    await owner.execute("delete from webhook_endpoint where id = $1", other["id"])

    with refused("endpoint_disabled"):
        await begun(world, REPLAY, made, clock)
    for _ in range(6):
        while await Operator().step():
            pass
        clock.advance(minutes=1)

    ended = [await row(owner, "operation", operation) for operation in under_way]
    assert [one["failure_code"] for one in ended] == ["endpoint_disabled", "not_found"]
    assert await statuses(owner, made) == ["dead"] * 3
