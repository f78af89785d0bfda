"""Keeping the directory: who is added, who changes it, who sees whom, and what is told of it."""

from datetime import date
from typing import Any

import pytest

from app.auth.actor import Role
from tests.conftest import TestClock
from tests.outcomes import at_once, refused
from tests.world import World, found_world

NOBODY = "per_01jd0a0a0a0a0a0a0a0a0a0a0a"
NAMES: dict[str, Any] = {"given_name": "Ada", "family_name": "Lovelace"}


async def add(world: World, **fields: Any) -> dict[str, Any]:
    """Add Ada Lovelace to the directory."""
    return await world.do("service", "create_person", **(NAMES | {"rank_level": 3} | fields))


async def test_what_is_not_given_comes_from_the_name_and_the_organisation(world: World) -> None:
    person = await add(world)

    assert (person["display_name"], person["zone"], person["languages"]) == ("Ada Lovelace", "Europe/Paris", [])
    assert (person["employment_status"], person["termination_date"], person["version"]) == ("active", None, 1)


async def test_what_is_given_is_kept(world: World) -> None:
    given: dict[str, Any] = {
        "external_id": "emp:42",
        "login": "ada",
        "work_email": "ada@acme.org",
        "display_name": "Countess",
        "title": "Analyst",
        "department": "Engines",
        "division": "Research",
        "cost_centre": "C1",
        "location": "London",
        "zone": "Europe/London",
        "languages": ["en", "fr"],
        "manager_id": world.people["mentee"],
        "hire_date": "1990-12-10",
    }

    person = await add(world, **given)

    assert {name: person[name] for name in given} == given


async def test_a_new_person_is_told_without_a_name(world: World) -> None:
    person = await add(world, external_id="emp:42", work_email="ada@acme.org")

    (event,) = await world.told(person["id"])
    assert (event.type, event.visibility, event.changed) == ("person.created", "programme", [])
    assert event.actor == world.actors["service"].principal
    assert event.data == {"person_id": person["id"], "external_id": "emp:42", "employment_status": "active"}


async def test_a_rank_must_be_on_the_ladder(world: World) -> None:
    with refused("invalid", "/rank_level"):
        await add(world, rank_level=11)
    with refused("invalid", "/rank_level"):
        await world.do("admin", "update_person", world.people["mentor"], rank_level=11)


@pytest.mark.parametrize(("one", "other"), [("ada@acme.org", "ada@acme.org"), ("ada@acme.org", "Ada@ACME.org")])
async def test_a_work_email_is_taken_in_any_case(world: World, one: str, other: str) -> None:
    await add(world, work_email=one)

    with refused("work_email_taken"):
        await add(world, work_email=other)


async def test_an_external_id_is_taken_in_whatever_case_it_is_written(world: World) -> None:
    await add(world, external_id="emp-42")

    for name in ("emp-42", "EMP-42"):
        with refused("external_id_taken"):
            await add(world, external_id=name)
        with refused("external_id_taken"):
            await world.do("admin", "update_person", world.people["mentor"], external_id=name)


async def test_many_people_have_neither(world: World) -> None:
    for _ in range(3):
        await add(world)


async def test_of_people_added_at_once_with_one_external_id_one_is_kept(world: World) -> None:
    made, refusals = await at_once(*(add(world, external_id="emp-42") for _ in range(10)))

    assert (len(made), refusals) == (1, ["external_id_taken"] * 9)


async def test_each_organisation_has_external_ids_of_its_own(world: World) -> None:
    other = await found_world("Other")

    for each in (world, other):
        assert (await add(each, external_id="emp-42"))["external_id"] == "emp-42"


async def test_a_change_is_told_with_the_names_of_what_changed_and_no_more(world: World) -> None:
    person = await add(world, title="Analyst", department="Engines")

    changed = await world.do(
        "admin", "update_person", person["id"], given_name="Augusta", title="Analyst", department=None, languages=["fr"]
    )

    assert (changed["given_name"], changed["department"], changed["version"]) == ("Augusta", None, 2)
    _, event = await world.told(person["id"])
    assert (event.type, event.changed) == ("person.updated", ["department", "given_name", "languages"])
    assert event.actor == world.people["admin"]
    assert event.data == {"person_id": person["id"], "external_id": None, "employment_status": "active"}


@pytest.mark.parametrize("change", [{}, {"title": "Analyst"}, {"title": "Analyst", "rank_level": 3, "login": None}])
async def test_a_change_that_changes_nothing_is_not_told(world: World, change: dict[str, Any]) -> None:
    person = await add(world, title="Analyst")

    assert await world.do("admin", "update_person", person["id"], **change) == person

    assert len(await world.told(person["id"])) == 1


