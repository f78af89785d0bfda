"""Reporting lines: nobody stands above themselves, at any depth, whoever changes what at the same time."""

import asyncpg
import pytest

from app import db as database
from app import ids
from app.domain.people import queries
from tests.outcomes import at_once, refused
from tests.world import World, found_world


async def line(world: World, length: int) -> list[str]:
    """People of whom each reports to the next."""
    people = [await world.person()]
    for _ in range(length - 1):
        people.insert(0, await world.person(manager_id=people[0]))
    return people


async def report(world: World, person_id: str, manager_id: str | None) -> None:
    """Give someone a manager."""
    await world.do("admin", "update_person", person_id, manager_id=manager_id)


async def cycles(owner: asyncpg.Connection, world: World) -> int:
    """How many people of an organisation stand above themselves."""
    found: int = await owner.fetchval(
        """
        with recursive above as (
            select id, manager_id from person where organisation_id = $1
            union select above.id, person.manager_id from above
            join person on person.organisation_id = $1 and person.id = above.manager_id
        ) select count(*) from above where id = manager_id
        """,
        world.organisation_id,
    )
    return found


async def test_a_manager_can_be_given_and_taken(world: World) -> None:
    mentor, mentee = world.people["mentor"], world.people["mentee"]

    await report(world, mentor, mentee)
    assert (await world.see("admin", mentor) or {})["manager_id"] == mentee
    await report(world, mentor, None)
    assert (await world.see("admin", mentor) or {})["manager_id"] is None


async def test_a_manager_must_be_someone_of_the_organisation(world: World) -> None:
    other = await found_world("Other")

    for manager_id in ("per_01jd0a0a0a0a0a0a0a0a0a0a0a", other.people["admin"]):
        with refused("unknown_reference", "/manager_id"):
            await report(world, world.people["mentor"], manager_id)
        with refused("unknown_reference", "/manager_id"):
            await world.person(manager_id=manager_id)


async def test_nobody_is_their_own_manager(world: World) -> None:
    with refused("manager_cycle", "/manager_id"):
        await report(world, world.people["mentor"], world.people["mentor"])


@pytest.mark.parametrize("length", [2, 3, 6])
async def test_a_manager_does_not_report_to_the_person(world: World, length: int) -> None:
    people = await line(world, length)

    with refused("manager_cycle", "/manager_id"):
        await report(world, people[-1], people[0])
    await report(world, people[0], people[-1])


async def test_a_line_of_any_length_is_followed_to_its_end(world: World, owner: asyncpg.Connection) -> None:
    low, high = world.people["mentor"], world.people["mentee"]
    between = [ids.new("per") for _ in range(150)]
    for person_id, manager_id in zip(reversed(between), [high, *reversed(between)], strict=False):
        await owner.execute(
            """
            insert into person (organisation_id, id, given_name, family_name, display_name, rank_level, zone, languages,
                manager_id, employment_status, version, created_at, updated_at)
            values ($1, $2, 'Long', 'Line', 'Long Line', 3, 'UTC', '[]', $3, 'active', 1, now(), now())
            """,
            world.organisation_id,
            person_id,
            manager_id,
        )
    await report(world, low, between[0])

    with refused("manager_cycle"):
        await report(world, high, low)


async def test_a_cycle_that_slipped_in_does_not_run_for_ever(world: World, owner: asyncpg.Connection) -> None:
    low, middle, high = await line(world, 3)
    await owner.execute("update person set manager_id = $1 where id = $2", middle, high)

    async with database.current().writing(world.organisation_id) as db:
        assert await queries.reports_to(db, low, high)
        assert not await queries.reports_to(db, low, world.people["mentor"])


async def test_of_two_who_become_each_others_manager_at_once_one_is_refused(
    world: World, owner: asyncpg.Connection
) -> None:
    for _ in range(5):
        one, other = await world.person(), await world.person()

        done, refusals = await at_once(report(world, one, other), report(world, other, one))

        assert (len(done), refusals) == (1, ["manager_cycle"])
    assert await cycles(owner, world) == 0


async def test_a_ring_that_many_close_at_once_stays_open(world: World, owner: asyncpg.Connection) -> None:
    ring = [await world.person() for _ in range(6)]

    done, refusals = await at_once(*(report(world, ring[place - 1], ring[place]) for place in range(6)))

    assert (len(done), refusals) == (5, ["manager_cycle"])
    assert await cycles(owner, world) == 0


async def test_the_database_refuses_the_shortest_ring_itself(world: World, owner: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update person set manager_id = id where id = $1", world.people["mentor"])
