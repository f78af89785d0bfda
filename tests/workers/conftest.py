"""What tests of the workers stand on: a quiet database, a worker without chance, a receiver."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from app.webhooks.sender import Sender
from app.workers.deliver import Deliverer
from app.workers.run import Worker
from tests.workers.lms import Lms, listening
from tests.world import World

MakeEndpoint = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(autouse=True)
async def quiet(world: World, owner: asyncpg.Connection) -> None:
    """Nothing waits for a worker: not what other tests left behind, nor the founding of our world."""
    await owner.execute("update outbox_event set relayed_at = now() where relayed_at is null")
    await owner.execute("update delivery set status = 'delivered' where status = 'pending'")
    await owner.execute("update operation set status = 'cancelled' where status in ('queued', 'running')")
    await owner.execute("update webhook_endpoint set verification = 'failed' where verification = 'pending'")


@pytest.fixture
def worker() -> Worker:
    """A worker, to be drained."""
    return Worker()


@pytest.fixture(name="receiver")
async def _receiver() -> AsyncIterator[Lms]:
    """An LMS that listens."""
    async with listening() as lms:
        yield lms


@pytest.fixture
async def sender(world: World) -> AsyncIterator[Sender]:
    """A sender that may call the receiver."""
    async with Sender(allow_private=True) as it:
        yield it


@pytest.fixture
def deliverer(sender: Sender) -> Deliverer:
    """A deliverer whose retries come exactly when the schedule says."""
    return Deliverer(sender, jitter=lambda: 0.5)


@pytest.fixture
def endpoint(world: World, receiver: Lms, owner: asyncpg.Connection) -> MakeEndpoint:
    """Make an endpoint at the receiver, with its secret in the answer; its first ping is never sent."""

    async def make(url: str | None = None, *, types: tuple[str, ...] = ("person.*",), **wishes: Any) -> dict[str, Any]:
        asked = {"url": url or receiver.url, "types": list(types), **wishes}
        made = await world.do("admin", "create_webhook_endpoint", **asked)
        await owner.execute("update outbox_event set relayed_at = now() where subject = $1", made["id"])
        return made

    return make
