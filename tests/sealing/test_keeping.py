"""Data keys: one for each who writes, found again, never lost, destroyed for good."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from app import db as database
from app.sealing import envelope, keeping
from app.sealing.models import ORGANISATION
from app.sealing.wrapping import KeysUnfit
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.sealing.conftest import Confidence
from tests.world import World


class Undone(Exception):
    """What makes a transaction roll back."""


async def key_of(world: World, owner: str) -> envelope.Key:
    """The key that somebody writes with."""
    async with database.current().writing(world.organisation_id) as db:
        return await keeping.current(db, owner)


async def shred(world: World, part: str) -> None:
    """Destroy somebody's keys."""
    async with database.current().writing(world.organisation_id) as db:
        await keeping.shred(db, world.people[part])


async def rows(owner: asyncpg.Connection, world: World, person_id: str) -> list[asyncpg.Record]:
    """What the database holds of somebody's keys."""
    found: list[asyncpg.Record] = await owner.fetch(
        "select * from data_key where organisation_id = $1 and owner = $2 order by generation",
        world.organisation_id,
        person_id,
    )
    return found


async def test_everybody_has_one_key_of_their_own(world: World) -> None:
    owners = ["per_one", "per_two", ORGANISATION]

    first = [(await key_of(world, name)).id for name in owners]
    keeping.forget()

    assert [(await key_of(world, name)).id for name in owners] == first
    assert len(set(first)) == 3


async def test_many_who_come_at_once_make_one_key(world: World, owner: asyncpg.Connection) -> None:
    keys = await asyncio.gather(*(key_of(world, "per_one") for _ in range(8)))

    assert len({key.id for key in keys}) == len(await rows(owner, world, "per_one")) == 1


async def test_a_key_whose_transaction_is_undone_seals_nothing_else(world: World, owner: asyncpg.Connection) -> None:
    with suppress(Undone):
        async with database.current().writing(world.organisation_id) as db:
            undone = await keeping.current(db, "per_one")
            assert await keeping.current(db, "per_one") is undone
            raise Undone

    kept = await key_of(world, "per_one")

    assert [row["id"] for row in await rows(owner, world, "per_one")] == [kept.id]
    assert kept.id != undone.id


async def test_a_key_is_unwrapped_once_while_it_is_in_use_and_forgotten_after(
    world: World, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await key_of(world, "per_one")
    kept = await key_of(world, "per_one")

    for _ in range(3):
        clock.advance(seconds=4)
        async with database.current().writing(world.organisation_id) as db:
            found = await db.fetch("select id, wrapped from data_key where owner = 'per_one'")
        assert await keeping.unwrapped(world.organisation_id, *found[0]) is kept
    clock.advance(seconds=5)

    assert await keeping.unwrapped(world.organisation_id, *found[0]) is not kept


async def test_few_keys_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_REMEMBERED", 2)
    keeping.forget()
    for name in ("per_one", "per_two", "per_three"):
        await key_of(world, name)
        await key_of(world, name)

    assert len(keeping._current._held) == 2


async def test_shredded_keys_leave_the_fact_and_no_bytes(
    confidence: Confidence, clock: TestClock, owner: asyncpg.Connection
) -> None:
    world = confidence.world
    await shred(world, "mentor")

    [row] = await rows(owner, world, world.people["mentor"])

    assert (row["wrapped"], row["kek_id"], row["shredded_at"]) == (None, None, clock.time)
    # Once is enough: the day on which it was done stays.
    clock.advance(days=1)
    await shred(world, "mentor")
    assert (await rows(owner, world, world.people["mentor"]))[0] == row


async def test_nothing_can_be_written_in_the_name_of_somebody_whose_key_was_shredded(confidence: Confidence) -> None:
    world = confidence.world
    await shred(world, "mentor")

    with refused("key_shredded"):
        await world.do("mentor", "create_note", session_id=confidence.session, text="Still here")
    with refused("key_shredded"):
        await world.do("mentor", "update_note", confidence.note, text="Still here")


async def test_who_never_wrote_cannot_begin_after_it(world: World) -> None:
    await shred(world, "mentee")

    with refused("key_shredded"):
        await key_of(world, world.people["mentee"])


async def test_a_key_that_is_being_made_does_not_outlive_its_shredding(world: World, owner: asyncpg.Connection) -> None:
    async with database.current().writing(world.organisation_id) as db:
        await keeping.current(db, world.people["mentee"])
        shredding = asyncio.create_task(shred(world, "mentee"))
        await _waits(owner)
    await shredding

    assert [row["wrapped"] for row in await rows(owner, world, world.people["mentee"])] == [None]


async def _waits(owner: asyncpg.Connection) -> None:
    """Until somebody waits for a lock."""
    async with asyncio.timeout(10):
        while not await owner.fetchval("select exists (select from pg_locks where not granted)"):  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_shredding_that_is_undone_leaves_everything_readable(confidence: Confidence) -> None:
    world = confidence.world
    with suppress(Undone):
        async with database.current().writing(world.organisation_id) as db:
            await keeping.shred(db, world.people["mentor"])
            raise Undone

    assert (await world.see("mentor", confidence.note) or {})["text"] is not None
    assert (await world.do("mentor", "update_note", confidence.note, text="Again"))["text"] == "Again"


@pytest.mark.parametrize("moved", ["row", "column", "organisation", "key"])
async def test_a_ciphertext_that_was_moved_opens_nowhere_else(
    moved: str, confidence: Confidence, owner: asyncpg.Connection
) -> None:
    sealed, wrapped = await owner.fetchrow(
        "select n.text, k.wrapped from note n join data_key k on k.owner = n.author_id where n.id = $1",
        confidence.note,
    )
    other = await owner.fetchval(
        "select k.wrapped from note n join data_key k on k.owner = n.author_id where n.id = $1", confidence.reply
    )
    place: dict[str, Any] = {"organisation": confidence.world.organisation_id, "row": confidence.note, "column": "text"}
    assert await keeping.opened(sealed, wrapped, place["organisation"], "note", place["row"], place["column"])

    place |= {moved: confidence.reply if moved == "row" else "other"}
    with pytest.raises((InvalidTag, KeysUnfit)):
        await keeping.opened(
            sealed,
            other if moved == "key" else wrapped,
            place["organisation"],
            "note",
            place["row"],
            place["column"],
        )


async def test_what_another_process_shreds_is_unreadable_at_once_and_unwritable_after_five_seconds(
    confidence: Confidence, clock: TestClock, owner: asyncpg.Connection
) -> None:
    world = confidence.world
    await world.do("mentor", "update_note", confidence.note, text="This process knows the key")
    await owner.execute(
        "update data_key set wrapped = null, kek_id = null, shredded_at = now() where owner = $1",
        world.people["mentor"],
    )

    assert (await world.see("mentor", confidence.note) or {})["text"] is None
    assert (await world.do("mentor", "update_note", confidence.note, text="Too late"))["text"] is None
    clock.advance(seconds=5)
    with refused("key_shredded"):
        await world.do("mentor", "update_note", confidence.note, text="Later still")
