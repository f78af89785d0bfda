"""Bulk: many operations in one request, each of them a transaction of its own."""

from typing import Any

import pytest

from app.scim import models
from tests.scim.conftest import BULK, CORE, ENTERPRISE, GROUP, PATCH, Hris


def post(bulk_id: str, user_name: str, **members: Any) -> dict[str, Any]:
    """The creation of a user."""
    data = {"schemas": [CORE], "userName": user_name, "displayName": "Ada King"} | members
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


async def bulk(hris: Hris, *operations: dict[str, Any], **members: Any) -> list[dict[str, Any]]:
    """What came of each operation."""
    answer = await hris.send("POST", "/Bulk", 200, {"schemas": [BULK], "Operations": operations} | members)
    outcomes: list[dict[str, Any]] = answer["Operations"]
    return outcomes


def statuses(outcomes: list[dict[str, Any]]) -> list[str]:
    """Their statuses."""
    return [outcome["status"] for outcome in outcomes]


async def test_what_fails_in_the_middle_leaves_the_others(hris: Hris) -> None:
    outcomes = await bulk(
        hris, post("1", "ada"), post("2", "ADA"), {**post("3", "eve"), "path": "/Shoes"}, post("4", "bob")
    )

    assert statuses(outcomes) == ["201", "409", "404", "201"]
    assert outcomes[1]["response"]["scimType"] == "uniqueness"
    assert outcomes[0]["location"].rpartition("/")[2] in await hris.find('userName eq "ada"')
    assert len(await hris.find('userName eq "bob"')) == 1


async def test_it_ends_at_so_many_errors(hris: Hris) -> None:
    operations = (post("1", "ada"), post("2", "ada"), post("3", "bob", timezone="Mars/Base"), post("4", "eve"))

    outcomes = await bulk(hris, *operations, failOnErrors=2)

    assert statuses(outcomes) == ["201", "409", "400"]
    assert await hris.find('userName eq "eve"') == []


async def test_operations_refer_to_each_other(hris: Hris) -> None:
    report = post("r", "ada", **{ENTERPRISE: {"manager": {"value": "bulkId:m"}}})
    group = {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": "bulkId:m"}, {"value": "bulkId:r"}]}

    outcomes = await bulk(
        hris, report, post("m", "boss"), {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group}
    )

    assert statuses(outcomes) == ["201"] * 3
    [boss], [ada] = await hris.find('userName eq "boss"'), await hris.find('userName eq "ada"')
    assert (await hris.get(f"/Users/{ada}"))[ENTERPRISE]["manager"]["value"] == boss
    assert len(await hris.find(f'members.value eq "{ada}"', "/Groups")) == 1


async def test_users_are_changed_and_removed(hris: Hris) -> None:
    ada, bob = [await hris.create(name) for name in ("ada", "bob")]
    data = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": "False"}]}
    stale = {"method": "PATCH", "path": f"/Users/{ada['id']}", "version": 'W/"77"', "data": data}

    outcomes = await bulk(
        hris,
        stale,
        stale | {"version": ada["meta"]["version"]},
        {"method": "DELETE", "path": f"/Users/{bob['id']}"},
        {"method": "PUT", "path": f"/Users/{bob['id']}", "data": {"schemas": [CORE], "userName": "bob"}},
    )

    assert statuses(outcomes) == ["412", "200", "204", "404"]
    assert (await hris.get(f"/Users/{ada['id']}"))["active"] is False


async def test_the_manager_of_entra_is_understood_in_bulk_as_well(hris: Hris) -> None:
    boss = await hris.create("boss")

    await bulk(hris, post("1", "ada", **{ENTERPRISE: {"manager": [boss["id"]]}}))

    [ada] = await hris.find('userName eq "ada"')
    assert (await hris.get(f"/Users/{ada}"))[ENTERPRISE]["manager"]["value"] == boss["id"]


@pytest.mark.parametrize(
    "operation", [{"method": "FLY", "path": "/Users"}, {"path": "/Users"}, {"method": "GET", "path": "/Users"}]
)
async def test_an_operation_that_is_none_fails_alone(hris: Hris, operation: dict[str, Any]) -> None:
    outcomes = await bulk(hris, operation, post("1", "ada"))

    assert statuses(outcomes)[1] == "201"
    assert int(statuses(outcomes)[0]) >= 400


async def test_more_than_is_announced_is_refused(hris: Hris) -> None:
    many = [post(str(number), f"u{number}") for number in range(models.MOST_OPERATIONS + 1)]

    await hris.send("POST", "/Bulk", 413, {"schemas": [BULK], "Operations": many})
    await hris.send("POST", "/Bulk", 413, {"schemas": [BULK], "x": "y" * models.LARGEST_BODY})

    assert await hris.find('userName eq "u0"') == []
