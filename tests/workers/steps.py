"""What tests of the workers do again and again."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg

from app.workers import loading
from app.workers.claims import Lane
from app.workers.deliver import Deliverer
from app.workers.loading import Ask, Load
from app.workers.relay import Relay
from tests.world import World


async def relay_all(*relays: Relay) -> int:
    """Relay until nothing is due, by several at once if need be; how many events were taken."""

    async def run(one: Relay) -> int:
        taken = 0
        while (count := await one.step()) is not None:
            taken += count
        return taken

    return sum(await asyncio.gather(*(run(one) for one in relays or (Relay(),))))


async def due(world: World, count: int = 1) -> list[str]:
    """Let so many events be due to whoever wants people; their subjects."""
    people = [await world.person() for _ in range(count)]
    await relay_all()
    return people


async def deliver(deliverer: Deliverer) -> int:
    """Deliver until no endpoint can be served now; how many requests were sent."""
    before = deliverer.tally.sent
    while await deliverer.step():
        await deliverer.finish()
    return deliverer.tally.sent - before


async def row(owner: asyncpg.Connection, table: str, row_id: str) -> dict[str, Any]:
    """A row as it is now."""
    return dict(await owner.fetchrow(f"select * from {table} where id = $1", row_id))  # noqa: S608


async def rows_of(owner: asyncpg.Connection, table: str, column: str, value: str) -> list[dict[str, Any]]:
    """Rows by the value of a column, in id order, which is the order of their making."""
    found = await owner.fetch(f"select * from {table} where {column} = $1 order by id", value)  # noqa: S608
    return [dict(one) for one in found]


async def only(owner: asyncpg.Connection, endpoint_id: str) -> dict[str, Any]:
    """The one delivery of an endpoint."""
    (found,) = await rows_of(owner, "delivery", "endpoint_id", endpoint_id)
    return found


async def load(lane: Lane, *, limit: int = 10, lease: timedelta = timedelta(seconds=60)) -> Load | Exception | None:
    """Take what a lane sends next."""
    (found,) = await loading.load([Ask(lane, limit)], lease=lease)
    return found
