"""Those whom an export lacks leave when somebody asks for it, who has looked at how many they are."""

from typing import Any

import asyncpg
import pytest

from app import db as database
from app.domain.imports import leaving
from app.domain.syncs import service as syncs
from app.workers.jobs import JOBS
from app.workers.operate import MOST_ATTEMPTS, Operator
from tests.conftest import TestClock
from tests.domain.imports.importing import counts, faults, finished, imported
from tests.domain.imports.test_comparing import HEADER, compared
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World

STAFF = tuple(f"E-{number},A,B,3" for number in range(1, 12))


def export(*rows: str) -> str:
    """An export of some rows."""
    return "\n".join((HEADER, *rows))


async def statuses(owner: asyncpg.Connection, world: World) -> dict[str, str]:
    """What became of everybody whom the HR system knows."""
    found = await rows_of(owner, "person", "organisation_id", world.organisation_id)
    return {row["external_id"]: row["employment_status"] for row in found if row["external_id"]}


async def ended(world: World, run: dict[str, Any], **data: Any) -> dict[str, Any]:
    """Let the leavers of a run leave; the operation."""
    return await finished(world, "admin", await world.do("admin", "end_leavers", run["id"], **data))


async def test_leavers_leave_when_somebody_asks_for_it(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 1)
    await imported(world, export(*STAFF))
    run = await compared(world, export(*STAFF[1:]))
    assert set((await statuses(owner, world)).values()) == {"active"}

    operation = await ended(world, run)

    assert (operation["status"], counts(operation), operation["subject_ids"]) == (
        "succeeded",
        (0, 1, 0, 0),
        [run["id"]],
    )
    found = await statuses(owner, world)
    assert [key for key, status in found.items() if status == "inactive"] == ["E-1"]
    made = await world.see("admin", operation["result"])
    assert made is not None
    assert (made["kind"], made["updated"]) == ("leavers", 1)


async def test_where_more_than_a_tenth_would_leave_the_number_must_be_said(
    world: World, owner: asyncpg.Connection
) -> None:
    await imported(world, export(*STAFF))
    run = await compared(world, export(*STAFF[2:]))

    for given in ({}, {"leaving": 1}):
        with refused("many_leavers"):
            await world.do("admin", "end_leavers", run["id"], **given)
    operation = await ended(world, run, leaving=2)

    assert counts(operation) == (0, 2, 0, 0)


async def test_whoever_was_changed_since_stays_and_whoever_left_has_left(
    world: World, owner: asyncpg.Connection
) -> None:
    await imported(world, export(*STAFF))
    run = await compared(world, export(*STAFF[2:]))
    await imported(world, "external_id,title\nE-1,Partner\n")
    await imported(world, "external_id,employment_status\nE-2,inactive\n")

    operation = await ended(world, run, leaving=2)

    assert (counts(operation), faults(operation)) == ((0, 0, 1, 1), [(1, "", "changed_since")])
    assert (await statuses(owner, world))["E-1"] == "active"


async def test_an_older_comparison_says_nothing_any_more(world: World) -> None:
    await imported(world, export(*STAFF))
    run = await compared(world, export(*STAFF[1:]))
    await compared(world, export(*STAFF))

    with refused("leavers_unknown"):
        await world.do("admin", "end_leavers", run["id"])


async def test_nothing_is_half_done_where_a_comparison_came_between(world: World, clock: TestClock) -> None:
    await imported(world, export(*STAFF))
    run = await compared(world, export(*STAFF[1:]))
    begun = await world.do("admin", "end_leavers", run["id"])
    async with database.current().writing(world.organisation_id) as db:
        await syncs.forget(db)

    operator = Operator(JOBS)
    for _ in range(MOST_ATTEMPTS):
        assert await operator.step()
        clock.advance(minutes=2)

    seen = await world.see("admin", begun["id"])
    assert seen is not None
    assert (seen["status"], seen["failure_code"], counts(seen)) == ("failed", "leavers_unknown", (0, 0, 0, 0))
