"""Events that are too old go, from the beginning on, and nobody who is owed one loses it."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app import db as database
from app import ids
from app.domain.organisations.retention import DataClass
from app.domain.privacy import retaining
from app.workers.forgetting import forget_events
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.workers.steps import row
from tests.world import World


class Log:
    """The events of an organisation, by their age in days."""

    def __init__(self, world: World, owner: asyncpg.Connection, clock: TestClock) -> None:
        self._world, self._owner, self._clock = world, owner, clock

    async def write(self, *ages: float, sequence: int | None = None) -> list[str]:
        """Events that are so old, in this order; their ids."""
        made = []
        for age in ages:
            at = self._clock.time - timedelta(days=age)
            made.append(ids.first_at("evt", at)[:-6] + ids.new("evt")[-6:])
            await self._owner.execute(
                "insert into outbox_event (organisation_id, id, sequence, type, subject, visibility, changed, data, "
                "occurred_at, relayed_at, failures) select $1, $2, coalesce($4, 1 + coalesce(max(sequence), 0)), "
                "'person.created', 'per', 'programme', '[]', '{}', $3, $3, 0 from outbox_event "
                "where organisation_id = $1",
                *(self._world.organisation_id, made[-1], at, sequence),
            )
        return made

    async def owe(self, event_id: str, status: str) -> str:
        """Let an event be due to an endpoint; the id of the delivery."""
        made = await self._world.do("admin", "create_webhook_endpoint", url="https://hooks.example.com/in")
        await self._owner.execute("delete from outbox_event where subject = $1", made["id"])
        delivery_id = ids.new("dlv")
        await self._owner.execute(
            "insert into delivery values ($1, $2, 1, $3, $3, $4, $5, 'person.created', 1, $6, 1, $3)",
            *(self._world.organisation_id, delivery_id, self._clock.time, made["id"], event_id, status),
        )
        return delivery_id

    async def left(self) -> list[int]:
        """The numbers of those that are still there."""
        query = "select sequence from outbox_event where organisation_id = $1 order by sequence"
        return [found["sequence"] for found in await self._owner.fetch(query, self._world.organisation_id)]

    async def forget(self, limit: int = 100) -> bool:
        """One bite; whether there may be more."""
        async with database.current().writing(self._world.organisation_id) as db:
            days = await retaining.keep_days(db, DataClass.EVENTS)
        return await forget_events(self._world.organisation_id, days, limit=limit)


@pytest.fixture
async def log(world: World, owner: asyncpg.Connection, clock: TestClock) -> Log:
    """An empty log."""
    await owner.execute("delete from outbox_event where organisation_id = $1", world.organisation_id)
    return Log(world, owner, clock)


async def test_events_go_after_ninety_days(log: Log) -> None:
    await log.write(200, 91, 90.01, 89.99, 1)

    assert not await log.forget()

    assert await log.left() == [4, 5]


async def test_old_events_go_bite_by_bite(log: Log) -> None:
    await log.write(99, 98, 97, 96, 1)

    assert [await log.forget(limit=2) for _ in range(3)] == [True, True, False]

    assert await log.left() == [5]


async def test_the_last_of_all_stays_to_say_how_far_the_numbers_had_come(log: Log) -> None:
    await log.write(300, 200)

    await log.forget()

    assert await log.left() == [2]


@pytest.mark.parametrize("status", ["pending", "held"])
async def test_an_event_that_is_still_owed_stays_and_so_do_those_behind_it(log: Log, status: str) -> None:
    made = await log.write(99, 98, 97, 1)
    await log.owe(made[1], status)

    await log.forget()

    assert await log.left() == [2, 3, 4]


@pytest.mark.parametrize("status", ["delivered", "dead"])
async def test_an_event_that_nobody_waits_for_goes_and_is_not_sent_again(
    world: World, log: Log, owner: asyncpg.Connection, status: str
) -> None:
    made = await log.write(99, 1)
    delivery_id = await log.owe(made[0], status)

    await log.forget()

    assert await log.left() == [2]
    with refused("event_forgotten"):
        await world.do("admin", "retry_delivery", delivery_id)
    assert (await row(owner, "delivery", delivery_id))["status"] == status


async def test_what_failed_to_have_its_consequences_stays(world: World, log: Log, owner: asyncpg.Connection) -> None:
    made = await log.write(99, 98, 1)
    await owner.execute("update outbox_event set relayed_at = null where id = $1", made[1])

    await log.forget()

    assert await log.left() == [2, 3]
    await owner.execute("update outbox_event set relayed_at = now() where id = $1", made[1])


async def test_tests_of_an_endpoint_go_by_themselves(log: Log) -> None:
    await log.write(300)
    alone = await log.write(200, 99, 1, sequence=0)
    await log.owe(alone[1], "held")

    await log.forget()

    assert await log.left() == [0, 0, 1]


async def test_an_organisation_decides_how_long(world: World, log: Log, owner: asyncpg.Connection) -> None:
    query = "select id from retention_policy where organisation_id = $1 and data_class = 'events'"
    policy: Any = await owner.fetchval(query, world.organisation_id)
    await log.write(200, 99, 8, 6)

    await world.do("admin", "update_retention_policy", policy, keep_days=7)
    await log.forget()

    assert await log.left() == [4]
