"""An endpoint with a client certificate: everything that goes there is sent in its name."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.webhooks.sender import Sender
from app.workers.deliver import Deliverer
from app.workers.verify import Verifier
from tests.outgoing.authorities import NAME, Authority
from tests.outgoing.test_dialling import Names
from tests.webhooks.receivers import Receiver, receiver
from tests.workers.steps import deliver, due, rows_of
from tests.world import World


@pytest.fixture
def authority() -> Authority:
    """Whom both sides trust."""
    return Authority()


@pytest.fixture
async def sender(authority: Authority) -> AsyncIterator[Sender]:
    """A sender that trusts the authority, and finds every name here."""
    async with Sender(allow_private=True, resolve=Names([["127.0.0.1"]]), tls=authority.trusting()) as it:
        yield it


@pytest.fixture
async def asking(authority: Authority, tmp_path: Path) -> AsyncIterator[Receiver]:
    """A receiver that lets nobody in without a certificate, and wants whatever comes."""
    yes = b"HTTP/1.1 200 OK\r\nwebhook-allowed-origin: *\r\ncontent-length: 0\r\n\r\n"
    async with receiver(yes, tls=authority.asking(tmp_path)) as it:
        yield it


async def test_handshake_ping_and_events_show_the_certificate(
    world: World, owner: asyncpg.Connection, authority: Authority, asking: Receiver, sender: Sender
) -> None:
    certificate, private_key = authority.signed("client.example.com")
    given: dict[str, Any] = {"url": f"https://{NAME}:{asking.port}/in", "handshake": "cloudevents"}
    identity = {"certificate": certificate, "private_key": private_key}
    made = await world.do("admin", "create_webhook_endpoint", **given, client_certificate=identity)

    await Verifier(sender).step()
    await due(world)
    await deliver(Deliverer(sender))

    methods = [request.partition(b" ")[0] for request in asking.requests]
    assert methods == [b"OPTIONS", b"POST", b"POST"]
    assert {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", made["id"])} == {"delivered"}
