"""Who signs a delivery: every live secret, then every live key if the endpoint wants them; and what is noted of it."""

import base64
from datetime import timedelta

import asyncpg
import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.webhooks import rotating
from app.workers.deliver import Deliverer
from tests.conftest import TestClock
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Hook, Lms
from tests.workers.steps import deliver, due, rows_of
from tests.world import World


async def proven(world: World, hook: Hook) -> list[str]:
    """The published keys that prove where a webhook came from, in the order of its signatures."""
    signed = ".".join((hook.headers["webhook-id"], hook.headers["webhook-timestamp"], "")).encode() + hook.body
    published = [jwt.PyJWK(key) for key in (await rotating.key_set(world.organisation_id))["keys"]]
    found = []
    for entry in hook.headers["webhook-signature"].split():
        kind, _, signature = entry.partition(",")
        for key in published if kind == "v1a" else ():
            assert isinstance(key.key, Ed25519PublicKey)
            if _verifies(key.key, base64.b64decode(signature), signed):
                found.append(str(key.key_id))
    return found


def _verifies(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


async def test_the_published_keys_prove_a_delivery_the_newest_first(
    world: World, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await world.do("admin", "update_webhook_endpoint", made["id"], asymmetric_signature=True)
    (first,) = (await rotating.key_set(world.organisation_id))["keys"]
    second = await world.do("admin", "rotate_webhook_signing_key", overlap_hours=1)
    await due(world)
    await deliver(deliverer)
    clock.advance(hours=1)
    await due(world)
    await deliver(deliverer)

    during, after = receiver.hooks
    assert during.is_signed_with(made["secret"])
    assert [entry.split(",")[0] for entry in during.headers["webhook-signature"].split()] == ["v1", "v1a", "v1a"]
    assert await proven(world, after) == [second["id"]]
    clock.advance(hours=-1)
    assert await proven(world, during) == [second["id"], first["kid"]]


async def test_an_endpoint_that_asks_for_no_key_gets_none(
    world: World, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    await endpoint()
    await world.do("admin", "rotate_webhook_signing_key")
    await due(world)
    await deliver(deliverer)

    (hook,) = receiver.hooks
    assert hook.headers["webhook-signature"].startswith("v1,")
    assert "v1a" not in hook.headers["webhook-signature"]


async def test_when_a_secret_last_signed_is_noted_to_the_minute_and_changes_nothing_else(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    made = await endpoint()
    began, noted = clock.time, []
    for _ in range(3):
        await due(world)
        await deliver(deliverer)
        (secret,) = await rows_of(owner, "webhook_secret", "endpoint_id", made["id"])
        noted.append(secret["last_signed_at"])
        clock.advance(seconds=30)

    assert noted == [began, began, began + timedelta(minutes=1)]
    assert secret["version"] == 1


async def test_a_secret_that_somebody_is_changing_signs_all_the_same(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, receiver: Lms, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await due(world)

    async with owner.transaction():
        await owner.execute("select from webhook_secret where endpoint_id = $1 for update", made["id"])
        await deliver(deliverer)

    assert receiver.hooks[0].is_signed_with(made["secret"])
    (secret,) = await rows_of(owner, "webhook_secret", "endpoint_id", made["id"])
    assert secret["last_signed_at"] is None


async def test_a_secret_that_ended_is_not_said_to_have_signed(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, deliverer: Deliverer
) -> None:
    made = await endpoint()
    await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=0)
    await due(world)
    await deliver(deliverer)

    old, new = await rows_of(owner, "webhook_secret", "endpoint_id", made["id"])
    assert old["last_signed_at"] is None
    assert new["last_signed_at"] is not None
