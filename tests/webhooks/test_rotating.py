"""What webhooks are signed with: who sees what of it, how it is replaced and how it ends."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app import ids
from app.webhooks import rotating
from tests.conftest import TestClock
from tests.outcomes import at_once, refused
from tests.world import World

URL = "https://lms.example/hooks"


async def secrets(owner: asyncpg.Connection, endpoint_id: str) -> list[str]:
    """The ids of an endpoint's secrets, oldest first."""
    rows = await owner.fetch("select id from webhook_secret where endpoint_id = $1 order by id", endpoint_id)
    return [row["id"] for row in rows]


async def kids(world: World) -> list[str]:
    """The ids of the keys that an organisation publishes."""
    return [key["kid"] for key in (await rotating.key_set(world.organisation_id))["keys"]]


async def endpoint(world: World, **fields: Any) -> dict[str, Any]:
    """A new endpoint, with its secret."""
    return await world.do("admin", "create_webhook_endpoint", url=URL, **fields)


async def test_of_a_secret_everything_is_read_but_its_value(
    world: World, clock: TestClock, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world)
    await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=2)

    old, new = [await world.see("admin", secret_id) or {} for secret_id in await secrets(owner, made["id"])]

    assert old["endpoint_id"] == new["endpoint_id"] == made["id"]
    assert old["expires_at"] == (clock.time + timedelta(hours=2)).isoformat()
    assert (new["expires_at"], old["last_signed_at"], new["last_signed_at"]) == (None, None, None)
    assert not any(made["secret"] in str(seen) for seen in (old, new))
    assert await world.seen_by(old["id"]) == await world.seen_by(made["id"])


async def test_an_old_secret_can_be_revoked_before_its_time_and_the_newest_cannot(
    world: World, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world)
    await world.do("admin", "rotate_webhook_secret", made["id"])
    old, new = await secrets(owner, made["id"])

    with refused("newest_secret"):
        await world.do("admin", "delete_webhook_secret", new)
    await world.do("admin", "delete_webhook_secret", old)

    assert await secrets(owner, made["id"]) == [new]
    with refused("not_found"):
        await world.do("admin", "delete_webhook_secret", old)


async def test_five_secrets_are_live_at_the_most_and_a_revoked_one_makes_room(
    world: World, clock: TestClock, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world)
    for _ in range(4):
        await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=168)

    with refused("too_many_secrets"):
        await world.do("admin", "rotate_webhook_secret", made["id"])
    await world.do("admin", "delete_webhook_secret", (await secrets(owner, made["id"]))[0])
    await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=0)

    clock.advance(seconds=1)
    live = "select count(*) from webhook_secret where endpoint_id = $1 and (expires_at is null or expires_at > $2)"
    assert await owner.fetchval(live, made["id"], clock.time) == 1


async def test_a_second_rotation_does_not_prolong_what_ends_sooner(world: World, owner: asyncpg.Connection) -> None:
    made = await endpoint(world)
    await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=1)
    old = (await secrets(owner, made["id"]))[0]
    before = await world.see("admin", old)

    await world.do("admin", "rotate_webhook_secret", made["id"], overlap_hours=24)

    after = await world.see("admin", old)
    assert (before or {})["expires_at"] == (after or {})["expires_at"]


async def test_an_organisation_has_no_key_until_an_endpoint_asks_for_its_signature(world: World) -> None:
    plain = await endpoint(world)
    assert await kids(world) == []

    asked = await endpoint(world, asymmetric_signature=True)
    (key_id,) = await kids(world)
    await world.do("admin", "update_webhook_endpoint", plain["id"], asymmetric_signature=True)

    assert asked["asymmetric_signature"]
    assert await kids(world) == [key_id]


async def test_a_rotated_key_stays_published_until_its_overlap_ends(world: World, clock: TestClock) -> None:
    first = await world.do("admin", "rotate_webhook_signing_key")
    second = await world.do("admin", "rotate_webhook_signing_key", overlap_hours=2)

    assert await kids(world) == [second["id"], first["id"]]
    assert second["public_key"].startswith("whpk_")
    assert (await world.see("service", second["id"]) or {})["public_key"] == second["public_key"]
    clock.advance(hours=2)
    assert await kids(world) == [second["id"]]


async def test_a_key_without_overlap_is_gone_at_once(world: World) -> None:
    await world.do("admin", "rotate_webhook_signing_key")
    new = await world.do("admin", "rotate_webhook_signing_key", overlap_hours=0)

    assert await kids(world) == [new["id"]]


async def test_five_keys_are_live_at_the_most(world: World) -> None:
    for _ in range(5):
        await world.do("admin", "rotate_webhook_signing_key")

    with refused("too_many_secrets"):
        await world.do("admin", "rotate_webhook_signing_key")


async def test_what_is_published_is_of_one_organisation_and_nothing_private(world: World) -> None:
    await world.do("admin", "rotate_webhook_signing_key")

    (key,) = (await rotating.key_set(world.organisation_id))["keys"]

    assert key.keys() == {"kty", "crv", "use", "kid", "x"}
    assert await rotating.key_set(ids.new("org")) == {"keys": []}


async def test_two_rotations_at_once_leave_one_newest_secret(world: World, owner: asyncpg.Connection) -> None:
    made = await endpoint(world)

    answers, _ = await at_once(*(world.do("admin", "rotate_webhook_secret", made["id"]) for _ in range(2)))

    unending = "select count(*) from webhook_secret where endpoint_id = $1 and expires_at is null"
    assert len(answers) == 2
    assert await owner.fetchval(unending, made["id"]) == 1


@pytest.mark.parametrize("hours", [-1, 169])
async def test_an_overlap_is_a_week_at_the_most(world: World, hours: int) -> None:
    with pytest.raises(ValueError, match="overlap_hours"):
        await world.do("admin", "rotate_webhook_signing_key", overlap_hours=hours)
