"""Repeating a request with the same key: one effect, the same answer, however often and however much at once."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from app.acting.run import Call, KeyReused, perform
from app.auth.scopes import Scope
from tests.outcomes import at_once, refused
from tests.world import World, found_world


def a_rank(world: World, key: str | None = "first", *, level: int = 11, part: str = "admin") -> Call:
    """A wish to add a rank, with an idempotency key."""
    return world.call(part, "create_rank", key=key, level=level, name="Chair")


def a_person(world: World, key: str | None = "first", *, part: str = "admin", **fields: Any) -> Call:
    """A wish to add a person."""
    return world.call(part, "create_person", key=key, given_name="Ada", family_name="Doe", rank_level=3, **fields)


async def count(owner: asyncpg.Connection, world: World, table: str) -> int:
    """How many rows an organisation has in a table."""
    found: int = await owner.fetchval(
        f"select count(*) from {table} where organisation_id = $1",  # noqa: S608
        world.organisation_id,
    )
    return found


async def test_a_repeated_request_gets_the_same_bytes_and_has_no_second_effect(
    world: World, owner: asyncpg.Connection
) -> None:
    people = await count(owner, world, "person")

    first = await perform(a_person(world))
    again = await perform(a_person(world))

    assert (first.replayed, again.replayed) == (False, True)
    assert replace(again, replayed=False) == first
    assert await count(owner, world, "person") == people + 1
    assert len(await world.told(first.object_id)) == 1


async def test_the_answer_stays_as_it_was_though_the_object_changes(world: World) -> None:
    first = await perform(a_rank(world))
    await world.do("admin", "update_rank", first.object_id, name="Chairman")

    assert (await perform(a_rank(world))).body == first.body

    await world.do("admin", "delete_rank", first.object_id)

    assert (await perform(a_rank(world))).body == first.body


async def test_without_a_key_every_request_has_its_effect(world: World) -> None:
    first, second = await perform(a_person(world, key=None)), await perform(a_person(world, key=None))

    assert first.object_id != second.object_id


async def test_another_key_is_another_request(world: World) -> None:
    first, second = await perform(a_person(world, key="first")), await perform(a_person(world, key="second"))

    assert first.object_id != second.object_id


async def test_a_key_cannot_be_used_for_another_body(world: World) -> None:
    await perform(a_rank(world))

    with pytest.raises(KeyReused) as caught:
        await perform(a_rank(world, level=12))

    assert (caught.value.status, caught.value.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("change", [{"version": 1}, {"object_id": "prg_01jd0a0a0a0a0a0a0a0a0a0a0a"}])
async def test_a_key_cannot_be_used_for_another_object_or_version(world: World, change: dict[str, Any]) -> None:
    call = world.call("coordinator", "publish_programme", await world.programme(status="draft"), key="first")
    await perform(call)

    with refused("idempotency_key_reused"):
        await perform(replace(call, **change))


async def test_a_step_is_taken_once(world: World) -> None:
    call = world.call("coordinator", "publish_programme", await world.programme(status="draft"), key="first")

    first, again = await perform(call), await perform(call)

    assert replace(again, replayed=False) == first


async def test_the_same_key_in_other_hands_is_another_request(world: World) -> None:
    first, second = await perform(a_person(world)), await perform(a_person(world, part="service"))

    assert not second.replayed
    assert first.object_id != second.object_id


async def test_the_same_key_for_another_operation_is_another_request(world: World) -> None:
    await perform(a_rank(world))

    assert not (await perform(a_person(world))).replayed


async def test_the_same_key_in_another_organisation_is_another_request(world: World) -> None:
    other = await found_world("Other")
    await perform(a_rank(world))

    assert not (await perform(a_rank(other))).replayed


async def test_an_effect_that_failed_is_not_kept(world: World, owner: asyncpg.Connection) -> None:
    taken = await perform(a_rank(world, key=None))

    for _ in range(2):
        with refused("rank_level_taken"):
            await perform(a_rank(world))

    assert await count(owner, world, "idempotency_record") == 0
    await world.do("admin", "delete_rank", taken.object_id)
    assert not (await perform(a_rank(world))).replayed


async def test_who_has_lost_the_scope_does_not_get_the_old_answer(world: World) -> None:
    await perform(a_rank(world))
    actor = world.actors["admin"]
    world.actors["admin"] = replace(actor, scopes=actor.scopes - {Scope.DIRECTORY_WRITE})

    with refused("scope_missing"):
        await perform(a_rank(world))


async def test_a_secret_comes_back_and_lies_in_the_database_sealed(world: World, owner: asyncpg.Connection) -> None:
    call = world.call(
        "admin",
        "create_api_key",
        key="first",
        name="Bot",
        role="service_account",
        scopes=["goals:read"],
        service_account="bot",
    )

    first, again = await perform(call), await perform(call)

    assert first.secret is not None
    assert (again.secret, again.replayed) == (first.secret, True)
    bodies = await owner.fetch("select body from idempotency_record where organisation_id = $1", world.organisation_id)
    assert len(bodies) == 1
    assert first.secret.encode() not in bodies[0][0]
    assert b"Bot" not in bodies[0][0]


async def test_a_record_opens_for_nobody_else(world: World, owner: asyncpg.Connection) -> None:
    await perform(a_person(world))
    await owner.execute(
        "update idempotency_record set principal = $1 where organisation_id = $2",
        world.actors["service"].principal,
        world.organisation_id,
    )

    with pytest.raises(InvalidTag):
        await perform(a_person(world, part="service"))


async def test_of_fifty_requests_at_once_with_one_key_exactly_one_has_an_effect(
    world: World, owner: asyncpg.Connection
) -> None:
    people = await count(owner, world, "person")

    answered, refusals = await at_once(*(perform(a_person(world)) for _ in range(50)))

    assert await count(owner, world, "person") == people + 1
    assert [done.replayed for done in answered].count(False) == 1
    assert len({done.body for done in answered}) == 1
    assert set(refusals) <= {"idempotency_in_progress"}
    assert (await perform(a_person(world))).body == answered[0].body


async def test_while_the_first_request_runs_a_repetition_is_told_to_wait(
    world: World, owner: asyncpg.Connection
) -> None:
    transaction = owner.transaction()
    await transaction.start()
    # Holds the first request up at its foreign key, after it has taken the idempotency key.
    await owner.execute("lock table person in access exclusive mode")
    try:
        answered, refusals = await at_once(*(perform(a_person(world)) for _ in range(2)), release(owner, transaction))
    finally:
        if owner.is_in_transaction():
            await transaction.rollback()

    assert refusals == ["idempotency_in_progress"]
    assert len(answered) == 2


async def release(owner: asyncpg.Connection, transaction: Any) -> None:
    """End a transaction once someone waits for it."""
    while not await owner.fetchval("select exists (select from pg_locks where not granted)"):
        pass
    await transaction.rollback()
