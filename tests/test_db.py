"""The write lane: all or nothing, in the name of one organisation, and what a failure means to callers."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlmodel import col

from app import db as database
from app import ids
from app.config import Settings
from app.db import Busy, Database, Db, Stale
from app.domain.organisations.models import Rank, RankLevelTaken
from app.domain.people.models import Person
from app.errors import Conflict, Invalid, Unavailable
from tests.conftest import TestClock
from tests.lanes import terminate, tight
from tests.world import World

NAMED = sa.text("select current_setting('app.organisation', true)")


def a_rank(world: World, level: int) -> Rank:
    return Rank(organisation_id=world.organisation_id, id=ids.new("rnk"), level=level, name=f"Level {level}")


async def levels(world: World) -> set[int]:
    """The levels of the ladder, as another transaction sees them."""
    async with database.current().writing(world.organisation_id) as db:
        return set(await db.scalars(sa.select(col(Rank.level))))


async def fail_inside(world: World, statement: str) -> None:
    """A write in which one statement fails."""
    async with database.current().writing(world.organisation_id) as db:
        await db.execute(sa.text(statement))


async def test_what_the_block_adds_is_committed(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        db.add(a_rank(world, 50))

    assert 50 in await levels(world)


async def test_an_error_in_the_block_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        async with database.current().writing(world.organisation_id) as db:
            db.add(a_rank(world, 50))
            await db.flush()
            raise RuntimeError("stop")

    assert 50 not in await levels(world)


async def test_a_caller_who_goes_away_leaves_nothing_behind(world: World) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with database.current().writing(world.organisation_id) as db:
            db.add(a_rank(world, 50))
            await db.flush()
            inside.set()
            await db.execute(sa.text("select pg_sleep(4)"))

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert 50 not in await levels(world)


async def test_a_write_is_done_in_the_name_of_its_organisation_and_of_no_other(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        assert await db.scalar(NAMED) == world.organisation_id

    async with database.current().engine.connect() as connection:
        assert not await connection.scalar(NAMED)


async def test_a_row_of_another_organisation_can_neither_be_written_nor_seen(world: World) -> None:
    stranger = ids.new("org")

    with pytest.raises(exc.DBAPIError, match="row-level security"):
        async with database.current().writing(stranger) as db:
            db.add(a_rank(world, 50))

    async with database.current().writing(stranger) as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


@pytest.mark.parametrize(
    "organisation_id",
    ["", "org_", "per_01jd0a0a0a0a0a0a0a0a0a0a0a", "org_01jd0a0a0a0a0a0a0a0a0a0a0a'", "org_01jd0a0a0a0a0a0a0a0a0a0a0a\n"],
)
async def test_what_is_no_organisation_id_reaches_no_statement(world: World, organisation_id: str) -> None:
    with pytest.raises(ValueError, match="not the id of an organisation"):
        async with database.current().writing(organisation_id):
            pass


async def test_a_broken_constraint_speaks_the_language_of_the_domain(world: World) -> None:
    with pytest.raises(RankLevelTaken) as refused:
        async with database.current().writing(world.organisation_id) as db:
            db.add(a_rank(world, 1))

    assert (refused.value.code, refused.value.detail) == ("rank_level_taken", RankLevelTaken.__doc__)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("insert into rank select * from rank limit 1", Conflict),
        ("update person set manager_id = 'per_none'", Conflict),
        ("update person set id = repeat('x', 30) || chr(0)", Invalid),
        ("select 'x'::int", Invalid),
        ("set local statement_timeout = 20; select pg_sleep(3)", Unavailable),
    ],
)
async def test_other_failures_have_a_kind_too(world: World, statement: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as refused:
        for part in statement.split("; ")[-1:]:
            async with database.current().writing(world.organisation_id) as db:
                if ";" in statement:
                    await db.execute(sa.text(statement.split("; ")[0]))
                await db.execute(sa.text(part))

    assert type(refused.value) is kind
