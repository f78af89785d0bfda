"""Putting people by the HR system's own ids: the rules are the directory's, whatever order they come in."""

from typing import Any

import pytest

from app.domain.people.models import EmploymentStatus
from tests.outcomes import refused
from tests.world import World

ADA: dict[str, Any] = {"given_name": "Ada", "family_name": "Lovelace", "rank_level": 3}


async def put(world: World, external_id: str, **said: Any) -> dict[str, Any]:
    """Put somebody as an administrator; the person."""
    return await world.do("admin", "put_person", external_id=external_id, **said)


async def kinds(world: World, person_id: str) -> list[str]:
    """What was told of somebody."""
    return [event.type for event in await world.told(person_id)]


async def test_somebody_new_is_added_and_somebody_known_brought_up_to_date(world: World) -> None:
    made = await world.perform("admin", "put_person", external_id="E-1", **ADA)
    again = await world.perform("admin", "put_person", external_id="E-1", title="Analyst")

    assert (made.is_new, made.version, again.is_new, again.version) == (True, 1, False, 2)
    person = await world.see("admin", made.object_id) or {}
    assert (person["display_name"], person["title"], person["zone"]) == ("Ada Lovelace", "Analyst", "Europe/Paris")
    assert [event.changed for event in await world.told(made.object_id)] == [[], ["title"]]


async def test_where_nothing_differs_nothing_is_changed_or_told(world: World) -> None:
    made = await put(world, "E-1", **ADA, employment_status=EmploymentStatus.ACTIVE, manager_external_id=None)

    assert await put(world, "E-1", **ADA, employment_status=EmploymentStatus.ACTIVE, manager_external_id=None) == made
    assert await kinds(world, made["id"]) == ["person.created"]


async def test_somebody_new_needs_a_name_and_a_rank(world: World) -> None:
    with refused("incomplete", "/given_name", "/rank_level"):
        await put(world, "E-1", family_name="Lovelace")


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({"rank_level": 99}, "invalid", "/rank_level"),
        ({"work_email": "Grace@example.com"}, "work_email_taken", "/work_email"),
        ({"login": "GRACE"}, "login_taken", "/login"),
        ({"external_id": "e-2"}, "external_id_taken", "/external_id"),
    ],
)
async def test_what_is_refused_of_one_is_refused_of_the_other(
    world: World, said: dict[str, Any], code: str, pointer: str
) -> None:
    await put(world, "E-2", **ADA, work_email="grace@example.com", login="grace")
    known = await put(world, "E-1", **ADA)

    for name in (said.get("external_id", "E-1"), said.get("external_id", "E-9")):
        with refused(code, pointer):
            await put(world, **({"external_id": name} | ADA | said))
    assert (await world.see("admin", known["id"]) or {})["version"] == 1


async def test_a_manager_is_found_awaited_and_taken_away(world: World) -> None:
    boss = await put(world, "B-1", **ADA)
    ada = await put(world, "E-1", **ADA, manager_external_id="b-1")
    assert ada["manager_id"] == boss["id"]

    waiting = await put(world, "E-1", manager_external_id="B-2")
    assert waiting["manager_id"] is None
    assert (await put(world, "E-1", manager_external_id="B-2"))["version"] == waiting["version"]
    other = await put(world, "B-2", **ADA)
    assert (await world.see("admin", ada["id"]) or {})["manager_id"] == other["id"]

    assert (await put(world, "E-1", manager_external_id=None))["manager_id"] is None
    assert (await world.told(ada["id"]))[-1].changed == ["manager_id"]


async def test_who_waits_in_vain_can_stop_waiting(world: World) -> None:
    ada = await put(world, "E-1", **ADA, manager_external_id="B-2")

    await put(world, "E-1", manager_external_id=None)
    await put(world, "B-2", **ADA)

    assert (await world.see("admin", ada["id"]) or {})["manager_id"] is None


async def test_nobody_comes_under_somebody_who_waits_for_them(world: World) -> None:
    await put(world, "E-1", **ADA, manager_external_id="E-2")

    with refused("manager_cycle"):
        await put(world, "E-2", **ADA, manager_external_id="E-1")
    with refused("manager_cycle"):
        await put(world, "E-1", manager_external_id="E-1")
    await put(world, "E-2", **ADA)


async def test_a_status_is_reached_by_the_steps_that_lead_there(world: World) -> None:
    ada = await put(world, "E-1", **ADA)

    for status in ("on_leave", "active", "inactive", "on_leave", "inactive", "active", "inactive", "active"):
        now = await put(world, "E-1", employment_status=EmploymentStatus(status))
        assert now["employment_status"] == status

    told = (await kinds(world, ada["id"]))[1:]
    assert [kind.removeprefix("person.") for kind in told] == [
        *("updated", "updated", "deactivated"),
        *("reactivated", "updated", "deactivated"),
        *("reactivated", "updated", "deactivated", "reactivated"),
    ]


async def test_somebody_new_may_have_left_already(world: World) -> None:
    ada = await put(world, "E-1", **ADA, employment_status=EmploymentStatus.INACTIVE)

    assert (ada["employment_status"], await kinds(world, ada["id"])) == (
        "inactive",
        ["person.created", "person.deactivated"],
    )


async def test_who_is_not_entitled_puts_nobody(world: World) -> None:
    with refused("forbidden"):
        await world.do("coordinator", "put_person", external_id="E-1", **ADA)
