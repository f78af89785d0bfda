"""Keeping an organisation and its rank ladder: the floor of anonymity never sinks, ranks in use stay."""

from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError

from tests.conftest import TestClock
from tests.outcomes import at_once, refused
from tests.world import World, found_world

EVERYBODY = {"admin", "coordinator", "mentor", "mentee", "service"}


async def rank_of(world: World, level: int) -> str:
    """A new rank; its id."""
    return str((await world.do("admin", "create_rank", level=level, name=f"Level {level}"))["id"])


async def test_everyone_sees_their_organisation_and_its_ranks(world: World) -> None:
    rank_id = await rank_of(world, 11)

    assert await world.seen_by(world.organisation_id) == EVERYBODY
    assert await world.seen_by(rank_id) == EVERYBODY


async def test_nobody_sees_another_organisation(world: World) -> None:
    other = await found_world("Other")

    assert await world.seen_by(other.organisation_id) == set()
    with refused("not_found"):
        await world.do("admin", "update_organisation", other.organisation_id, name="Mine")


async def test_an_administrator_changes_the_settings(world: World, clock: TestClock) -> None:
    clock.advance(hours=1)

    changed = await world.do(
        "admin", "update_organisation", world.organisation_id, name="Acme Ltd", default_zone="Asia/Tokyo"
    )

    assert (changed["name"], changed["default_zone"], changed["anonymity_k"]) == ("Acme Ltd", "Asia/Tokyo", 5)
    assert (changed["version"], changed["updated_at"]) == (2, clock.time.isoformat())


@pytest.mark.parametrize("part", sorted(EVERYBODY - {"admin"}))
@pytest.mark.parametrize("intent", ["update_organisation", "update_rank", "delete_rank"])
async def test_only_administrators_change_organisation_and_ranks(world: World, part: str, intent: str) -> None:
    object_id = world.organisation_id if intent == "update_organisation" else await rank_of(world, 11)

    with refused("forbidden"):
        await world.do(part, intent, object_id)


async def test_the_floor_of_anonymity_may_be_raised_but_never_lowered(world: World) -> None:
    for floor in (5, 8, 8):
        seen = await world.do("admin", "update_organisation", world.organisation_id, anonymity_k=floor)
        assert seen["anonymity_k"] == floor

    with refused("anonymity_floor_lowered"):
        await world.do("admin", "update_organisation", world.organisation_id, anonymity_k=7, name="Sly")

    seen = await world.see("admin", world.organisation_id) or {}
    assert (seen["anonymity_k"], seen["name"]) == (8, "Acme")


async def test_two_who_change_the_floor_at_once_do_not_lower_it(world: World) -> None:
    for floor in (10, 20):
        await at_once(
            *(
                world.do("admin", "update_organisation", world.organisation_id, anonymity_k=wish)
                for wish in (floor, floor - 5)
            )
        )
        assert (await world.see("admin", world.organisation_id) or {})["anonymity_k"] == floor


async def test_a_floor_below_five_is_no_floor(world: World, owner: asyncpg.Connection) -> None:
    with pytest.raises(ValidationError):
        await world.do("admin", "update_organisation", world.organisation_id, anonymity_k=4)

    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update organisation set anonymity_k = 4 where id = $1", world.organisation_id)


async def test_a_rank_takes_a_free_level(world: World) -> None:
    rank = await world.do("admin", "create_rank", level=11, name="Chair")

    assert (rank["level"], rank["name"], rank["version"]) == (11, "Chair", 1)
    with refused("rank_level_taken"):
        await world.do("admin", "create_rank", level=11, name="Second chair")


async def test_of_two_ranks_made_at_once_on_one_level_one_is_kept(world: World) -> None:
    made, refusals = await at_once(
        *(world.do("admin", "create_rank", level=11, name=f"Chair {number}") for number in range(2))
    )

    assert (len(made), refusals) == (1, ["rank_level_taken"])


async def test_each_organisation_has_a_ladder_of_its_own(world: World) -> None:
    other = await found_world("Other")

    for owner in (world, other):
        assert (await owner.do("admin", "create_rank", level=11, name="Chair"))["level"] == 11


async def test_a_rank_is_renamed_but_keeps_its_level(world: World) -> None:
    rank_id = await rank_of(world, 11)

    assert (await world.do("admin", "update_rank", rank_id, name="Chair"))["name"] == "Chair"
    with pytest.raises(ValidationError):
        await world.do("admin", "update_rank", rank_id, level=12)


@pytest.mark.parametrize("level", [0, 101])
async def test_the_ladder_ends_at_a_hundred(world: World, owner: asyncpg.Connection, level: int) -> None:
    with pytest.raises(ValidationError):
        await rank_of(world, level)

    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "update rank set level = $1 where organisation_id = $2 and level = 9", level, world.organisation_id
        )


async def test_a_rank_goes_when_nobody_holds_it(world: World) -> None:
    rank_id = await rank_of(world, 11)
    person_id = await world.person(rank=11)

    with refused("rank_in_use"):
        await world.do("admin", "delete_rank", rank_id)
    await world.do("admin", "update_person", person_id, rank_level=3)
    await world.do("admin", "delete_rank", rank_id)

    assert await world.see("admin", rank_id) is None


async def test_a_rank_that_goes_while_someone_gets_it_leaves_nobody_without_a_rank(world: World) -> None:
    for level in range(11, 17):
        rank_id = await rank_of(world, level)

        answers, refusals = await at_once(world.do("admin", "delete_rank", rank_id), world.person(rank=level))

        assert (len(answers), len(refusals)) == (1, 1)
        kept: Any = await world.see("admin", rank_id)
        assert (kept is not None) is isinstance(answers[0], str)
