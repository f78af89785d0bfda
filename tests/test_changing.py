"""New and changed rows of a transaction as one statement: references among them hold, values come back as they went."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy.orm.exc import StaleDataError

from app import changing, ids
from app import db as database
from app.domain.people.models import EmploymentStatus, Person
from app.domain.programmes.contents import Duty, ProgrammeRole, Topic
from app.domain.programmes.models import Programme
from app.domain.programmes.schemas import DEFAULT_CLAUSES
from app.reading import rows
from app.table import metadata
from tests.conftest import NOON
from tests.outcomes import refused
from tests.world import World


def a_person(world: World, **fields: Any) -> Person:
    """Somebody new, not stored yet."""
    facts: dict[str, Any] = {
        "given_name": "Ada",
        "family_name": "Doe",
        "display_name": "Ada Doe",
        "rank_level": 3,
        "zone": "UTC",
    }
    return Person(**{"organisation_id": world.organisation_id, "id": ids.new("per"), **facts, **fields})


async def test_rows_of_several_tables_may_refer_to_each_other_in_any_order(world: World) -> None:
    organisation_id = world.organisation_id
    programme = Programme(
        organisation_id=organisation_id,
        id=ids.new("prg"),
        name="Flip",
        purpose="Learn.",
        starts_on=NOON.date(),
        ends_on=NOON.replace(year=2027).date(),
        agreement_clauses=[clause.model_dump() for clause in DEFAULT_CLAUSES],
    )
    manager, report = a_person(world), a_person(world)
    report.manager_id = manager.id
    role = ProgrammeRole(
        organisation_id=organisation_id,
        id=ids.new("prr"),
        programme_id=programme.id,
        person_id=report.id,
        duty=Duty.MATCHER,
    )
    topic = Topic(organisation_id=organisation_id, id=ids.new("top"), programme_id=programme.id, name="AI")

    async with database.current().writing(organisation_id) as db:
        db.add_all([topic, role, report, manager, programme])

    for row in (topic, role, report, manager, programme):
        assert await world.see("admin", row.id) is not None


async def test_values_of_every_kind_come_back_as_they_went(world: World) -> None:
    person = a_person(
        world,
        title="Zoë “;--\n%s $1",
        languages=["fr", "“de”"],
        hire_date=NOON.date(),
        employment_status=EmploymentStatus.ON_LEAVE,
    )

    async with database.current().writing(world.organisation_id) as db:
        db.add(person)

    found = await stored(world, person)
    assert found.model_dump() == person.model_dump()
    assert found.employment_status is EmploymentStatus.ON_LEAVE


async def test_a_new_row_can_be_changed_in_its_own_transaction(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        person = a_person(world)
        db.add(person)
        await db.flush()
        assert person.version == 1
        person.title = "Head"

    seen = await world.see("admin", person.id) or {}
    assert (seen["title"], seen["version"]) == ("Head", 2)


async def test_a_new_row_can_be_removed_in_its_own_transaction(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        person = a_person(world)
        db.add(person)
        await db.flush()
        await db.delete(person)

    assert await world.see("admin", person.id) is None


async def test_rows_are_changed_each_in_its_own_way_or_many_alike(world: World) -> None:
    people = [a_person(world, title=f"Title {number}") for number in range(40)]
    first, second, *others = people
    async with database.current().writing(world.organisation_id) as db:
        db.add_all(people)
    async with database.current().writing(world.organisation_id) as db:
        for known in people:
            person = await rows.by_id(db, Person, known.id, lock=True)
            person.title = None if known is first else f"New {known.title}"
            if known is second:
                person.languages, person.employment_status = ["nl"], EmploymentStatus.ON_LEAVE
            # The same once more is no change.
            person.zone = "UTC"

    assert (await stored(world, first)).title is None
    changed = await stored(world, second)
    assert (changed.title, changed.languages, changed.employment_status) == (
        "New Title 1",
        ["nl"],
        EmploymentStatus.ON_LEAVE,
    )
    assert {((await stored(world, other)).title, (await stored(world, other)).version) for other in others} == {
        (f"New Title {number}", 2) for number in range(2, 40)
    }


async def test_what_a_changed_row_gives_up_a_new_one_may_take(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        db.add(former := a_person(world, external_id="E-1"))
    async with database.current().writing(world.organisation_id) as db:
        db.add(successor := a_person(world, external_id="E-1"))
        (await rows.by_id(db, Person, former.id, lock=True)).external_id = None

    assert (await stored(world, former)).external_id is None
    assert (await stored(world, successor)).external_id == "E-1"


async def test_what_is_set_to_what_it_was_is_no_change(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        db.add(person := a_person(world, title="Head"))
    async with database.current().writing(world.organisation_id) as db:
        known = await rows.by_id(db, Person, person.id)
        known.title = "Boss"
        known.title = "Head"

    assert (await stored(world, person)).version == 1


async def test_a_row_that_is_not_there_any_more_is_not_changed_in_silence(
    world: World, owner: asyncpg.Connection
) -> None:
    async with database.current().writing(world.organisation_id) as db:
        db.add(person := a_person(world))

    async def change() -> None:
        async with database.current().writing(world.organisation_id) as db:
            known = await rows.by_id(db, Person, person.id)
            await owner.execute("delete from person where id = $1", person.id)
            known.title = "Head"

    with pytest.raises(StaleDataError):
        await change()


async def test_a_row_that_was_changed_is_not_read_over(world: World, owner: asyncpg.Connection) -> None:
    async with database.current().writing(world.organisation_id) as db:
        db.add(person := a_person(world))

    async with database.current().writing(world.organisation_id) as db:
        known = await rows.by_id(db, Person, person.id)
        await owner.execute("update person set given_name = 'Eve' where id = $1", person.id)
        assert (await rows.by_id(db, Person, person.id)).given_name == "Ada"
        assert (await rows.by_id(db, Person, person.id, lock=True)).given_name == "Eve"
        known.title = "Head"
        assert await rows.by_id(db, Person, person.id, lock=True) is known
        assert known.title == "Head"

    assert ((await stored(world, person)).given_name, (await stored(world, person)).title) == ("Eve", "Head")


async def stored(world: World, person: Person) -> Person:
    """Somebody as the database has them."""
    async with database.current().writing(world.organisation_id) as db:
        return await rows.by_id(db, Person, person.id)


async def test_many_rows_are_inserted_all_or_none(world: World, owner: asyncpg.Connection) -> None:
    async def add(*people: Person) -> None:
        async with database.current().writing(world.organisation_id) as db:
            db.add_all(people)

    await add(*(a_person(world, external_id=f"a-{number}") for number in range(1201)))
    with refused("external_id_taken"):
        await add(
            *(a_person(world, external_id=f"b-{number}") for number in range(1200)), a_person(world, external_id="a-0")
        )

    count = "select count(*) from person where organisation_id = $1 and external_id is not null"
    assert await owner.fetchval(count, world.organisation_id) == 1201


def test_one_statement_never_takes_more_values_than_the_protocol_carries() -> None:
    # Of each table either a few rows come one by one, or all of them as an array for each column.
    widest = sorted((len(table.c) for table in metadata.tables.values()), reverse=True)

    assert sum(widest[:20]) * changing._MANY < 2**15
