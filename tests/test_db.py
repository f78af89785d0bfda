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
from app.db import Stale
from app.domain.organisations.models import Rank, RankLevelTaken
from app.domain.people.models import Person
from app.errors import Conflict, DomainError, Invalid, Unavailable
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.world import World

NAMED = sa.text("select current_setting('app.organisation', true)")


def a_rank(world: World, level: int) -> Rank:
    """A rank that the ladder lacks."""
    return Rank(organisation_id=world.organisation_id, id=ids.new("rnk"), level=level, name=f"Level {level}")


async def levels(world: World) -> set[int]:
    """The levels of the ladder, as another transaction sees them."""
    async with database.current().writing(world.organisation_id) as db:
        return set(await db.scalars(sa.select(col(Rank.level))))


async def run(world: World, *statements: str) -> None:
    """One transaction of these statements."""
    async with database.current().writing(world.organisation_id) as db:
        for statement in statements:
            await db.execute(sa.text(statement))


async def test_what_the_block_adds_is_committed(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        db.add(a_rank(world, 50))

    assert 50 in await levels(world)


async def test_an_error_in_the_block_leaves_nothing_behind(world: World) -> None:
    async def write() -> None:
        async with database.current().writing(world.organisation_id) as db:
            db.add(a_rank(world, 50))
            await db.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await write()

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


async def test_the_commit_of_a_transaction_that_failed_does_not_pass_as_success(world: World) -> None:
    async def write() -> None:
        async with database.current().writing(world.organisation_id) as db:
            db.add(a_rank(world, 50))
            await db.flush()
            with suppress(exc.DBAPIError):
                await db.execute(sa.text("select 1 / 0"))

    with pytest.raises(Unavailable, match="could not be kept"):
        await write()

    assert 50 not in await levels(world)


async def test_a_write_is_done_in_the_name_of_its_organisation_alone(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        assert await db.scalar(NAMED) == world.organisation_id

    async with database.current().engine.connect() as connection:
        assert not await connection.scalar(NAMED)


async def test_another_organisation_can_neither_be_written_nor_seen(world: World) -> None:
    stranger = ids.new("org")

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.current().writing(stranger) as db:
            db.add(a_rank(world, 50))

    async with database.current().writing(stranger) as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("tail", ["", "org_", "per_{}", "org_{}'", "org_{}\n", "org_{}0", "ORG_{}", "org_8{}"])
async def test_what_is_no_organisation_id_reaches_no_statement(world: World, tail: str) -> None:
    organisation_id = tail.format(world.organisation_id.removeprefix("org_"))

    with pytest.raises(ValueError, match="not the id of an organisation"):
        async with database.current().writing(organisation_id):
            pass


async def test_a_broken_constraint_speaks_the_language_of_the_domain(world: World) -> None:
    with pytest.raises(RankLevelTaken, match="The ladder has a rank on this level already") as caught:
        async with database.current().writing(world.organisation_id) as db:
            db.add(a_rank(world, 1))

    assert caught.value.code == "rank_level_taken"


async def test_a_shard_number_does_not_hide_which_constraint_it_was(
    world: World, address: str, owner: asyncpg.Connection
) -> None:
    await owner.execute("create table shard (level int constraint uq_rank_level_102008 unique)")
    await owner.execute("grant insert on shard to flipside_app")
    try:
        with refused("rank_level_taken"):
            await run(world, "insert into shard values (1), (1)")
    finally:
        await owner.execute("drop table shard")


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        (["insert into rank select * from rank limit 1"], Conflict),
        (["update person set manager_id = 'per_none'"], Conflict),
        (["select 'x'::int"], Invalid),
        (["select 2147483647 + 1"], Invalid),
        (["set local statement_timeout = 20", "select pg_sleep(4)"], Unavailable),
    ],
)
async def test_other_failures_have_a_kind_too(world: World, statements: list[str], kind: type[DomainError]) -> None:
    with pytest.raises(DomainError) as caught:
        await run(world, *statements)

    assert type(caught.value) is kind


async def test_a_wait_for_others_that_takes_too_long_can_be_repeated(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        await db.execute(sa.text("select from rank for update"))

        with pytest.raises(Unavailable, match="Others are changing the same objects"):
            await run(world, "set local lock_timeout = 20", "update rank set name = 'x'")


async def test_one_of_two_that_wait_for_each_other_can_be_repeated(world: World) -> None:
    met, update = asyncio.Barrier(2), sa.text("update rank set name = 'x' where level = :level")

    async def change(first: int, second: int) -> str:
        try:
            async with database.current().writing(world.organisation_id) as db:
                await db.execute(update, {"level": first})
                await met.wait()
                await db.execute(update, {"level": second})
        except Unavailable as error:
            return error.code
        return "done"

    assert sorted(await asyncio.gather(change(1, 2), change(2, 1))) == ["done", "unavailable"]


@pytest.mark.parametrize("statement", ["update rank set name = null", "update rank set level = 0", "select nonsense"])
async def test_a_mistake_of_ours_is_not_explained_away(world: World, statement: str) -> None:
    with pytest.raises(exc.DBAPIError):
        await run(world, statement)


async def test_a_failure_that_the_driver_reports_itself_is_understood_as_well(world: World) -> None:
    async def write() -> None:
        async with database.current().writing(world.organisation_id) as db:
            raw = (await (await db.connection()).get_raw_connection()).driver_connection
            await raw.fetch("select 1 / 0")  # type: ignore[union-attr]

    with pytest.raises(Invalid):
        await write()


async def test_a_changed_row_gets_the_next_version_and_the_time(world: World, clock: TestClock) -> None:
    made_at, later = clock.time, clock.advance(hours=1)

    async with database.current().writing(world.organisation_id) as db:
        first, second = (await db.scalars(sa.select(Rank).where(col(Rank.level) < 3).order_by(col(Rank.level)))).all()
        first.name, second.name = "Beginner", str(second.name)

    assert (first.version, first.updated_at) == (2, later)
    assert (second.version, second.updated_at) == (1, made_at)


async def test_a_row_of_another_version_than_the_caller_read_is_stale(world: World) -> None:
    async with database.current().writing(world.organisation_id) as db:
        rank = (await db.scalars(sa.select(Rank).where(col(Rank.level) == 1))).one()
        db.expected[rank.id] = rank.version

        db.check_version(rank)

        db.expected[rank.id] = rank.version + 1
        with pytest.raises(Stale):
            db.check_version(rank)


async def test_without_an_open_database_nothing_works(opened: database.Database) -> None:
    database.use(None)
    try:
        with pytest.raises(RuntimeError, match="no database is open"):
            database.current()
    finally:
        database.use(opened)
