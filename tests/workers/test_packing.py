"""What arrives in each format, with headers of one's own, and with as much of the subject as may be seen."""

from typing import Any

import asyncpg
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from app.auth.actor import Role
from app.workers.deliver import Deliverer
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Lms, status
from tests.workers.steps import deliver, due
from tests.world import World

TOKEN = "Bearer t0p-s3cret"


@pytest.mark.parametrize("format_", ["native", "cloudevents_structured", "cloudevents_binary"])
async def test_a_delivery_is_signed_in_every_format(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, format_: str
) -> None:
    made = await endpoint(format=format_)
    (person_id,) = await due(world)

    await deliver(deliverer)

    (hook,) = receiver.hooks
    assert hook.is_signed_with(made["secret"])
    if format_ == "native":
        assert hook.event["data"]["person_id"] == person_id
        return
    read = from_http_event(HTTPMessage(hook.headers, hook.body))
    assert read.get_id() == hook.headers["webhook-id"]
    assert (read.get_type(), read.get_subject()) == ("person.created", person_id)
    assert read.get_data()["person_id"] == person_id  # type: ignore[index, call-overload]


async def test_headers_of_its_own_arrive_and_lie_nowhere_in_clear(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    headers = [{"name": "authorization", "value": TOKEN}, {"name": "x-tenant", "value": "acme"}]
    made = await endpoint(headers=headers)
    bare = await endpoint(headers=headers)
    await world.do("admin", "update_webhook_endpoint", bare["id"], version=bare["version"], headers=[])
    await due(world)

    await deliver(deliverer)

    arrived = [(hook.headers.get("authorization"), hook.headers.get("x-tenant")) for hook in receiver.hooks]
    assert sorted(arrived, key=str) == [(TOKEN, "acme"), (None, None)]
    assert made["header_names"] == ["authorization", "x-tenant"]
    assert TOKEN not in str(made)
    rows = await owner.fetch("select w::text from webhook_endpoint w where organisation_id = $1", world.organisation_id)
    assert not any("t0p" in row or TOKEN.encode().hex() in row for (row,) in rows)


async def test_a_transformation_is_signed_as_it_is_sent(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    steps = [{"op": "pick", "paths": ["person_id"]}, {"op": "constant", "to": "source", "value": "flipside"}]
    made = await endpoint(transform=steps)
    (person_id,) = await due(world)

    await deliver(deliverer)

    (hook,) = receiver.hooks
    assert hook.event["data"] == {"person_id": person_id, "source": "flipside"}
    assert hook.event["subject"] == person_id
    assert hook.is_signed_with(made["secret"])


async def sent(world: World, receiver: Lms, deliverer: Deliverer) -> dict[str, Any]:
    """The data of the delivery about one more person."""
    await due(world)
    await deliver(deliverer)
    data: dict[str, Any] = receiver.hooks[-1].event["data"]
    return data


async def test_a_full_payload_is_what_its_owner_sees_when_it_is_sent(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, clock: Any
) -> None:
    await endpoint(payload="full")
    receiver.script = [status("503 Busy")]
    (person_id,) = await due(world)
    await deliver(deliverer)
    await world.do("admin", "update_person", person_id, given_name="Renamed")
    clock.advance(seconds=5)
    await deliver(deliverer)

    first, again = (hook.event["data"]["object"] for hook in receiver.hooks)
    assert (first["given_name"], again["given_name"]) == ("Person", "Renamed")
    assert again == await world.see("admin", person_id)


async def test_a_full_payload_goes_thin_when_its_owner_may_not_see_it_any_more(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    key_id = world.actors["admin"].principal
    await endpoint(payload="full")
    assert "object" in await sent(world, receiver, deliverer)

    await owner.execute("update api_key set scopes = scopes - 'directory:read' where id = $1", key_id)
    assert "object" not in await sent(world, receiver, deliverer)

    await owner.execute("update api_key set scopes = scopes || '[\"directory:read\"]' where id = $1", key_id)
    assert "object" in await sent(world, receiver, deliverer)

    await owner.execute("update api_key set revoked_at = now() where id = $1", key_id)
    assert "object" not in await sent(world, receiver, deliverer)


async def test_a_full_payload_outlives_the_key_that_its_owner_replaced(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    await endpoint(payload="full")
    await owner.execute("update api_key set revoked_at = now() where id = $1", world.actors["admin"].principal)
    await world.key_for(world.people["admin"], "admin", Role.ORGANISATION_ADMIN)

    assert "object" in await sent(world, receiver, deliverer)


@pytest.mark.parametrize("subject", ["per_01jd0000000000000000000000", "xyz_01jd0000000000000000000000"])
async def test_a_full_payload_about_what_is_gone_is_thin(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer, owner: asyncpg.Connection, subject: str
) -> None:
    await endpoint(payload="full")
    (person_id,) = await due(world)
    await owner.execute("update outbox_event set subject = $1 where subject = $2", subject, person_id)

    await deliver(deliverer)

    (hook,) = receiver.hooks
    assert hook.event["subject"] == subject
    assert "object" not in hook.event["data"]
