"""Addresses that are asked first: what they are asked, what their answer changes, and what is held until then."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from app.webhooks.sender import Sender
from app.workers.run import Worker
from app.workers.verify import Verifier
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.webhooks.receivers import Receiver, receiver
from tests.workers.steps import row, rows_of
from tests.world import World


class Target:
    """An address that answers questions as a test says, and takes whatever else comes."""

    def __init__(self) -> None:
        self.allows = ["webhook-allowed-origin: *"]
        self.server: Receiver | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}/hooks"

    @property
    def methods(self) -> list[str]:
        """The methods of what it got, in the order of arrival."""
        assert self.server is not None
        return [request.split(b" ")[0].decode() for request in self.server.requests]

    async def answer(self, _reader: object, writer: Any) -> None:
        """Say what it allows."""
        writer.write("\r\n".join(["HTTP/1.1 200 OK", "content-length: 0", *self.allows, "", ""]).encode())


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """An address that says yes, unless told otherwise."""
    it = Target()
    async with receiver(it.answer) as it.server:
        yield it


async def asked(world: World, target: Target, **fields: Any) -> str:
    """An endpoint with a handshake; its id."""
    made = await world.do("admin", "create_webhook_endpoint", url=target.url, handshake="cloudevents", **fields)
    assert (made["verification"], made["status"], made["disabled_reason"]) == ("pending", "disabled", "unverified")
    return str(made["id"])


async def seen(world: World, endpoint_id: str) -> tuple[str, str, str | None]:
    """How an endpoint stands."""
    found = await world.see("admin", endpoint_id) or {}
    return found["verification"], found["status"], found["verification_error"]


async def states(owner: asyncpg.Connection, endpoint_id: str) -> list[str]:
    """The states of an endpoint's deliveries."""
    return [found["status"] for found in await rows_of(owner, "delivery", "endpoint_id", endpoint_id)]


async def test_nothing_is_sent_before_the_address_agreed_then_everything(
    world: World, target: Target, worker: Worker
) -> None:
    target.allows.append("webhook-allowed-rate: 120")
    endpoint_id = await asked(world, target)
    await world.person()

    await worker.drain()

    assert target.server is not None
    question = target.server.requests[0].lower()
    assert question.startswith(b"options /hooks http/1.1\r\n")
    assert b"\r\nwebhook-request-origin: 127.0.0.1\r\n" in question
    assert b"\r\nwebhook-request-rate: 3000\r\n" in question
    assert b"webhook-signature" not in question
    assert target.methods[0] == "OPTIONS"
    assert set(target.methods[1:]) == {"POST"}
    found = await world.see("admin", endpoint_id) or {}
    assert await seen(world, endpoint_id) == ("verified", "enabled", None)
    assert (found["allowed_per_minute"], found["disabled_reason"]) == (120, None)


async def test_what_is_due_to_an_address_that_refuses_is_held_until_it_is_asked_again(
    world: World, owner: asyncpg.Connection, target: Target, worker: Worker
) -> None:
    target.allows = ["webhook-allowed-origin: somebody.else.example"]
    endpoint_id = await asked(world, target)

    await worker.drain()

    assert target.methods == ["OPTIONS"]
    assert await seen(world, endpoint_id) == ("failed", "disabled", "origin")
    assert set(await states(owner, endpoint_id)) == {"held"}
    with refused("endpoint_unverified"):
        await world.do("admin", "enable_webhook_endpoint", endpoint_id)

    target.allows = ["webhook-allowed-origin: 127.0.0.1"]
    await world.do("admin", "verify_webhook_endpoint", endpoint_id)
    assert await seen(world, endpoint_id) == ("pending", "disabled", None)
    await worker.drain()

    assert await seen(world, endpoint_id) == ("verified", "enabled", None)
    assert set(await states(owner, endpoint_id)) == {"delivered"}


