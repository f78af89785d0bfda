"""Replicas count together: what one admits, the others hear of within a second, and a debt is paid back."""

import asyncio
from typing import Any

import asyncpg
import pytest

from app import config
from app import db as database
from app.config import Settings
from app.quotas import exchange
from app.quotas.admission import Budgets
from app.quotas.buckets import Budget, Key
from app.quotas.exchange import Exchange
from tests.conftest import NOON, TestClock
from tests.quotas.conftest import Limit
from tests.world import World

Replica = tuple[Budget, Exchange]
NOW = NOON.timestamp()


@pytest.fixture
def key(world: World) -> Key:
    """A bucket that no other test knows."""
    return world.organisation_id, "key"


def replica(units: int = 60) -> Replica:
    """A process with one budget, of a second for each unit."""
    budget = Budget("credential", units)
    return budget, Exchange([budget])


async def test_what_one_replica_admits_the_other_hears_of(key: Key) -> None:
    (here, to_there), (there, to_here) = replica(), replica()
    here.draw(key, 40, NOW)
    there.draw(key, 10, NOW)

    await to_there.step()
    await to_here.step()

    assert there.level(key, NOW)[0] == 10
    assert here.level(key, NOW)[0] == 20
    here.draw(key, 1, NOW)
    await to_there.step()
    assert here.level(key, NOW)[0] == 9


async def test_what_was_drawn_too_much_is_paid_back(key: Key, clock: TestClock) -> None:
    replicas = [replica() for _ in range(3)]
    for budget, _ in replicas:
        budget.draw(key, 60, NOW)
    for _, step in replicas:
        await step.step()

    budget, _ = replicas[-1]
    assert budget.level(key, NOW) == (0, 180)
    assert budget.wait(key, 1, NOW) == pytest.approx(121)


async def test_what_is_drawn_while_we_ask_is_not_lost(key: Key, opened: database.Database) -> None:
    budget, step = replica()
    budget.draw(key, 10, NOW)
    asking = asyncio.create_task(step.step())
    await asyncio.sleep(0)
    assert not budget.drawn

    budget.draw(key, 5, NOW)
    await asking

    assert budget.level(key, NOW)[0] == 45
    assert (budget.drawn or {})[key] == pytest.approx(5.0)


async def test_what_could_not_be_told_is_told_the_next_time(
    key: Key, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget, step = replica()
    budget.draw(key, 10, NOW)
    away = database.Database("postgresql://nobody@/flipside?host=/nowhere", settings)
    with monkeypatch.context() as patch:
        patch.setattr(database, "_database", away)
        with pytest.raises(OSError, match="No such file"):
            await step.step()
    await away.close()

    assert (budget.drawn or {})[key] == pytest.approx(10.0)
    await step.step()
    assert budget.drawn == {}
    assert budget.level(key, NOW)[0] == 50


async def test_full_buckets_are_forgotten_for_all(key: Key, clock: TestClock, owner: asyncpg.Connection) -> None:
    budget, step = replica()
    budget.draw(key, 10, NOW)
    await step.step()
    count = "select count(*) from quota_level where organisation_id = $1"
    assert await owner.fetchval(count, key[0]) == 1

    clock.advance(seconds=61)
    await step.step()

    assert await owner.fetchval(count, key[0]) == 0


async def test_addresses_stay_where_they_are(limit: Limit) -> None:
    kept = limit(credential=1, organisation=1, operation=1, address=1)

    assert [budget.name for budget in kept.shared()] == ["credential", "organisation", "operation"]


async def test_requests_can_not_write_levels(world: World) -> None:
    async def write() -> Any:
        async with database.current().writing(world.organisation_id) as db:
            await db.fetch("delete from quota_level")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await write()


async def test_it_runs_beside_the_requests(
    key: Key, limit: Limit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, told, step = 0, asyncio.Event(), Exchange.step

    async def watched(self: Exchange) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            # A database that is away leaves us counting alone.
            raise OSError
        await step(self)
        told.set()

    monkeypatch.setattr(config, "settings", lambda: settings.model_copy(update={"quota_store": "postgres"}))
    monkeypatch.setattr(exchange, "EXCHANGE_SECONDS", 0)
    monkeypatch.setattr(Exchange, "step", watched)
    made = limit(credential=60)
    monkeypatch.setattr(exchange, "budgets", lambda: made)
    assert made.credential is not None

    async with exchange.running():
        await asyncio.sleep(0)
        made.credential.draw(key, 10, NOW)
        await asyncio.wait_for(told.wait(), 10)

    budget, other = replica()
    budget.draw(key, 1, NOW)
    await other.step()
    assert budget.level(key, NOW)[0] == 49


async def test_alone_nothing_is_exchanged(settings: Settings) -> None:
    made = Budgets(settings.model_copy(update={"rate_limit_credential": 1}))

    async with exchange.running():
        assert made.credential is not None
        assert made.credential.drawn is None
