"""Operations in the hands of workers: chunk by chunk, through crashes, stops, failures and cancellations."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from app import db as database
from app import ids
from app.auth.actor import Role
from app.db import Db
from app.domain.operations import inputs, service
from app.domain.operations.work import Job, Work
from app.domain.people.models import Person
from app.errors import Fault, Invalid, Unavailable
from app.reading.run import Absent
from app.workers.operate import MOST_ATTEMPTS, Operator
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.workers.steps import row, rows_of
from tests.world import World

KIND = "rehearsal"
Make = Callable[..., Awaitable[str]]


@pytest.fixture
def make(world: World) -> Make:
    """Begin an operation of our kind; its id."""

    async def begin(by: str = "admin", **options: Any) -> str:
        async with database.current().writing(world.organisation_id) as db:
            return (await service.begin(db, world.actors[by], KIND, **options)).id

    return begin


def operator(job: Job) -> Operator:
    """A worker's operator that knows our kind alone."""
    return Operator({KIND: job})


def someone(db: Db, name: str) -> None:
    """Write a person down: something that a chunk does."""
    db.add(
        Person(
            organisation_id=db.organisation_id,
            id=ids.new("per"),
            external_id=name,
            given_name=name,
            family_name="Doe",
            display_name=name,
            rank_level=3,
            zone="UTC",
        )
    )


async def three_people(work: Work) -> None:
    """A job of three chunks."""
    for number in range(work.report.done, 3):
        async with work.chunk() as db:
            someone(db, f"p{number}")
            work.report.created += 1
            work.progress(number + 1, 3)


async def made(owner: asyncpg.Connection, world: World) -> list[str]:
    """Whom the job has written down."""
    found = await rows_of(owner, "person", "organisation_id", world.organisation_id)
    return [one["external_id"] for one in found if one["external_id"]]


async def kept(owner: asyncpg.Connection, operation_id: str) -> list[bytes]:
    """What is kept for an operation to work on."""
    found = await owner.fetch("select sealed from operation_input where operation_id = $1", operation_id)
    return [one["sealed"] for one in found]


async def test_an_operation_is_done_and_told(make: Make, world: World, owner: asyncpg.Connection) -> None:
    operation_id = await make(subject_ids=["per_x"])

    assert await operator(three_people).step()

    seen = await world.see("admin", operation_id)
    assert seen is not None
    assert (seen["status"], seen["done"], seen["total"], seen["created"]) == ("succeeded", 3, 3, 3)
    assert seen["started_at"]
    assert seen["finished_at"]
    assert await made(owner, world) == ["p0", "p1", "p2"]
    (event,) = await world.told(operation_id)
    assert (event.type, event.data) == ("operation.succeeded", {"operation_id": operation_id, "kind": KIND})
    assert event.actor == world.people["admin"]


async def test_there_is_nothing_to_do_when_nothing_waits(world: World) -> None:
    assert not await operator(three_people).step()


async def test_an_operation_of_an_unknown_kind_is_left_alone(make: Make, owner: asyncpg.Connection) -> None:
    operation_id = await make()

    assert not await Operator({"other": three_people}).step()

    assert (await row(owner, "operation", operation_id))["attempts"] == 0


