"""What webhooks keep of somebody who was forgotten: nothing, wherever a delivery stood when it happened."""

from typing import Any

import asyncpg
import pytest

from app.webhooks.sender import Sender
from app.workers.deliver import Deliverer
from tests.domain.privacy.subject import Subject, everything, make_subject
from tests.workers.lms import Hook, listening, status
from tests.workers.steps import deliver, relay_all, rows_of
from tests.world import World

# What becomes of deliveries, by the endpoint that they are for.
STATES = ("delivered", "dead", "held", "pending")
TABLES = ("outbox_event", "delivery", "attempt", "webhook_endpoint", "webhook_secret", "operation", "operation_input")


@pytest.fixture
async def subject(world: World) -> Subject:
    """Somebody with all that a mentor can have."""
    return await make_subject(world)


async def test_nothing_of_an_erased_person_is_left_in_any_table_of_webhooks(
    subject: Subject, owner: asyncpg.Connection
) -> None:
    world, name, hr_id = subject.world, f"Quirinia{subject.mark} Vogelsang-Čapek{subject.mark}", f"4711-{subject.mark}"

    async def echo(hook: Hook) -> bytes:
        said = f"{name} <quirinia.{subject.mark}@example.com> {hook.body.decode()}".encode()
        line = b"500 Oh" if hook.headers["x-state"] == "pending" else b"200 OK"
        if hook.headers["x-state"] == "dead":
            return status("400 No", "webhook-delivery: abort-message")
        return b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (line, len(said), said)

    async with listening() as lms, Sender(allow_private=True) as sender:
        lms.reply = echo
        endpoints = {}
        for state in STATES:
            wanted: dict[str, Any] = {
                "url": lms.url,
                "types": ["person.*"],
                "payload": "full",
                "headers": [{"name": "x-state", "value": state}],
                "description": f"For {name}",
                "filter": {"data": {"external_id": hr_id}},
            }
            made = await world.do("service", "create_webhook_endpoint", **wanted)
            endpoints[state] = made["id"]
        await world.do("admin", "disable_webhook_endpoint", endpoints["held"])
        await world.do("admin", "update_person", subject.person_id, title="Trainer")
        await relay_all()
        await deliver(Deliverer(sender))
    kept = {
        state: {one["status"] for one in await rows_of(owner, "delivery", "endpoint_id", endpoint_id)}
        for state, endpoint_id in endpoints.items()
    }
    assert all(state in kept[state] for state in STATES), kept
    before = await everything(owner, world)
    assert subject.mark in str(before["attempt"])
    assert hr_id in str(before["outbox_event"])

    await subject.erased()

    after = await everything(owner, world)
    for table in TABLES:
        assert subject.mark not in str(after[table]).replace(world.organisation_id, ""), table
    shown = await world.see("admin", endpoints["pending"]) or {}
    assert shown["filter"] == {"data": {"external_id": "Erased person"}}
