"""Reconciliation: what a full export would change is counted and named, and nothing is changed."""

from typing import Any

import asyncpg
import orjson
import pytest

from app.auth.actor import Role
from app.domain.imports import chunks, comparing
from app.domain.imports.schemas import ImportFormat
from app.domain.operations.work import Work
from app.workers.operate import Operator
from tests.domain.imports.importing import counts, faults, finished, imported
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World

HEADER = "external_id,given_name,family_name,rank_level"
STAFF = f"{HEADER},title,languages,manager_external_id\n" + "\n".join(
    ("E-1,Ada,Lovelace,3,Analyst,fr|de,", "E-2,Grace,Hopper,5,,,E-1", "E-3,Alan,Turing,4,,,E-9", "E-4,Mary,Shaw,4,,,")
)


async def compared(world: World, text: str, *, by: str = "admin", form: str = "csv") -> dict[str, Any]:
    """Hold an export against the directory; the sync run, with the operation it was, as whoever asked sees it."""
    begun = await world.do(by, "begin_reconciliation", format=form, text=text)
    operation = await finished(world, by, begun)
    run = await world.see(by, operation["result"])
    assert run is not None
    return run


async def differences(owner: asyncpg.Connection, world: World, part: str = "admin") -> list[tuple[Any, ...]]:
    """Kind, whom, what, before and after of all that was found, as someone sees it."""
    found = await rows_of(owner, "sync_difference", "organisation_id", world.organisation_id)
    seen = [(await world.see(part, row["id"])) or {} for row in found]
    return sorted(tuple(item[name] for name in ("external_id", "kind", "member", "before", "after")) for item in seen)


async def test_what_differs_is_named_by_person_and_member_and_nothing_is_changed(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(world, STAFF)
    before = await rows_of(owner, "person", "organisation_id", world.organisation_id)
    monkeypatch.setattr(chunks, "AT_ONCE", 2)

    export = f"{HEADER},title,languages,manager_external_id\n" + "\n".join(
        ("E-1,Ada,King,3,,en,E-5", "E-2,Grace,Hopper,5,,,E-9", "E-3,Alan,Turing,4,,,E-9", "E-5,Anita,Borg,6,,,")
    )
    run = await compared(world, export)

    assert (run["kind"], run["status"], counts(run)) == ("reconciliation", "succeeded", (1, 2, 1, 0))
    assert (run["held"], run["leaving"]) == (4, 1)
    assert await differences(owner, world) == [
        ("E-1", "update", "family_name", "Lovelace", "King"),
        ("E-1", "update", "languages", "fr|de", "en"),
        ("E-1", "update", "manager_external_id", None, "E-5"),
        ("E-1", "update", "title", "Analyst", None),
        ("E-2", "update", "manager_external_id", "E-1", "E-9"),
        ("E-4", "leave", None, None, None),
        ("E-5", "create", None, None, None),
    ]
    assert await rows_of(owner, "person", "organisation_id", world.organisation_id) == before
    assert not {event.type for event in await world.told(before[-1]["id"])} & {"person.updated", "person.deactivated"}


async def test_a_comparison_after_the_import_finds_nothing(world: World, owner: asyncpg.Connection) -> None:
    await imported(world, STAFF)
    await compared(world, f"{HEADER}\nE-8,A,B,3\n")

    run = await compared(world, STAFF)

    assert (counts(run), run["leaving"], await differences(owner, world)) == ((0, 0, 4, 0), 0, [])


async def test_faults_are_found_as_an_import_would_find_them(world: World) -> None:
    await imported(world, f"{HEADER},work_email\nE-1,Ada,Lovelace,3,ada@example.com\n")
    rows = (
        "e-1,Ada,Lovelace,3,,,",
        "E-2,Grace,,5,,,",
        "E-3,Alan,Turing,99,,,",
        "E-4,Mary,Shaw,4,ada@example.com,,",
        "E-5,Anita,Borg,6,x@example.com,E-6,",
        "E-6,Radia,Perlman,6,,e-5,",
        "E-7,Barbara,Liskov,6,X@example.com,,",
        "E-8,Frances,Allen,6,,,2099-01-01",
        "E-9,Jean,Bartik,6,,,soon",
        "E-9,Jean,Bartik,6,,,soon",
        "E-10,Karen,Jones,6,,E-5,",
    )
    run = await compared(world, "\n".join((f"{HEADER},work_email,manager_external_id,effective_at", *rows)))

    assert faults(run) == [
        (1, "/external_id", "external_id_taken"),
        (2, "/family_name", "missing"),
        (3, "/rank_level", "unknown_rank"),
        (4, "/work_email", "work_email_taken"),
        (5, "/manager_id", "manager_cycle"),
        (6, "/manager_id", "manager_cycle"),
        (7, "/work_email", "work_email_taken"),
        (9, "/effective_at", "value_error"),
        (10, "", "repeated_row"),
    ]
    assert (counts(run), run["planned"], run["leaving"]) == ((1, 0, 0, 9), 1, 0)
    assert "example.com" not in orjson.dumps(run).decode()


async def test_where_a_row_names_nobody_nobody_can_tell_who_is_lacking(world: World) -> None:
    await imported(world, STAFF)

    run = await compared(world, '{"external_id": "E-1"}\n[]\n', form=ImportFormat.NDJSON)

    assert (counts(run), run["held"], run["leaving"]) == ((0, 0, 1, 1), 4, None)
    with refused("leavers_unknown"):
        await world.do("admin", "end_leavers", run["id"], leaving=3)


async def test_a_comparison_that_is_done_again_finds_nothing_twice(world: World, owner: asyncpg.Connection) -> None:
    async def twice(work: Work) -> None:
        await comparing.run(work)
        await comparing.run(work)

    await imported(world, STAFF)
    text = f"{HEADER}\nE-1,Ada,Lovelace,3\n"
    begun = await world.do("admin", "begin_reconciliation", format="csv", text=text)

    assert await Operator({comparing.JOB: twice}).step()

    assert counts((await world.see("admin", begun["result"])) or {}) == (0, 0, 1, 0)
    assert len(await differences(owner, world)) == 3


async def test_values_are_sealed_and_shown_to_those_alone_who_see_them_of_the_person(
    world: World, owner: asyncpg.Connection
) -> None:
    await imported(world, STAFF)
    await world.newcomer("auditor", role=Role.AUDITOR)
    await compared(world, f"{HEADER}\nE-1,Ada,King,3\n", by="service")

    rows = await rows_of(owner, "sync_difference", "organisation_id", world.organisation_id)

    assert b"King" not in b"".join(row["after"] or b"" for row in rows)
    for row in rows:
        shown = (await world.see("auditor", row["id"])) or {}
        assert (shown["kind"], shown["external_id"], shown["before"], shown["after"]) == (row["kind"], *[None] * 3)
    assert ("E-1", "update", "family_name", "Lovelace", "King") in await differences(owner, world, "service")
    with refused("forbidden"):
        await compared(world, STAFF, by="coordinator")


async def test_an_import_leaves_a_run(world: World) -> None:
    operation = await imported(world, STAFF, dry_run=True, by="service")

    run = await world.see("service", operation["result"])

    assert run is not None
    assert (run["kind"], run["dry_run"], run["status"], counts(run)) == ("import", True, "succeeded", (4, 0, 0, 0))
    assert run["operation_id"] == operation["id"]
