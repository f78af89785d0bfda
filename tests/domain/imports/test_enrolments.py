"""Importing enrolments into a programme."""

import asyncpg
import orjson

from tests.domain.imports.importing import counts, faults, imported
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World

HEADER = "person_external_id,person_work_email,role,capacity,offers"


async def company(world: World) -> None:
    """Two people who can be named."""
    await world.person(external_id="E-1", work_email="ada@example.com", languages=["fr"], zone="Europe/Paris")
    await world.person(external_id="E-2", work_email="grace@example.com")


async def test_people_are_invited_and_told(world: World, owner: asyncpg.Connection) -> None:
    await company(world)
    programme_id = await world.programme(status="enrolling")

    text = f"{HEADER}\nE-1,,mentor,2,Python|Music\n,GRACE@example.com,mentee,,\n"
    operation = await imported(world, text, by="coordinator", kind="enrolments", programme_id=programme_id)

    assert (operation["kind"], operation["subject_ids"]) == ("enrolments_import", [programme_id])
    assert counts(operation) == (2, 0, 0, 0)
    first, second = await rows_of(owner, "enrolment", "programme_id", programme_id)
    assert (first["role"], first["status"], first["capacity"], first["zone"]) == (
        "mentor",
        "invited",
        2,
        "Europe/Paris",
    )
    assert (second["role"], second["capacity"]) == ("mentee", 1)
    assert [event.type for event in await world.told(first["id"])] == ["enrolment.invited"]


async def test_the_same_again_changes_nothing_and_what_differs_is_updated(
    world: World, owner: asyncpg.Connection
) -> None:
    await company(world)
    programme_id = await world.programme(status="enrolling")
    options = {"kind": "enrolments", "programme_id": programme_id}
    text = f"{HEADER}\nE-1,,mentor,2,Python|Music\nE-2,,mentee,,\n"
    await imported(world, text, **options)

    assert counts(await imported(world, text, **options)) == (0, 0, 2, 0)
    changed = await imported(world, f"{HEADER}\n,ada@example.com,mentor,3,Python|Music\n", **options)

    assert counts(changed) == (0, 1, 0, 0)
    first, second = await rows_of(owner, "enrolment", "programme_id", programme_id)
    assert (first["capacity"], first["version"], second["version"]) == (3, 2, 1)


async def test_a_row_at_fault_is_refused_and_the_others_are_not(world: World) -> None:
    await company(world)
    await world.do("admin", "deactivate_person", await world.person(external_id="E-3"))
    programme_id = await world.programme(status="enrolling")
    rows = ["E-1,,mentor,2,", "E-9,,mentor,2,", ",x@example.com,mentor,2,", "E-2,,boss,2,", "E-2,,mentee,99,"]
    more = ["E-3,,mentor,2,", ",,mentor,1,", ",ada@example.com,mentor,4,", ",grace@example.com,mentee,2,"]

    operation = await imported(world, "\n".join((HEADER, *rows, *more)), kind="enrolments", programme_id=programme_id)

    assert sorted(faults(operation)) == [
        (2, "/person_external_id", "unknown_reference"),
        (3, "/person_work_email", "unknown_reference"),
        (4, "/role", "enum"),
        (5, "/capacity", "less_than_equal"),
        (6, "", "person_inactive"),
        (7, "/person_work_email", "unknown_reference"),
    ]
    # The row before the last names Ada once more, by her address.
    assert counts(operation) == (2, 1, 0, 6)


async def test_only_those_who_run_a_programme_import_into_it(world: World) -> None:
    await company(world)
    programme_id = await world.programme(status="enrolling")
    text = f"{HEADER}\nE-1,,mentor,2,\n"

    with refused("forbidden"):
        await imported(world, text, by="mentor", kind="enrolments", programme_id=programme_id)
    draft = await world.do("admin", "create_programme", name="Hers", purpose="None.", starts_on="2026-05-01")
    with refused("unknown_reference", "/programme_id"):
        await imported(world, text, by="coordinator", kind="enrolments", programme_id=draft["id"])
    assert counts(await imported(world, text, by="service", kind="enrolments", programme_id=programme_id))[0] == 1


async def test_a_programme_that_takes_nobody_in_refuses_every_row(world: World) -> None:
    await company(world)
    programme_id = await world.programme(status="draft")

    operation = await imported(
        world, f"{HEADER}\nE-1,,mentor,2,\n", by="coordinator", kind="enrolments", programme_id=programme_id
    )

    assert faults(operation) == [(1, "", "programme_not_enrolling")]


PROFILE = "person_external_id,role,offers,seeks,offer_levels,seek_weights,style,availability"


async def test_a_row_tells_how_well_how_much_in_what_manner_and_when(world: World, owner: asyncpg.Connection) -> None:
    await company(world)
    options = {"kind": "enrolments", "programme_id": await world.programme(status="enrolling")}
    row = (
        "E-1,mentor,Python|a=b,Law,Python=4 | a=b=2,Law = 20,pace=5|challenge=1,Monday 09:00-11:30|friday 22:00 - 24:00"
    )

    await imported(world, f"{PROFILE}\n{row}\n", **options)
    same = await imported(world, f"{PROFILE}\n{row}\n", **options)

    (found,) = await rows_of(owner, "enrolment", "programme_id", options["programme_id"])
    assert orjson.loads(found["offer_levels"]) == {"Python": 4, "a=b": 2}
    assert orjson.loads(found["seek_weights"]) == {"Law": 20}
    assert orjson.loads(found["style"]) == {"pace": 5, "challenge": 1}
    assert orjson.loads(found["availability"]) == [
        {"weekday": "monday", "starts": "09:00", "ends": "11:30"},
        {"weekday": "friday", "starts": "22:00", "ends": "24:00"},
    ]
    assert counts(same) == (0, 0, 1, 0)

    changed = await imported(world, f"{PROFILE}\nE-1,mentor,,,Python=5,,pace=5,\n", **options)

    (found,) = await rows_of(owner, "enrolment", "programme_id", options["programme_id"])
    assert counts(changed) == (0, 1, 0, 0)
    assert orjson.loads(found["offer_levels"]) == {"Python": 5}
    assert orjson.loads(found["seek_weights"]) == {"Law": 20}
    assert orjson.loads(found["style"]) == {"pace": 5}


async def test_every_cell_of_a_profile_that_is_written_otherwise_is_named_and_not_repeated(world: World) -> None:
    await company(world)
    programme_id = await world.programme(status="enrolling")
    first = "E-1,mentor,Python,Law,Python=much|Secret=9,Law,patience=3,someday 09:00-11:30|monday 9:00-11:30|tuesday"
    second = "E-2,mentor,Python,Law,Python=1|Python=2,Secret=3,,monday 09:00-11:30|monday 10:00-12:00"
    third = "E-2,mentee,Python,Law,,Secret=3,,"

    operation = await imported(
        world, "\n".join((PROFILE, first, second, third)), kind="enrolments", programme_id=programme_id
    )

    assert {(row, pointer) for row, pointer, _ in faults(operation)} == {
        *((1, f"/{name}") for name in ("offer_levels", "seek_weights", "style", "availability")),
        *((2, f"/{name}") for name in ("offer_levels", "availability")),
        (3, "/seek_weights/Secret"),
    }
    assert not any(said in str(operation["errors"]) for said in ("much", "patience", "someday"))