async def test_who_leaves_and_comes_back_is_told_each_time(world: World, clock: TestClock) -> None:
    person = await add(world, external_id="emp-42")
    clock.advance(days=1)

    gone = await world.do("admin", "deactivate_person", person["id"])
    back = await world.do("service", "reactivate_person", person["id"])

    assert (gone["employment_status"], gone["termination_date"]) == ("inactive", date(2026, 3, 3).isoformat())
    assert (back["employment_status"], back["termination_date"]) == ("active", None)
    _, left, returned = await world.told(person["id"])
    assert (left.type, left.data["employment_status"]) == ("person.deactivated", "inactive")
    assert (returned.type, returned.data["employment_status"]) == ("person.reactivated", "active")
    assert left.changed == returned.changed == ["employment_status", "termination_date"]


async def test_nobody_leaves_or_comes_back_twice(world: World) -> None:
    person = await add(world)

    with refused("employment_transition_refused"):
        await world.do("admin", "reactivate_person", person["id"])
    gone, refusals = await at_once(*(world.do("admin", "deactivate_person", person["id"]) for _ in range(5)))

    assert (len(gone), refusals) == (1, ["employment_transition_refused"] * 4)
    assert len(await world.told(person["id"])) == 2


async def test_partners_see_each_other_and_colleagues_do_not(world: World) -> None:
    mentor = world.people["mentor"]
    await world.newcomer("colleague")
    office = {"admin", "coordinator", "service"}

    assert await world.seen_by(mentor) == {*office, "mentor"}

    await world.pairing(status="pending_agreement")

    assert await world.seen_by(mentor) == {*office, "mentor", "mentee"}


async def test_nobody_sees_the_people_of_another_organisation(world: World) -> None:
    other = await found_world("Other")

    assert await world.seen_by(other.people["mentor"]) == set()


@pytest.mark.parametrize("intent", ["update_person", "deactivate_person", "reactivate_person"])
async def test_only_the_office_keeps_the_directory(world: World, intent: str) -> None:
    for part in ("coordinator", "mentor"):
        with refused("forbidden"):
            await world.do(part, intent, world.people["mentor"])
    await world.newcomer("second", Role.ORGANISATION_ADMIN)
    if intent == "update_person":
        await world.do("second", intent, world.people["mentor"], title="Head")


async def test_people_are_not_added_by_coordinators_or_participants(world: World) -> None:
    for part in ("coordinator", "mentor"):
        with refused("forbidden"):
            await world.do(part, "create_person", **NAMES, rank_level=3)


async def test_leave_begins_and_ends(world: World) -> None:
    person = await world.person()

    away = await world.do("admin", "begin_leave_person", person)
    with refused("employment_transition_refused"):
        await world.do("admin", "begin_leave_person", person)
    back = await world.do("admin", "end_leave_person", person)
    with refused("employment_transition_refused"):
        await world.do("admin", "end_leave_person", person)

    assert (away["employment_status"], back["employment_status"]) == ("on_leave", "active")


async def test_who_leaves_while_away_comes_back_to_their_leave(world: World) -> None:
    person = await world.person()
    await world.do("admin", "begin_leave_person", person)
    await world.do("admin", "deactivate_person", person)

    returned = await world.do("admin", "reactivate_person", person)
    ended = await world.do("admin", "reactivate_person", person)

    assert (returned["employment_status"], ended["employment_status"]) == ("on_leave", "active")


async def test_a_leave_that_ends_or_begins_brings_nobody_back_who_left(world: World) -> None:
    person = await world.person()
    await world.do("admin", "deactivate_person", person)

    await world.do("admin", "begin_leave_person", person)
    ended = await world.do("admin", "end_leave_person", person)

    assert ended["employment_status"] == "inactive"


async def test_a_removed_person_has_left_and_their_identifiers_are_free(world: World, clock: TestClock) -> None:
    names: dict[str, Any] = {"external_id": "E-1", "login": "ada", "work_email": "ada@example.com"}
    person = await world.person(**names)
    await world.do("admin", "deactivate_person", person)

    removed = await world.do("admin", "remove_person", person)

    assert (removed["employment_status"], removed["external_id"], removed["login"]) == ("inactive", None, None)
    assert [event.type for event in await world.told(person)][-2:] == ["person.deactivated", "person.updated"]
    await world.person(**names)
    with refused("employment_transition_refused"):
        await world.do("admin", "remove_person", person)
    assert (await world.do("admin", "reactivate_person", person))["removed_at"] is None


async def test_a_login_is_one_persons_in_any_case(world: World) -> None:
    await world.person(login="ada")

    with refused("login_taken"):
        await world.person(login="ADA")
