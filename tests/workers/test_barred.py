"""A proxy that lets nothing out: it is told of, and no endpoint pays for it."""

import asyncpg
import pytest

from app.config import Settings
from app.webhooks.sender import Sender
from app.workers.deliver import Deliverer
from app.workers.verify import Verifier
from tests.conftest import TestClock
from tests.outgoing.test_tunnelling import LED, Deployment, proxying
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Lms
from tests.workers.steps import deliver, due, only, row, rows_of
from tests.world import World


@pytest.fixture
def deployment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """Names the proxy that everything goes through."""
    return Deployment(settings, monkeypatch)


async def test_a_barred_way_out_costs_an_endpoint_no_attempt_and_no_trust(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms,
    deployment: Deployment,
) -> None:  # fmt: skip
    made = await endpoint()
    await due(world)
    async with proxying(b"HTTP/1.1 407 Who are you\r\n\r\n") as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        async with Sender(allow_private=True) as sender:
            for _ in range(20):
                await deliver(Deliverer(sender))
                clock.advance(minutes=1)
            barred, standing = await only(owner, made["id"]), await row(owner, "webhook_endpoint", made["id"])
            proxy.answer = LED
            await deliver(Deliverer(sender))

    assert (barred["status"], barred["attempts"], barred["last_error"]) == ("pending", 0, "egress_proxy")
    assert (standing["consecutive_failures"], standing["failing_since"], standing["status"]) == (0, None, "enabled")
    delivered = await only(owner, made["id"])
    assert (delivered["status"], delivered["attempts"]) == ("delivered", 1)
    tries = await rows_of(owner, "attempt", "delivery_id", delivered["id"])
    assert {(one["number"], one["error"]) for one in tries} == {(1, "egress_proxy"), (1, None)}
    assert len(receiver.hooks) == 1


async def test_an_address_that_could_not_be_asked_is_asked_again(
    world: World, clock: TestClock, receiver: Lms, deployment: Deployment
) -> None:
    made = await world.do("admin", "create_webhook_endpoint", url=receiver.url, handshake="cloudevents")
    async with proxying(b"HTTP/1.1 407 Who are you\r\n\r\n") as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        async with Sender(allow_private=True) as sender:
            await Verifier(sender).step()
            seen = await world.see("admin", made["id"]) or {}
            clock.advance(minutes=1)

            assert await Verifier(sender).step()

    assert (seen["verification"], seen["verification_error"]) == ("pending", None)
    assert len(proxy.asked) == 2
