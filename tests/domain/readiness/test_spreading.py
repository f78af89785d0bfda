"""A training that came late reaches those who were approved before it was there."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlmodel import col

from app import clock
from app import db as database
from app.domain.enrolments.models import Enrolment
from app.domain.programmes.contents import ProgrammeResource
from app.domain.readiness import spreading, training
from app.reading import rows
from tests.domain.imports.importing import finished
from tests.outcomes import refused
from tests.prepared import CHARTER, required
from tests.world import World


@pytest.fixture
async def programme(world: World) -> str:
    """A programme with a mentor and a mentee who were approved, and one who was only invited."""
    programme_id = await world.programme(allows_late_intake=True)
    for role in ("mentor", "mentee"):
        await world.enrolment(programme_id, world.people[role], role, status="approved")
    await world.enrolment(programme_id, await world.person(), "mentor", status="invited")
    return programme_id


async def assign(world: World, resource_id: str) -> tuple[str, int, int, int]:
    """Assign it to everybody: how the operation ended, of how many, how many were new and how many were not."""
    begun = await world.do("coordinator", "assign_programme_resource", resource_id)
    seen = await finished(world, "coordinator", begun)
    return seen["status"], seen["total"], seen["created"], seen["unchanged"]


async def open_trainings(world: World, programme: str) -> dict[str, int]:
    """How much waits for each, by role."""
    query = (
        "select role, open_trainings from enrolment where organisation_id = $1 and programme_id = $2 and status <> $3"
    )
    async with database.current().writing(world.organisation_id) as db:
        return dict(await db.fetch(query, world.organisation_id, programme, "invited"))


async def test_who_was_approved_before_gets_it_once(world: World, programme: str) -> None:
    module = await required(world, programme)
    assert await open_trainings(world, programme) == {"mentor": 0, "mentee": 0}

    assert await assign(world, module) == ("succeeded", 2, 2, 0)
    assert await assign(world, module) == ("succeeded", 0, 0, 0)

    assert await open_trainings(world, programme) == {"mentor": 1, "mentee": 1}


async def test_a_new_edition_is_for_all_again(world: World, programme: str) -> None:
    module = await required(world, programme)
    await assign(world, module)
    await world.do("coordinator", "update_programme_resource", module, body="Ask. Wait. Say it back.")

    assert await assign(world, module) == ("succeeded", 2, 2, 0)


async def test_it_is_for_its_audience_alone(world: World, programme: str) -> None:
    charter = await required(world, programme, **CHARTER, audience="mentee")

    assert await assign(world, charter) == ("succeeded", 1, 1, 0)

    assert await open_trainings(world, programme) == {"mentor": 0, "mentee": 1}


async def test_it_goes_on_after_each_bite(world: World, programme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "AT_ONCE", 1)

    assert await assign(world, await required(world, programme)) == ("succeeded", 2, 2, 0)


async def test_who_got_it_meanwhile_is_passed_over(world: World, programme: str, owner: asyncpg.Connection) -> None:
    module = await required(world, programme)
    begun = await world.do("coordinator", "assign_programme_resource", module)
    async with database.current().writing(world.organisation_id) as db:
        mine = (col(Enrolment.programme_id) == programme, col(Enrolment.person_id) == world.people["mentor"])
        (enrolment,) = await rows.free(db, Enrolment, *mine)
        spread = asyncio.create_task(finished(world, "coordinator", begun))
        await waiting(owner)
        training.give(db, enrolment, await rows.by_id(db, ProgrammeResource, module), clock.now())

    seen = await spread

    assert (seen["status"], seen["created"], seen["unchanged"]) == ("succeeded", 1, 1)
    assert await open_trainings(world, programme) == {"mentor": 1, "mentee": 1}


async def waiting(owner: asyncpg.Connection) -> None:
    """Until somebody waits for a lock."""
    query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with asyncio.timeout(10):
        while not await owner.fetchval(query):
            pass


async def test_what_was_removed_is_assigned_to_nobody(world: World, programme: str) -> None:
    module = await required(world, programme)
    begun = await world.do("coordinator", "assign_programme_resource", module)
    async with database.current().writing(world.organisation_id) as db:
        await db.delete(await rows.by_id(db, ProgrammeResource, module))

    seen = await finished(world, "coordinator", begun)

    assert (seen["status"], seen["created"]) == ("succeeded", 0)


async def test_a_guide_is_assigned_to_nobody(world: World, programme: str) -> None:
    guide: dict[str, Any] = {"kind": "guide", "title": "For seniors", "body": "Ask."}
    made = await world.do("coordinator", "create_programme_resource", programme_id=programme, **guide)

    with refused("not_assignable"):
        await world.do("coordinator", "assign_programme_resource", made["id"])
