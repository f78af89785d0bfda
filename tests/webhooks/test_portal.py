"""A token for a page of somebody else's: it manages webhooks for a while, and nothing else."""

from typing import Any

import pytest

from app import db as database
from app.auth import bearer
from app.auth.actor import Actor, Role
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.auth.scopes import Scope
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.world import World

ISSUE = "issue_webhook_portal_token"


async def portal(world: World, minutes: int = 15) -> Actor:
    """Who holds a fresh token."""
    made = await world.do("service", ISSUE, world.organisation_id, minutes=minutes)
    world.keys["portal"] = made["secret"]
    world.actors["portal"] = await authenticate(f"Bearer {made['secret']}")
    return world.actors["portal"]


async def test_it_manages_webhooks_and_nothing_else(world: World) -> None:
    actor = await portal(world)
    made = await world.do("portal", "create_webhook_endpoint", url="https://hooks.example.com/in")

    assert (actor.scopes, actor.role) == (frozenset({Scope.WEBHOOKS_MANAGE}), Role.SERVICE_ACCOUNT)
    assert await world.see("portal", made["id"])
    with refused("scope_missing"):
        await world.do("portal", "create_person", given_name="A", family_name="B", rank_level=3)


async def test_it_makes_no_other_token(world: World) -> None:
    await portal(world)

    with refused("scope_missing"):
        await world.do("portal", ISSUE, world.organisation_id)


async def test_it_asks_for_nothing_that_is_confided(world: World) -> None:
    await portal(world)
    wanted: dict[str, Any] = {"url": "https://hooks.example.com/in", "types": ["session.cancellation_explained"]}
    made = await world.do("service", "create_webhook_endpoint", **wanted)

    with refused("forbidden"):
        await world.do("portal", "create_webhook_endpoint", **wanted)
    # Nor does it lead elsewhere what another asked for.
    with refused("forbidden"):
        await world.do("portal", "update_webhook_endpoint", made["id"], url="https://elsewhere.example.com/in")


@pytest.mark.parametrize("minutes", [1, 60])
async def test_it_ends_when_it_was_said_to(world: World, clock: TestClock, minutes: int) -> None:
    await portal(world, minutes)

    clock.advance(minutes=minutes)
    await authenticate(f"Bearer {world.keys['portal']}")
    # Clocks may differ by a minute.
    clock.advance(minutes=1)
    bearer.forget()

    with pytest.raises(BadCredential):
        await authenticate(f"Bearer {world.keys['portal']}")


async def test_it_ends_with_the_key_that_asked_for_it(world: World) -> None:
    await portal(world)

    await world.do("admin", "revoke_api_key", world.actors["service"].principal)
    bearer.forget()

    with pytest.raises(BadCredential):
        await authenticate(f"Bearer {world.keys['portal']}")


async def test_people_have_no_such_token(world: World) -> None:
    with refused("forbidden"):
        await world.do("admin", ISSUE, world.organisation_id)


async def test_who_asks_is_on_record(world: World) -> None:
    await portal(world)

    query = "select principal from audit_entry where organisation_id = $1 and action = $2"
    rows = await database.current().reads.fetch(world.organisation_id, query, (world.organisation_id, ISSUE))
    assert [row["principal"] for row in rows] == [world.actors["service"].principal]
