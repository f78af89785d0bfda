"""Groups: what they are called and who is in them."""

import asyncio
from typing import Any

from tests.scim.conftest import GROUP, Hris


async def _group(hris: Hris, *people: str, **members: Any) -> dict[str, Any]:
    given = {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": person} for person in people]}
    return await hris.send("POST", "/Groups", 201, given | members)


def who(group: dict[str, Any]) -> list[str]:
    """The ids of the members."""
    return [member["value"] for member in group.get("members", [])]


async def test_a_group_comes_back_as_it_was_sent(hris: Hris) -> None:
    ada, bob = [(await hris.create(name))["id"] for name in ("ada", "bob")]

    made = await _group(hris, ada, bob, externalId="G1")

    assert (made["displayName"], made["externalId"], who(made)) == ("Sales", "G1", [ada, bob])
    assert made["members"][0]["$ref"].endswith(f"/Users/{ada}")
    assert await hris.get(f"/Groups/{made['id']}") == made
    assert "members" not in await hris.get(f"/Groups/{made['id']}?excludedAttributes=members")
    listed = (await hris.get("/Groups?excludedAttributes=members"))["Resources"]
    assert [sorted(group) for group in listed] == [["displayName", "externalId", "id", "meta", "schemas"]]
    seen = await hris.world.see("admin", made["id"])
    assert seen is not None
    assert seen["display_name"] == "Sales"


async def test_members_come_and_go(hris: Hris) -> None:
    ada, bob, eve = [(await hris.create(name))["id"] for name in ("ada", "bob", "eve")]
    group = f"/Groups/{(await _group(hris, ada))['id']}"
    version = (await hris.get(group))["meta"]["version"]

    await hris.patch(group, {"op": "add", "path": "members", "value": [{"value": bob}, {"value": ada}]})
    await hris.patch(
        group,
        {"op": "remove", "path": f'members[value eq "{ada}"]'},
        {"op": "add", "path": "members", "value": [{"value": eve}]},
    )

    found = await hris.get(group)
    assert who(found) == [bob, eve]
    assert found["meta"]["version"] != version
    await hris.patch(group, {"op": "remove", "path": "members"})
    assert who(await hris.get(group)) == []


async def test_a_group_is_replaced_and_removed(hris: Hris) -> None:
    ada = (await hris.create("ada"))["id"]
    group = f"/Groups/{(await _group(hris, ada))['id']}"

    put = await hris.send("PUT", group, 200, {"schemas": [GROUP], "displayName": "North"})
    assert (put["displayName"], who(put)) == ("North", [])

    await hris.send("DELETE", group, 204)
    await hris.get(group, 404)
    await hris.get(f"/Users/{ada}")


async def test_a_group_is_found_by_name_and_by_member(hris: Hris) -> None:
    ada, bob = [(await hris.create(name))["id"] for name in ("ada", "bob")]
    made = await _group(hris, ada, externalId="G1")

    for filter_ in ('displayName eq "sales"', 'externalId eq "G1"', f'members.value eq "{ada}"', f'members eq "{ada}"'):
        assert await hris.find(filter_, "/Groups") == [made["id"]], filter_
    for filter_ in (f'members[value eq "{bob}"]', f'not (members[value eq "{ada}" and type eq "User"])'):
        assert await hris.find(filter_, "/Groups") == []


async def test_nobody_is_put_into_a_group_who_is_not_there(hris: Hris) -> None:
    made = await _group(hris)
    stranger = "per_01h455vb4pex5vsknk084sn02q"

    refused = await hris.patch(
        f"/Groups/{made['id']}", {"op": "add", "path": "members", "value": [{"value": stranger}]}, status=400
    )

    assert refused["scimType"] == "invalidValue"
    assert stranger not in refused["detail"]
    assert await hris.get(f"/Groups/{made['id']}") == made


async def test_who_was_removed_is_in_no_group(hris: Hris) -> None:
    ada = (await hris.create("ada"))["id"]
    group = f"/Groups/{(await _group(hris, ada))['id']}"

    await hris.send("DELETE", f"/Users/{ada}", 204)

    assert who(await hris.get(group)) == []


async def test_members_who_come_side_by_side_are_all_in(hris: Hris) -> None:
    people = [(await hris.create(f"u{number}"))["id"] for number in range(6)]
    group = f"/Groups/{(await _group(hris))['id']}"

    await asyncio.gather(
        *(hris.patch(group, {"op": "add", "path": "members", "value": [{"value": person}]}) for person in people)
    )

    assert sorted(who(await hris.get(group))) == sorted(people)


async def test_an_external_id_is_one_groups_alone(hris: Hris) -> None:
    await _group(hris, externalId="G1")
    other = await _group(hris, externalId="G2", displayName="North")

    refused = await hris.patch(
        f"/Groups/{other['id']}", {"op": "replace", "path": "externalId", "value": "G1"}, status=409
    )

    assert refused["scimType"] == "uniqueness"
    await hris.patch(f"/Groups/{other['id']}", {"op": "replace", "path": "displayName", "value": " "}, status=400)


async def test_people_with_an_office_keep_groups_through_the_other_doors(hris: Hris) -> None:
    world = hris.world
    group = await world.do("admin", "create_group", display_name="Sales")
    person = await world.person()
    member = await world.do("service", "add_group_member", group_id=group["id"], person_id=person)

    assert who(await hris.get(f"/Groups/{group['id']}")) == [person]

    await world.do("admin", "update_group", group["id"], version=2, display_name="North")
    await world.do("admin", "remove_group_member", member["id"])
    assert await hris.find('displayName eq "north"', "/Groups") == [group["id"]]
    await world.do("admin", "delete_group", group["id"])
    assert await hris.find('displayName eq "north"', "/Groups") == []
