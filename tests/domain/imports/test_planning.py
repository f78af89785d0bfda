"""Changes that are announced for a later day: kept until it begins where they are, then put like others."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from app.domain.imports import planning
from app.domain.imports.schemas import ImportBegin, ImportKind
from app.workers.sweep import sweep_one
from tests.conftest import TestClock
from tests.domain.imports.importing import counts, faults, imported
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World

HEADER = "external_id,given_name,family_name,rank_level"
ADA = f"{HEADER}\nE-1,Ada,Lovelace,3\n"
# Midnight in Paris.
EVE, DAY = datetime(2027, 1, 31, 22, 59, tzinfo=UTC), datetime(2027, 1, 31, 23, 1, tzinfo=UTC)


async def changes(owner: asyncpg.Connection, world: World) -> list[dict[str, Any]]:
    """Everything that was announced, as an administrator sees it."""
    found = await rows_of(owner, "planned_change", "organisation_id", world.organisation_id)
    return [(await world.see("admin", row["id"])) or {} for row in found]


async def title_of(owner: asyncpg.Connection, world: World, external_id: str = "E-1") -> str | None:
    """The title of whoever has this external id."""
    sql = "select title from person where organisation_id = $1 and external_id = $2"
    title: str | None = await owner.fetchval(sql, world.organisation_id, external_id)
    return title


async def test_a_change_is_made_as_its_day_begins_where_the_organisation_is(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    clock.set(EVE)
    await imported(world, ADA)
    rows = ("E-1,Partner,2027-02-01", "E-1,Analyst,2027-01-31")
    operation = await imported(world, "\n".join(("external_id,title,effective_at", *rows)))

    assert (counts(operation), operation["planned"]) == ((0, 1, 0, 0), 1)
    await sweep_one(world.organisation_id)
    assert await title_of(owner, world) == "Analyst"
    clock.set(DAY)
    await sweep_one(world.organisation_id)

    assert await title_of(owner, world) == "Partner"
    (change,) = await changes(owner, world)
    assert (change["status"], change["changed"], change["effective_at"]) == ("applied", ["title"], "2027-02-01")
    assert (await world.told(change["person_id"]))[-1].actor == world.people["admin"]
    assert not await planning.apply_next(world.organisation_id)


async def test_somebody_may_be_announced_and_leave_on_a_later_day(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    clock.set(EVE)
    await imported(world, ADA, effective_at=DAY.date().replace(month=2, day=1))
    text = "external_id,employment_status,effective_at\nE-1,inactive,2027-03-01\n"
    await imported(world, text, by="service")
    clock.set(DAY.replace(month=3))

    await sweep_one(world.organisation_id)

    found = await changes(owner, world)
    assert [change["status"] for change in found] == ["applied", "applied"]
    assert (await world.see("admin", found[0]["person_id"]) or {})["employment_status"] == "inactive"


async def test_what_cannot_be_done_on_its_day_is_refused_with_the_reason(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    clock.set(EVE)
    await imported(world, "external_id,title,effective_at\nE-9,Partner,2027-02-01\n")
    clock.set(DAY)

    assert await planning.apply_next(world.organisation_id)

    (change,) = await changes(owner, world)
    assert (change["status"], [fault["pointer"] for fault in change["errors"]]) == (
        "refused",
        ["/given_name", "/family_name", "/rank_level"],
    )
    assert await owner.fetchval("select said from planned_change where id = $1", change["id"]) is None


async def test_what_was_called_off_is_not_done(world: World, owner: asyncpg.Connection, clock: TestClock) -> None:
    clock.set(EVE)
    await imported(world, ADA)
    await imported(world, "external_id,title,effective_at\nE-1,Partner,2027-02-01\n")
    (change,) = await changes(owner, world)

    called_off = await world.do("admin", "cancel_planned_change", change["id"])
    clock.set(DAY)

    assert called_off["status"] == "cancelled"
    assert not await planning.apply_next(world.organisation_id)
    with refused("planned_change_state_conflict"):
        await world.do("admin", "cancel_planned_change", change["id"])


async def test_a_day_that_is_none_is_a_fault_of_its_row(world: World) -> None:
    operation = await imported(world, f"{HEADER},effective_at\nE-1,Ada,Doe,3,soon\nE-2,Ada,Doe,3,\n")

    assert (counts(operation), [fault[:2] for fault in faults(operation)]) == ((1, 0, 0, 1), [(1, "/effective_at")])


async def test_a_day_is_for_people_alone() -> None:
    with pytest.raises(ValueError, match="for people alone"):
        ImportBegin.model_validate(
            {
                "kind": ImportKind.ENROLMENTS,
                "format": "csv",
                "text": "x",
                "programme_id": "prg_01jd0a0a0a0a0a0a0a0a0a0a0a",
                "effective_at": "2027-02-01",
            }
        )
