"""Two people who must never be paired: one entry, in either order, with a reason that only administrators read."""

from typing import Any

import asyncpg
import pytest

from app import db as database
from app.domain.people import queries
from tests.outcomes import at_once, refused
from tests.world import World, found_world

REASON = "They are married."


async def bar(world: World, one: str, other: str, part: str = "admin") -> dict[str, Any]:
    """Keep two people apart."""
    return await world.do(part, "create_do_not_pair", person_id=one, other_person_id=other, reason=REASON)


async def are_apart(world: World, one: str, other: str) -> bool:
    """Whether an entry bars two people."""
    async with database.current().writing(world.organisation_id) as db:
        return await queries.kept_apart(db, one, other)


async def test_two_people_are_kept_apart_in_either_order(world: World) -> None:
    one, other = sorted((world.people["mentor"], world.people["mentee"]))

    entry = await bar(world, other, one)

    assert (entry["person_id"], entry["other_person_id"], entry["reason"]) == (one, other, REASON)
    assert await are_apart(world, one, other)
    assert await are_apart(world, other, one)
    assert not await are_apart(world, one, world.people["admin"])


async def test_nobody_is_kept_apart_from_themselves(world: World) -> None:
    with refused("invalid", "/other_person_id"):
        await bar(world, world.people["mentor"], world.people["mentor"])


@pytest.mark.parametrize("pointer", ["/person_id", "/other_person_id"])
async def test_both_must_be_people_of_the_organisation(world: World, pointer: str) -> None:
    other = await found_world("Other")
    pair = [world.people["mentor"], other.people["mentor"]]

    with refused("unknown_reference", pointer):
        await bar(world, *(pair if pointer == "/other_person_id" else reversed(pair)))


async def test_two_people_are_kept_apart_once(world: World) -> None:
    one, other = world.people["mentor"], world.people["mentee"]

    made, refusals = await at_once(*(bar(world, *pair) for pair in [(one, other), (other, one)] * 3))

    assert (len(made), refusals) == (1, ["already_barred"] * 5)


async def test_an_entry_is_lifted(world: World) -> None:
    one, other = world.people["mentor"], world.people["mentee"]
    entry = await bar(world, one, other)

    await world.do("service", "delete_do_not_pair", entry["id"])

    assert not await are_apart(world, one, other)
    await bar(world, one, other)


async def test_the_office_sees_an_entry_but_only_administrators_read_why(world: World) -> None:
    entry = await bar(world, world.people["mentor"], world.people["mentee"], "service")

    assert entry["reason"] is None
    assert await world.seen_by(entry["id"]) == {"admin", "service"}
    assert await world.see("admin", entry["id"]) == entry | {"reason": REASON}


async def test_others_neither_make_nor_lift_an_entry(world: World) -> None:
    entry = await bar(world, world.people["mentor"], world.people["mentee"])

    for part in ("coordinator", "mentor"):
        with refused("forbidden"):
            await bar(world, world.people["mentor"], world.people["admin"], part)
        with refused("forbidden"):
            await world.do(part, "delete_do_not_pair", entry["id"])


async def test_an_entry_is_told_to_nobody(world: World, owner: asyncpg.Connection) -> None:
    entry = await bar(world, world.people["mentor"], world.people["mentee"])
    await world.do("admin", "delete_do_not_pair", entry["id"])

    assert await world.told(entry["id"]) == []
    assert not await owner.fetchval(
        "select exists (select from outbox_event where organisation_id = $1 and data::text like '%married%')",
        world.organisation_id,
    )
