"""Handing out API keys and taking them back: whose, with what scopes, how many at a time."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError

from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.auth.scopes import Scope
from app.domain.access.schemas import ApiKeyCreate
from tests.conftest import TestClock
from tests.outcomes import at_once, refused
from tests.world import World, found_world

A_YEAR = timedelta(days=365)


async def key_for(world: World, client: str = "bot", **fields: Any) -> dict[str, Any]:
    """A key for a service account; its text is under `secret`."""
    given = dict[str, Any](name="Bot", role="service_account", scopes=["goals:read"], service_account=client)
    return await world.do("admin", "create_api_key", **(given | fields))


async def test_the_text_of_a_key_is_shown_once_and_opens_the_door(world: World, owner: asyncpg.Connection) -> None:
    made = await key_for(world)
    secret = made.pop("secret")

    actor = await authenticate(f"Bearer {secret}")

    assert (actor.principal, actor.role) == (made["id"], Role.SERVICE_ACCOUNT)
    assert actor.scopes == {Scope.GOALS_READ}
    seen = await world.see("admin", made["id"]) or {}
    assert secret.split("_")[2] == seen["prefix_text"]
    assert not any(secret in str(value) for value in seen.values())
    rows = await owner.fetch(
        "select k::text from api_key k where id = $1 union select c::text from credential c", made["id"]
    )
    assert not any(secret.split("_")[3] in row[0] for row in rows)


async def test_a_key_for_a_person_carries_their_name_in_what_it_does(world: World) -> None:
    made = await key_for(
        world, name="Desk", role="coordinator", person_id=world.people["coordinator"], service_account=None
    )

    actor = await authenticate(f"Bearer {made['secret']}")

    assert (actor.id, actor.role) == (world.people["coordinator"], Role.COORDINATOR)


@pytest.mark.parametrize(
    "holder",
    [
        {"role": "service_account"},
        {"role": "service_account", "person_id": "per_01jd0a0a0a0a0a0a0a0a0a0a0a"},
        {"role": "service_account", "service_account": "bot", "person_id": "per_01jd0a0a0a0a0a0a0a0a0a0a0a"},
        {"role": "participant"},
        {"role": "organisation_admin", "service_account": "bot"},
        {"role": "coordinator", "service_account": "bot", "person_id": "per_01jd0a0a0a0a0a0a0a0a0a0a0a"},
    ],
)
def test_a_key_has_one_holder_and_a_role_that_suits_them(holder: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="service accounts name a service_account"):
        ApiKeyCreate.model_validate({"name": "x", "scopes": ["goals:read"], **holder})


@pytest.mark.parametrize("scopes", [[], ["goals:read", "goals:read"], ["notes:read"], ["*"]])
def test_a_key_has_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(ValidationError):
        ApiKeyCreate.model_validate(
            {"name": "x", "scopes": scopes, "role": "service_account", "service_account": "bot"}
        )


async def test_nobody_hands_out_scopes_that_their_own_key_lacks(world: World) -> None:
    weak = await key_for(
        world,
        name="Weak",
        role="organisation_admin",
        person_id=world.people["admin"],
        service_account=None,
        scopes=["keys:manage", "goals:read"],
    )
    world.actors["weak"] = await authenticate(f"Bearer {weak['secret']}")
    wish: dict[str, Any] = {"name": "x", "role": "service_account", "service_account": "bot"}

    await world.do("weak", "create_api_key", **wish, scopes=["goals:read", "keys:manage"])
    with refused("forbidden"):
        await world.do("weak", "create_api_key", **wish, scopes=["goals:read", "goals:write"])


async def test_no_organisation_makes_a_key_for_platform_staff(world: World) -> None:
    with refused("forbidden"):
        await key_for(world, role="platform_admin", person_id=world.people["admin"], service_account=None)


async def test_a_key_belongs_to_someone_of_the_organisation(world: World) -> None:
    other = await found_world("Other")

    with refused("unknown_reference", "/person_id"):
        await key_for(world, role="participant", person_id=other.people["mentor"], service_account=None)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-1), A_YEAR + timedelta(seconds=1)])
async def test_a_key_expires_within_a_year(world: World, clock: TestClock, ahead: timedelta) -> None:
    with refused("invalid", "/expires_at"):
        await key_for(world, expires_at=clock.time + ahead)

    assert (await key_for(world, expires_at=clock.time + A_YEAR))["expires_at"] == (clock.time + A_YEAR).isoformat()
    assert (await key_for(world))["expires_at"] is None


async def test_a_client_has_two_live_keys_at_most(world: World) -> None:
    first, _ = await key_for(world), await key_for(world)
    with refused("too_many_keys"):
        await key_for(world)

    await world.do("admin", "revoke_api_key", first["id"])

    await key_for(world)
    with refused("too_many_keys"):
        await key_for(world)
    await key_for(world, client="other-bot")


async def test_a_key_that_expired_makes_room(world: World, clock: TestClock) -> None:
    first = await key_for(world, expires_at=clock.time + timedelta(days=1))
    await key_for(world)
    clock.advance(days=1)

    await key_for(world)

    assert (await world.see("admin", first["id"]) or {})["revoked_at"] == clock.time.isoformat()
    with refused("too_many_keys"):
        await key_for(world)


async def test_of_keys_made_at_once_for_one_client_two_are_kept(world: World) -> None:
    for client in ("bot-1", "bot-2", "bot-3"):
        made, refusals = await at_once(*(key_for(world, client) for _ in range(5)))

        assert (len(made), refusals) == (2, ["too_many_keys"] * 3)


async def test_a_revoked_key_stays_revoked_since_the_first_time(world: World, clock: TestClock) -> None:
    made = await key_for(world)
    revoked = await world.do("admin", "revoke_api_key", made["id"])
    clock.advance(hours=1)

    again = await world.do("admin", "revoke_api_key", made["id"])

    assert again["revoked_at"] == revoked["revoked_at"] != clock.time.isoformat()


async def test_everyone_sees_their_own_keys_and_administrators_see_all(world: World) -> None:
    assert await world.seen_by(world.actors["mentor"].principal) == {"admin", "mentor"}
    assert await world.seen_by(world.actors["service"].principal) == {"admin"}

    other = await found_world("Other")
    assert await world.seen_by(other.actors["admin"].principal) == set()


@pytest.mark.parametrize("part", ["coordinator", "mentor", "service"])
async def test_only_administrators_make_and_revoke_keys(world: World, part: str) -> None:
    with refused("forbidden"):
        await world.do(
            part, "create_api_key", name="x", role="service_account", service_account="x", scopes=["goals:read"]
        )
    with refused("forbidden"):
        await world.do(part, "revoke_api_key", world.actors[part].principal)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["203.0.113.9/24"], ["203.0.113.0/24"]),
        (["2001:db8::/32"], ["2001:db8::/32"]),
        (["2001:db8:1:2:3:4:5:6/64"], ["2001:db8:1:2::/64"]),
        (["203.0.113.9"], None),
        (["203.0.113.256/24"], None),
        (["203.0.113.0/33"], None),
        (["2001:db8::/129"], None),
        (["10.0.0.0/8", "10.0.0.0/8"], None),
        (["everywhere"], None),
    ],
)
async def test_a_key_may_keep_to_networks(world: World, given: list[str], kept: list[str] | None) -> None:
    if kept is None:
        with pytest.raises(ValidationError):
            await key_for(world, networks=given)
    else:
        assert (await key_for(world, networks=given))["networks"] == kept


async def test_a_rotated_key_lives_on_beside_the_new_one_for_a_while(world: World, clock: TestClock) -> None:
    old = await key_for(world, networks=["127.0.0.0/8"], expires_at=clock.time + timedelta(days=90))
    clock.advance(days=80)

    new = await world.do("admin", "rotate_api_key", old["id"], overlap_hours=2)

    assert new["id"] != old["id"]
    same = ("name", "role", "scopes", "service_account", "networks")
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    assert new["expires_at"] == (clock.time + timedelta(days=90)).isoformat()
    assert (await world.see("admin", old["id"]) or {})["expires_at"] == (clock.time + timedelta(hours=2)).isoformat()
    for made in (old, new):
        assert (await authenticate(f"Bearer {made['secret']}", "127.0.0.1")).principal == made["id"]
    with refused("too_many_keys"):
        await world.do("admin", "rotate_api_key", new["id"])


async def test_a_key_that_is_rotated_without_an_overlap_ends_at_once(world: World) -> None:
    old = await key_for(world)

    new = await world.do("admin", "rotate_api_key", old["id"], overlap_hours=0)

    assert new["expires_at"] is None
    assert (await world.see("admin", old["id"]) or {})["revoked_at"] is not None
    with refused("key_ended"):
        await world.do("admin", "rotate_api_key", old["id"])


async def test_a_key_does_not_live_longer_for_being_rotated(world: World, clock: TestClock) -> None:
    old = await key_for(world, expires_at=clock.time + timedelta(hours=1))

    await world.do("admin", "rotate_api_key", old["id"], overlap_hours=168)

    assert (await world.see("admin", old["id"]) or {})["expires_at"] == old["expires_at"]
    clock.advance(hours=1)
    with refused("key_ended"):
        await world.do("admin", "rotate_api_key", old["id"])