async def test_after_a_crash_another_worker_goes_on_after_the_last_chunk(
    make: Make, world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    operation_id = await make()

    async def die(work: Work) -> None:
        async with work.chunk() as db:
            someone(db, "p0")
            work.progress(1, 3)
        async with work.chunk() as db:
            someone(db, "half")
            work.progress(2)
            await db.flush()
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await operator(die).step()
    assert not await operator(three_people).step()
    clock.advance(seconds=61)
    assert await operator(three_people).step()

    assert await made(owner, world) == ["p0", "p1", "p2"]
    found = await row(owner, "operation", operation_id)
    assert (found["status"], found["done"], found["created"]) == ("succeeded", 3, 2)


async def test_two_workers_never_do_the_same(make: Make, world: World, owner: asyncpg.Connection) -> None:
    await make()

    found = await asyncio.gather(*(operator(three_people).step() for _ in range(4)))

    assert sorted(found) == [False, False, False, True]
    assert await made(owner, world) == ["p0", "p1", "p2"]


async def test_a_worker_that_lost_its_lease_keeps_nothing_of_its_chunk(
    make: Make, world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    operation_id = await make()

    async def sleep_long(work: Work) -> None:
        clock.advance(seconds=61)
        assert await operator(three_people).step()
        async with work.chunk():
            pytest.fail("the operation is another's")

    assert await operator(sleep_long).step()

    assert await made(owner, world) == ["p0", "p1", "p2"]
    assert len(await world.told(operation_id)) == 1


async def test_operations_of_one_organisation_run_one_after_the_other(make: Make, world: World) -> None:
    first, second = await make(), await make()
    order: list[str] = []

    async def look(work: Work) -> None:
        assert not await operator(look).step()
        order.append(work.operation_id)

    while await operator(look).step():
        pass

    assert order == [first, second]


async def test_a_cancelled_operation_stops_between_two_chunks(
    make: Make, world: World, owner: asyncpg.Connection
) -> None:
    operation_id = await make(work_on=b"rows")

    async def be_cancelled(work: Work) -> None:
        async with work.chunk() as db:
            someone(db, "p0")
            work.progress(1)
        await world.do("admin", "cancel_operation", operation_id)
        async with work.chunk():
            pytest.fail("it was cancelled")

    assert await operator(be_cancelled).step()

    assert await made(owner, world) == ["p0"]
    found = await row(owner, "operation", operation_id)
    assert (found["status"], found["done"], found["lease_by"]) == ("cancelled", 1, None)
    assert [event.type for event in await world.told(operation_id)] == ["operation.cancelled"]
    assert not await kept(owner, operation_id)
    with refused("operation_state_conflict"):
        await world.do("admin", "cancel_operation", operation_id)


async def test_a_stop_lays_the_operation_down_for_whoever_comes_next(
    make: Make, world: World, owner: asyncpg.Connection
) -> None:
    operation_id = await make()

    async def be_stopped(work: Work) -> None:
        async with work.chunk() as db:
            someone(db, "p0")
            work.report.created += 1
            work.progress(1)
        stopped.stop()
        async with work.chunk():
            pytest.fail("the worker stops")

    stopped = operator(be_stopped)
    assert await stopped.step()
    assert not await stopped.step()
    assert (await row(owner, "operation", operation_id))["status"] == "running"
    assert await operator(three_people).step()

    assert await made(owner, world) == ["p0", "p1", "p2"]


async def test_what_an_operation_works_on_is_sealed_and_gone_when_it_ends(
    make: Make, world: World, owner: asyncpg.Connection
) -> None:
    operation_id = await make(work_on=b"Ada Lovelace")
    (sealed,) = await kept(owner, operation_id)
    assert b"Ada" not in sealed

    async def read(work: Work) -> None:
        async with work.chunk() as db:
            assert await inputs.of(db, work.operation_id) == b"Ada Lovelace"

    await operator(read).step()

    assert (await row(owner, "operation", operation_id))["status"] == "succeeded"
    assert not await kept(owner, operation_id)


async def test_a_dry_run_reports_the_same_and_keeps_nothing(
    make: Make, world: World, owner: asyncpg.Connection
) -> None:
    operation_id = await make(dry_run=True)

    async def try_out(work: Work) -> None:
        await three_people(work)
        work.refuse(3, Invalid("No.", faults=(Fault("is missing", code="missing", pointer="/given_name"),)))

    await operator(try_out).step()

    seen = await world.see("admin", operation_id)
    assert seen is not None
    assert (seen["status"], seen["dry_run"], seen["done"], seen["created"]) == ("succeeded", True, 3, 3)
    error = {"row": 3, "pointer": "/given_name", "code": "missing", "detail": "is missing"}
    assert (seen["refused"], seen["errors"]) == (1, [error])
    assert await made(owner, world) == []


async def test_a_dry_run_that_was_broken_off_begins_anew(make: Make, world: World, owner: asyncpg.Connection) -> None:
    operation_id = await make(dry_run=True)

    async def break_off(work: Work) -> None:
        async with work.chunk() as db:
            someone(db, "p0")
            work.report.created += 1
            work.progress(1)
        broken.stop()
        async with work.chunk():
            pytest.fail("the worker stops")

    broken = operator(break_off)
    await broken.step()
    await operator(three_people).step()

    assert (await row(owner, "operation", operation_id))["created"] == 3
    assert await made(owner, world) == []


async def test_of_many_refused_rows_the_first_thousand_are_named(make: Make, world: World) -> None:
    operation_id = await make()

    async def refuse_all(work: Work) -> None:
        async with work.chunk():
            for number in range(1, 1003):
                work.refuse(number, Invalid("Not wanted."))

    await operator(refuse_all).step()

    seen = await world.see("admin", operation_id)
    assert seen is not None
    assert (seen["refused"], len(seen["errors"]), seen["errors"][-1]["row"]) == (1002, 1000, 1000)


async def test_an_expected_failure_is_told_in_its_own_words(make: Make, world: World) -> None:
    operation_id = await make()

    async def fail(_: Work) -> None:
        raise Invalid("The programme is gone.")

    await operator(fail).step()

    seen = await world.see("admin", operation_id)
    assert seen is not None
    assert (seen["status"], seen["failure_code"], seen["failure_detail"]) == (
        "failed",
        "invalid",
        "The programme is gone.",
    )
    assert [event.type for event in await world.told(operation_id)] == ["operation.failed"]


@pytest.mark.parametrize("error", [ValueError("Ada Lovelace"), Unavailable("Not now.")])
async def test_another_failure_is_tried_again_and_given_up_in_the_end(
    error: Exception, make: Make, world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    operation_id = await make()
    tries = 0

    async def fail(work: Work) -> None:
        nonlocal tries
        tries += 1
        async with work.chunk() as db:
            someone(db, "never")
            raise error

    while (await row(owner, "operation", operation_id))["status"] in ("queued", "running"):
        assert await operator(fail).step()
        assert not await operator(fail).step()
        clock.advance(minutes=1)

    assert tries == MOST_ATTEMPTS
    found = await row(owner, "operation", operation_id)
    assert found["failure_code"] == ("unavailable" if isinstance(error, Unavailable) else "internal")
    assert "Ada" not in found["failure_detail"]
    assert await made(owner, world) == []


async def test_progress_is_rewarded_with_new_attempts(make: Make, owner: asyncpg.Connection, clock: TestClock) -> None:
    operation_id = await make()

    async def stumble(work: Work) -> None:
        done = work.report.done
        async with work.chunk():
            work.progress(done + 1)
        if done < 2 * MOST_ATTEMPTS:
            raise ValueError

    while await operator(stumble).step():
        clock.advance(minutes=1)

    found = await row(owner, "operation", operation_id)
    assert (found["status"], found["done"]) == ("succeeded", 2 * MOST_ATTEMPTS + 1)


async def test_an_operation_that_kills_its_workers_comes_to_an_end(
    make: Make, owner: asyncpg.Connection, clock: TestClock
) -> None:
    operation_id = await make()

    async def kill(_: Work) -> None:
        raise asyncio.CancelledError

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(asyncio.CancelledError):
            await operator(kill).step()
        clock.advance(seconds=61)
    assert await operator(kill).step()

    found = await row(owner, "operation", operation_id)
    assert (found["status"], found["failure_code"]) == ("failed", "internal")


async def test_whoever_asked_sees_an_operation_and_administrators_and_auditors_see_all(
    make: Make, world: World
) -> None:
    await world.newcomer("other coordinator", Role.COORDINATOR)
    await world.newcomer("auditor", Role.AUDITOR)

    seen = {by: await world.seen_by(await make(by)) for by in ("admin", "coordinator", "service")}

    assert seen == {
        "admin": {"admin", "auditor"},
        "coordinator": {"admin", "auditor", "coordinator"},
        "service": {"admin", "auditor", "service"},
    }


async def test_whoever_sees_an_operation_may_cancel_it_but_for_auditors(make: Make, world: World) -> None:
    await world.newcomer("other coordinator", Role.COORDINATOR)
    await world.newcomer("auditor", Role.AUDITOR)
    operation_id = await make("coordinator")

    with pytest.raises(Absent):
        await world.do("other coordinator", "cancel_operation", operation_id)
    with refused("forbidden"):
        await world.do("auditor", "cancel_operation", operation_id)
    assert (await world.do("coordinator", "cancel_operation", operation_id))["status"] == "cancelled"
