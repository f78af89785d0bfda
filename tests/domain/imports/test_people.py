"""Importing people: each row on its own merits, under the rules of the directory."""

from typing import Any

import asyncpg
import orjson
import pytest

from app.domain.imports import chunks
from app.domain.imports.schemas import ImportFormat
from app.domain.people.putting import KEY, MANAGER
from app.reading.run import Absent
from tests.domain.imports.importing import counts, faults, imported
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World

HEADER = "external_id,given_name,family_name,rank_level"
TWO = f"{HEADER},work_email\nE-1,Ada,Lovelace,3,ada@example.com\nE-2,Grace,Hopper,5,grace@example.com\n"


async def person(owner: asyncpg.Connection, world: World, external_id: str) -> asyncpg.Record:
    """Whoever has this external id."""
    sql = "select * from person where organisation_id = $1 and external_id = $2"
    return await owner.fetchrow(sql, world.organisation_id, external_id)


async def test_new_people_are_added_and_told(world: World, owner: asyncpg.Connection) -> None:
    operation = await imported(world, TWO)

    assert (operation["kind"], operation["status"], counts(operation)) == ("people_import", "succeeded", (2, 0, 0, 0))
    assert (operation["done"], operation["total"]) == (2, 2)
    ada = await person(owner, world, "E-1")
    assert (ada["display_name"], ada["zone"], ada["rank_level"]) == ("Ada Lovelace", "Europe/Paris", 3)
    (event,) = await world.told(ada["id"])
    assert (event.type, event.actor) == ("person.created", world.people["admin"])


async def test_the_same_again_changes_nothing(world: World, owner: asyncpg.Connection) -> None:
    await imported(world, TWO)

    again = await imported(world, TWO)

    assert counts(again) == (0, 0, 2, 0)
    ada = await person(owner, world, "E-1")
    assert (ada["version"], len(await world.told(ada["id"]))) == (1, 1)


async def test_what_differs_is_brought_up_to_date(world: World, owner: asyncpg.Connection) -> None:
    await imported(world, TWO)

    text = f"{HEADER},work_email,title\nE-1,Ada,King,4,,Analyst\nE-2,Grace,Hopper,5,grace@example.com,\n"
    operation = await imported(world, text)

    assert counts(operation) == (0, 1, 1, 0)
    ada = await person(owner, world, "E-1")
    assert (ada["family_name"], ada["rank_level"], ada["work_email"], ada["title"]) == ("King", 4, None, "Analyst")
    event = (await world.told(ada["id"]))[-1]
    assert (event.type, event.changed) == ("person.updated", ["family_name", "rank_level", "title", "work_email"])


async def test_a_row_at_fault_is_refused_and_the_others_are_not(world: World) -> None:
    await imported(world, TWO)
    rows = [
        "E-3,Ann,Doe,3,",  # good
        "E-4,,Doe,three,",  # two faults
        "E-5,Ann,Doe,99,",  # no such rank
        "E-6,Ann,Doe,3,ADA@example.com",  # Ada's address
        ",Ann,Doe,3,",  # nobody
        "E-1,,,99,",  # known, but no such rank
        "E-2,,,,ada@example.com",  # known, with Ada's address
        "E-7,Ann,Doe,3,ann@example.com",
        "E-8,Ann,Doe,3,Ann@example.com",  # the row before has it
    ]

    operation = await imported(world, "\n".join((f"{HEADER},work_email", *rows)))

    assert counts(operation) == (2, 0, 0, 7)
    assert sorted(faults(operation)) == [
        (2, "/given_name", "missing"),
        (2, "/rank_level", "value_error"),
        (3, "/rank_level", "unknown_rank"),
        (4, "/work_email", "work_email_taken"),
        (5, "/external_id", "string_too_short"),
        (6, "/rank_level", "unknown_rank"),
        (7, "/work_email", "work_email_taken"),
        (9, "/work_email", "work_email_taken"),
    ]
    assert "ada@" not in orjson.dumps(operation).decode()


async def test_an_address_is_taken_by_somebody_without_an_external_id_too(world: World) -> None:
    await world.person(work_email="ada@example.com")

    assert counts(await imported(world, TWO)) == (1, 0, 0, 1)


async def test_managers_are_found_in_whatever_order_the_rows_stand(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "AT_ONCE", 2)
    lines = [f"E-{number},A,B,3,E-{number + 1}" for number in range(1, 6)]

    operation = await imported(world, "\n".join((f"{HEADER},{MANAGER}", *lines, "E-6,A,B,3,", "E-7,A,B,3,E-0")))

    assert counts(operation) == (7, 0, 0, 0)
    for number in range(1, 6):
        one, above = [await person(owner, world, f"E-{number + step}") for step in (0, 1)]
        assert one["manager_id"] == above["id"]


