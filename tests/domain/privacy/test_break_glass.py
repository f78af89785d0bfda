"""How staff of the platform come to see an organisation: two of them, read-only, on record, for an hour at most."""

import asyncpg
import pytest

from app import db as database
from app import ids
from app.auth import bearer
from app.auth.actor import Actor, Role
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.domain.privacy import break_glass, operators
from tests.conftest import TestClock
from tests.full import fill
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World, found_world

ONE, OTHER = ids.new("opr"), ids.new("opr")


async def asked(world: World, minutes: int = 30) -> tuple[str, str]:
    """A request of one operator: its id and the key."""
    async with database.current().writing(world.organisation_id) as db:
        glass, key = await break_glass.request(db, ONE, reason="A failed migration.", minutes=minutes)
    return glass.id, key


async def approved(world: World, glass_id: str, by: str = OTHER) -> None:
    """Another operator agrees."""
    async with database.current().writing(world.organisation_id) as db:
        await break_glass.approve(db, by, glass_id)


async def opened(world: World, minutes: int = 30) -> tuple[str, str]:
    """A look that is under way: its id and the key."""
    glass_id, key = await asked(world, minutes)
    await approved(world, glass_id)
    return glass_id, key


async def actor(key: str) -> Actor:
    """Whom a key makes its holder, without trust in what was known before."""
    bearer.forget()
    return await authenticate(f"Bearer {key}")


async def told(world: World, glass_id: str) -> list[str]:
    """What the organisation heard of it."""
    return [event.type for event in await world.told(glass_id)]


async def test_the_key_opens_nothing_until_another_operator_approves(world: World) -> None:
    glass_id, key = await asked(world)
    with pytest.raises(BadCredential):
        await actor(key)
    with refused("second_operator_required"):
        await approved(world, glass_id, by=ONE)
    with pytest.raises(BadCredential):
        await actor(key)

    await approved(world, glass_id)

    found = await actor(key)
    assert (found.organisation_id, found.role, found.person_id) == (world.organisation_id, Role.PLATFORM_ADMIN, None)
    assert all(scope.value.endswith(":read") for scope in found.scopes)
    assert await told(world, glass_id) == ["break_glass.opened"]


async def test_it_is_approved_once_and_of_its_own_organisation(world: World) -> None:
    glass_id, _ = await opened(world)

    with refused("break_glass_decided"):
        await approved(world, glass_id)
    with refused("not_found"):
        await approved(await found_world(), glass_id)


async def test_it_shows_who_is_where_and_nothing_that_was_said_and_every_look_is_on_record(
    world: World, owner: asyncpg.Connection
) -> None:
    objects = (await fill(world)).objects
    _, key = await opened(world)
    world.actors["staff"] = await actor(key)

    seen = {name for name, object_id in objects.items() if await world.see("staff", object_id)}

    assert seen == {
        *("organisation", "rank", "person", "programme", "topic", "programme_resource", "programme_milestone"),
        *("sponsorship", "programme_role", "cohort", "pairing", "agreement", "signature", "break_glass"),
    }
    read = {one["action"] for one in await rows_of(owner, "audit_entry", "principal", world.actors["staff"].principal)}
    assert read == {f"read_{name}" for name in seen}
    with refused("scope_missing"):
        await world.do("staff", "update_person", objects["person"], title="Changed")


async def test_it_ends_by_itself(world: World, clock: TestClock) -> None:
    glass_id, key = await opened(world, minutes=60)
    clock.advance(minutes=59.9)
    assert (await actor(key)).role is Role.PLATFORM_ADMIN
    async with database.current().writing(world.organisation_id) as db:
        await break_glass.close_expired(db)
    assert await told(world, glass_id) == ["break_glass.opened"]

    clock.advance(minutes=0.1)

    # No word of a sweep is needed, and no memory of the key helps.
    with pytest.raises(BadCredential):
        await authenticate(f"Bearer {key}")
    for _ in range(2):
        async with database.current().writing(world.organisation_id) as db:
            await break_glass.close_expired(db)
    assert await told(world, glass_id) == ["break_glass.opened", "break_glass.closed"]


@pytest.mark.parametrize("is_open", [True, False])
async def test_it_is_ended_before_its_time_once(world: World, is_open: bool) -> None:
    glass_id, key = await (opened(world) if is_open else asked(world))
    for _ in range(2):
        async with database.current().writing(world.organisation_id) as db:
            await break_glass.revoke(db, glass_id)

    with pytest.raises(BadCredential):
        await actor(key)
    with refused("break_glass_decided"):
        await approved(world, glass_id)
    assert await told(world, glass_id) == (["break_glass.opened", "break_glass.closed"] if is_open else [])


async def test_operators_are_known_by_their_token_until_they_are_removed(world: World) -> None:
    operator_id, token = await operators.add("Grace")
    assert await operators.behind(token) == operator_id
    assert operator_id in [row["id"] for row in await operators.every()]

    await operators.remove(operator_id)

    for attempt in (operators.behind(token), operators.behind("fso_none"), operators.remove(operator_id)):
        with refused("unknown_operator"):
            await attempt