async def test_another_address_is_asked_anew_and_the_same_is_not(world: World, target: Target, worker: Worker) -> None:
    endpoint_id = await asked(world, target)
    await worker.drain()

    await world.do("admin", "update_webhook_endpoint", endpoint_id, url=target.url, description="The same.")
    assert await seen(world, endpoint_id) == ("verified", "enabled", None)
    await world.do("admin", "update_webhook_endpoint", endpoint_id, url=f"{target.url}/new")
    assert await seen(world, endpoint_id) == ("pending", "disabled", None)
    told = (await world.told(endpoint_id))[-1]
    assert (told.type, told.data["reason"]) == ("webhook_endpoint.disabled", "unverified")

    await worker.drain()
    assert await seen(world, endpoint_id) == ("verified", "enabled", None)


async def test_without_a_handshake_an_address_is_delivered_to_unasked(
    world: World, owner: asyncpg.Connection, target: Target, worker: Worker
) -> None:
    target.allows = []
    endpoint_id = await asked(world, target)
    await worker.drain()

    await world.do("admin", "update_webhook_endpoint", endpoint_id, handshake="none")

    assert await seen(world, endpoint_id) == ("none", "enabled", None)
    with refused("no_handshake"):
        await world.do("admin", "verify_webhook_endpoint", endpoint_id)
    await worker.drain()
    assert set(await states(owner, endpoint_id)) == {"delivered"}
    await world.do("admin", "update_webhook_endpoint", endpoint_id, url=f"{target.url}/new")
    assert await seen(world, endpoint_id) == ("none", "enabled", None)


async def test_who_turned_an_endpoint_off_turns_it_on_again_whatever_the_address_says(
    world: World, owner: asyncpg.Connection, target: Target, worker: Worker
) -> None:
    endpoint_id = await asked(world, target)
    await worker.drain()
    await world.do("admin", "disable_webhook_endpoint", endpoint_id)
    await world.do("admin", "verify_webhook_endpoint", endpoint_id)
    await world.do("admin", "ping_webhook_endpoint", endpoint_id)

    await worker.drain()

    assert await seen(world, endpoint_id) == ("verified", "disabled", None)
    assert (await row(owner, "webhook_endpoint", endpoint_id))["disabled_reason"] == "by_request"
    assert "held" in await states(owner, endpoint_id)
    await world.do("admin", "enable_webhook_endpoint", endpoint_id)
    assert "held" not in await states(owner, endpoint_id)


async def test_an_answer_about_an_address_that_is_gone_counts_for_nothing(
    world: World, target: Target, sender: Sender
) -> None:
    endpoint_id = await asked(world, target)

    async def move_on(_reader: object, writer: Any) -> None:
        await world.do("admin", "update_webhook_endpoint", endpoint_id, url=f"{target.url}/new")
        await Target.answer(target, _reader, writer)

    assert target.server is not None
    target.server._answer = move_on
    assert await Verifier(sender).step()

    assert await seen(world, endpoint_id) == ("pending", "disabled", None)


async def test_a_worker_that_dies_over_the_question_leaves_it_to_another(
    world: World, owner: asyncpg.Connection, clock: TestClock, target: Target, sender: Sender
) -> None:
    endpoint_id = await asked(world, target)
    taken = "update webhook_endpoint set lease_until = $2, lease_by = 'verifier-dead' where id = $1"
    await owner.execute(taken, endpoint_id, clock.advance(seconds=30))
    clock.advance(seconds=-1)

    assert not await Verifier(sender).step()
    clock.advance(seconds=1)
    assert await Verifier(sender).step()

    assert await seen(world, endpoint_id) == ("verified", "enabled", None)


async def test_an_address_of_ours_is_not_even_asked(world: World, target: Target) -> None:
    endpoint_id = await asked(world, target)

    async with Sender(allow_private=False) as strict:
        assert await Verifier(strict).step()

    assert await seen(world, endpoint_id) == ("failed", "disabled", "url_refused")
    assert target.methods == []