async def test_nobody_comes_to_stand_above_themselves(world: World, owner: asyncpg.Connection) -> None:
    await imported(world, f"{HEADER},{MANAGER}\nE-1,A,B,3,\nE-2,A,B,3,E-1\nE-3,A,B,3,\n")

    operation = await imported(world, f"{KEY},{MANAGER}\nE-1,E-2\nE-2,E-3\nE-3,E-1\n")

    assert counts(operation) == (0, 2, 0, 1)
    assert [code for _, _, code in faults(operation)] == ["manager_cycle"]


async def test_a_line_can_be_turned_round(world: World, owner: asyncpg.Connection) -> None:
    await imported(world, f"{HEADER},{MANAGER}\nE-1,A,B,3,\nE-2,A,B,3,E-1\n")

    operation = await imported(world, f"{KEY},{MANAGER}\nE-1,E-2\nE-2,\n")

    assert counts(operation) == (0, 2, 0, 0)
    one, other = await person(owner, world, "E-1"), await person(owner, world, "E-2")
    assert (one["manager_id"], other["manager_id"]) == (other["id"], None)


async def test_lines_of_json_are_checked_as_requests_are(world: World) -> None:
    rows: list[Any] = [
        {"external_id": "E-1", "given_name": "Ada", "family_name": "Doe", "rank_level": 3, "languages": ["fr"]},
        {"external_id": "E-2", "given_name": "Ada", "family_name": "Doe", "rank_level": "3"},
        {"external_id": "E-3", "given_name": "Ada", "family_name": "Doe", "rank_level": 3, "wage": 1},
        [],
        {"external_id": 4, "given_name": "Ada", "family_name": "Doe", "rank_level": 3, MANAGER: ["E-1"]},
    ]

    text = "\n".join(orjson.dumps(row).decode() for row in rows)
    operation = await imported(world, text, format=ImportFormat.NDJSON)

    assert faults(operation) == [
        (2, "/rank_level", "value_error"),
        (3, "/wage", "extra_forbidden"),
        (4, "", "malformed_row"),
        (5, "/external_id", "string_type"),
        (5, "/manager_external_id", "string_type"),
    ]
    assert counts(operation) == (1, 0, 0, 4)


async def test_a_dry_run_reports_what_would_happen_and_keeps_nothing(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "AT_ONCE", 1)
    text = f"{HEADER},{MANAGER}\nE-1,A,B,3,E-2\nE-2,A,B,3,\nE-3,A,B,99,\n"
    before = await rows_of(owner, "person", "organisation_id", world.organisation_id)

    tried = await imported(world, text, dry_run=True)

    assert (counts(tried), tried["dry_run"]) == ((2, 0, 0, 1), True)
    assert await rows_of(owner, "person", "organisation_id", world.organisation_id) == before
    done = await imported(world, text)
    assert (counts(done), done["errors"]) == (counts(tried), tried["errors"])


async def test_the_text_is_kept_sealed_until_it_is_done(world: World, owner: asyncpg.Connection) -> None:
    operation = await world.do("admin", "begin_import", kind="people", format="csv", text=TWO)
    (kept,) = await owner.fetch("select * from operation_input where operation_id = $1", operation["id"])
    assert b"Lovelace" not in kept["sealed"]

    await world.do("admin", "cancel_operation", operation["id"])

    assert not await owner.fetch("select * from operation_input where operation_id = $1", operation["id"])


async def test_services_and_administrators_import_people_and_nobody_else(world: World) -> None:
    assert counts(await imported(world, TWO, by="service")) == (2, 0, 0, 0)
    for part in ("coordinator", "mentor"):
        with refused("forbidden"):
            await imported(world, TWO, by=part)


async def test_an_import_of_people_names_no_programme(world: World) -> None:
    programme_id = await world.programme()

    with pytest.raises(ValueError, match="programme_id"):
        await imported(world, TWO, programme_id=programme_id)
    with pytest.raises(ValueError, match="programme_id"):
        await imported(world, TWO, kind="enrolments")


async def test_others_do_not_see_the_operation(world: World) -> None:
    operation = await imported(world, TWO, by="service")

    assert await world.seen_by(operation["id"]) == {"admin", "service"}
    with pytest.raises(Absent):
        await world.do("coordinator", "cancel_operation", operation["id"])
