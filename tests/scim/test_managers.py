"""Reporting lines: managers by whatever name the HR system has for them, also before they are there."""

import asyncio
from typing import Any

import pytest

from tests.scim.conftest import ENTERPRISE, Hris

MANAGER = f"{ENTERPRISE}:manager"


def under(reference: str) -> dict[str, Any]:
    """The extension that names a manager."""
    return {ENTERPRISE: {"manager": {"value": reference}}}


@pytest.mark.parametrize("way", ["id", "externalId", "userName"])
async def test_a_manager_is_found_by_any_name(hris: Hris, way: str) -> None:
    boss = await hris.create("boss@example.com", externalId="B-1")

    made = await hris.create("ada", **under(boss[way]))

    assert made[ENTERPRISE]["manager"]["value"] == boss["id"]
    assert made[ENTERPRISE]["manager"]["$ref"].endswith(f"/Users/{boss['id']}")


@pytest.mark.parametrize("way", ["externalId", "userName"])
async def test_who_is_named_before_they_are_there_becomes_the_manager_when_they_come(hris: Hris, way: str) -> None:
    names = {"externalId": "B-1", "userName": "boss@example.com"}
    made = await hris.create("ada", **under(names[way]))
    assert made[ENTERPRISE]["manager"] == {"value": names[way]}

    boss = await hris.create(names["userName"], externalId=names["externalId"])

    found = await hris.get(f"/Users/{made['id']}")
    assert found[ENTERPRISE]["manager"]["value"] == boss["id"]
    assert (await hris.world.told(made["id"]))[-1].changed == ["manager_id"]


async def test_whoever_comes_by_another_door_is_found_too(hris: Hris) -> None:
    made = await hris.create("ada", **under("B-1"))

    boss = await hris.world.person(external_id="B-1")

    person = await hris.world.see("admin", made["id"])
    assert person is not None
    assert person["manager_id"] == boss


async def test_who_gets_the_name_later_is_found_as_well(hris: Hris) -> None:
    made = await hris.create("ada", **under("B-1"))
    boss = await hris.create("boss")

    await hris.patch(f"/Users/{boss['id']}", {"op": "add", "path": "externalId", "value": "B-1"})

    assert (await hris.get(f"/Users/{made['id']}"))[ENTERPRISE]["manager"]["value"] == boss["id"]


async def test_a_manager_is_replaced_awaited_and_removed(hris: Hris) -> None:
    boss = await hris.create("boss")
    user = f"/Users/{(await hris.create('ada', **under(boss['id'])))['id']}"

    await hris.patch(user, {"op": "replace", "path": MANAGER, "value": {"value": "B-2"}})
    assert (await hris.get(user))[ENTERPRISE]["manager"] == {"value": "B-2"}

    await hris.patch(user, {"op": "remove", "path": MANAGER})
    assert ENTERPRISE not in await hris.get(user)
    # Nobody waits for them any more.
    await hris.create("other", externalId="B-2")
    assert ENTERPRISE not in await hris.get(user)


async def test_a_circle_is_refused_and_changes_nothing(hris: Hris) -> None:
    boss = await hris.create("boss")
    ada = await hris.create("ada", **under(boss["id"]))

    refused = await hris.patch(
        f"/Users/{boss['id']}",
        {"op": "replace", "value": {"title": "Chair", MANAGER: {"value": ada["id"]}}},
        status=400,
    )

    assert refused["scimType"] == "invalidValue"
    assert "manager.value" in refused["detail"]
    assert await hris.get(f"/Users/{boss['id']}") == boss


async def test_a_circle_through_somebody_awaited_is_refused(hris: Hris) -> None:
    ada = await hris.create("ada", **under("B-1"))

    await hris.create("boss", 400, externalId="B-1", **under(ada["id"]))

    assert await hris.find('userName eq "boss"') == []
    assert (await hris.get(f"/Users/{ada['id']}"))[ENTERPRISE]["manager"] == {"value": "B-1"}


async def test_people_and_their_managers_may_come_at_once(hris: Hris) -> None:
    await asyncio.gather(
        *(hris.create(f"u{number}", externalId=f"E{number}", **under(f"E{number // 3}")) for number in range(1, 13)),
        hris.create("root", externalId="E0"),
    )

    found = (await hris.http.get("/Users", params={"filter": 'userName sw "u"'})).json()["Resources"]
    [root] = await hris.find('userName eq "root"')
    by_id = {root: "E0"} | {user["id"]: user["externalId"] for user in found}
    managers = {user["externalId"]: by_id[user[ENTERPRISE]["manager"]["value"]] for user in found}
    assert managers == {f"E{number}": f"E{number // 3}" for number in range(1, 13)}
