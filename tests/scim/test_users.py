"""Users: what is kept of them, attribute by attribute, and what comes of what an HR system says."""

import asyncio
from typing import Any

from tests.scim.conftest import CORE, ENTERPRISE, MENTORING, Hris, members

WHOLE: dict[str, Any] = {
    "externalId": "E-1",
    "displayName": "Ada L.",
    "nickName": "Ada",
    "title": "Analyst",
    "userType": "Employee",
    "preferredLanguage": "en-GB",
    "locale": "en-GB",
    "timezone": "Europe/London",
    "active": True,
    "emails": [{"value": "ada@example.com", "type": "work"}],
    ENTERPRISE: {
        "employeeNumber": "4711",
        "costCenter": "C7",
        "organization": "Acme",
        "division": "North",
        "department": "Sales",
    },
    MENTORING: {
        "hireDate": "2021-09-01",
        "terminationDate": "2031-12-31",
        "leaveStatus": "on_leave",
        "rank": "Director",
        "location": "York",
        "skills": ["SQL", "Python"],
    },
}


async def test_a_user_is_kept_attribute_by_attribute(hris: Hris) -> None:
    made = await hris.create("ada@example.com", **WHOLE)

    assert {name: made[name] for name in WHOLE} == WHOLE
    assert made["schemas"] == [CORE, ENTERPRISE, MENTORING]
    assert await hris.get(f"/Users/{made['id']}") == made


async def test_a_user_is_a_person_of_the_directory(hris: Hris) -> None:
    made = await hris.create("ada@example.com", **WHOLE)

    person = await hris.world.see("admin", made["id"])
    assert person is not None
    assert {name: person[name] for name in ("login", "external_id", "work_email", "company", "cost_centre")} == {
        "login": "ada@example.com",
        "external_id": "E-1",
        "work_email": "ada@example.com",
        "company": "Acme",
        "cost_centre": "C7",
    }
    assert (person["rank_level"], person["languages"], person["skills"]) == (7, ["en-GB"], ["SQL", "Python"])
    assert person["employment_status"] == "on_leave"
    events = await hris.world.told(made["id"])
    assert [event.type for event in events] == ["person.created", "person.updated"]


async def test_what_is_left_out_is_filled_in(hris: Hris) -> None:
    body = {"schemas": [CORE], "userName": "grace", "displayName": "Grace Brewster Hopper"}

    made = await hris.send("POST", "/Users", 201, body)

    assert made["name"] == {"givenName": "Grace", "familyName": "Brewster Hopper"}
    assert (made["active"], made["timezone"]) == (True, "Europe/Paris")
    assert made[MENTORING] == {"rank": "Apprentice"}


async def test_a_name_of_one_part_stands_in_both_places(hris: Hris) -> None:
    made = await hris.create("plato", name={"familyName": "Plato"})

    assert made["name"] == {"givenName": "Plato", "familyName": "Plato"}


async def test_the_address_for_work_is_kept(hris: Hris) -> None:
    home, work = {"value": "home@example.com", "primary": True}, {"value": "work@example.com", "type": "work"}

    one = await hris.create("one", emails=[home, work])
    other = await hris.create("other", emails=[{"value": "first@example.com"}, home])

    assert one["emails"] == [{"value": "work@example.com", "type": "work"}]
    assert other["emails"] == [{"value": "home@example.com", "type": "work"}]


async def test_a_rank_may_be_a_number(hris: Hris) -> None:
    assert (await hris.create("ada", **members("rank=5")))[MENTORING]["rank"] == "Team lead"


async def test_what_is_not_kept_is_let_fall(hris: Hris) -> None:
    made = await hris.create(
        "ada", phoneNumbers=[{"value": "+33 1"}], **dict[str, Any]({"urn:example:2.0:User": {"shoe": 38}})
    )

    assert "phoneNumbers" not in made
    assert made["schemas"] == [CORE, MENTORING]


async def test_a_replacement_leaves_nothing_of_what_was_there(hris: Hris) -> None:
    made = await hris.create("ada", **WHOLE)
    name = {"givenName": "Ada", "familyName": "Byron"}

    put = await hris.send("PUT", f"/Users/{made['id']}", 200, {"schemas": [CORE], "userName": "ada", "name": name})

    assert put["name"] == name
    assert not {"title", "emails", "externalId", "nickName", "preferredLanguage"} & put.keys()


async def test_a_replacement_leaves_what_it_does_not_know_of(hris: Hris) -> None:
    made = await hris.create("ada", **WHOLE)

    put = await hris.send("PUT", f"/Users/{made['id']}", 200, {"schemas": [CORE], "userName": "ada"})

    for name in ("name", "displayName", "timezone", "active", ENTERPRISE, MENTORING):
        assert put[name] == made[name]


async def test_who_is_not_active_any_more_leaves(hris: Hris) -> None:
    made = await hris.create("ada")

    await hris.patch(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": False})

    person = await hris.world.see("admin", made["id"])
    assert person is not None
    assert (person["employment_status"], person["termination_date"]) == ("inactive", "2026-03-02")
    assert [event.type for event in await hris.world.told(made["id"])] == ["person.created", "person.deactivated"]
    await hris.patch(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": True})
    assert (await hris.world.told(made["id"]))[-1].type == "person.reactivated"


async def test_leave_begins_and_ends(hris: Hris) -> None:
    user = f"/Users/{(await hris.create('ada'))['id']}"
    path = f"{MENTORING}:leaveStatus"

    await hris.patch(user, {"op": "add", "path": path, "value": "parental"})

    # Why somebody is away is not kept.
    assert (await hris.get(user))[MENTORING]["leaveStatus"] == "on_leave"
    await hris.patch(user, {"op": "remove", "path": path})
    assert "leaveStatus" not in (await hris.get(user))[MENTORING]


async def test_a_removed_user_is_not_found_and_frees_the_name(hris: Hris) -> None:
    made = await hris.create("ada", externalId="E1", emails=[{"value": "ada@example.com"}])

    await hris.send("DELETE", f"/Users/{made['id']}", 204)

    await hris.get(f"/Users/{made['id']}", 404)
    assert await hris.find(f'id eq "{made["id"]}"') == []
    again = await hris.create("ada", externalId="E1", emails=[{"value": "ada@example.com"}])
    assert again["id"] != made["id"]
    person = await hris.world.see("admin", made["id"])
    assert person is not None
    assert (person["employment_status"], person["login"]) == ("inactive", None)
    await hris.send("DELETE", f"/Users/{made['id']}", 404)


async def test_a_language_keeps_the_others_that_somebody_speaks(hris: Hris) -> None:
    made = await hris.create("ada", preferredLanguage="en")
    await hris.world.do("admin", "update_person", made["id"], version=1, languages=["en", "fr"])

    await hris.patch(f"/Users/{made['id']}", {"op": "replace", "path": "preferredLanguage", "value": "de_AT"})

    person = await hris.world.see("admin", made["id"])
    assert person is not None
    assert person["languages"] == ["de-AT", "fr"]


async def test_patches_side_by_side_are_all_done(hris: Hris) -> None:
    user = f"/Users/{(await hris.create('ada'))['id']}"
    names = ("title", "nickName", "userType", "locale", "displayName", "timezone", "userName", "externalId")
    values = dict.fromkeys(names, "Word") | {"timezone": "Asia/Tokyo"}

    await asyncio.gather(
        *(hris.patch(user, {"op": "replace", "path": name, "value": value}) for name, value in values.items())
    )

    found = await hris.get(user)
    assert {name: found[name] for name in names} == values


async def test_a_change_of_another_version_is_refused(hris: Hris) -> None:
    made = await hris.create("ada")
    user, tag = f"/Users/{made['id']}", made["meta"]["version"]
    change = {"op": "replace", "path": "title", "value": "Analyst"}

    await hris.patch(user, change, **{"If-Match": tag})

    await hris.patch(user, change | {"value": "Other"}, status=412, **{"If-Match": tag})
    await hris.send("PUT", user, 412, {"schemas": [CORE], "userName": "ada", "title": "Other"}, **{"If-Match": tag})
    await hris.send("DELETE", user, 412, **{"If-Match": tag})
    now = await hris.get(user)
    assert now["title"] == "Analyst"
    await hris.send("GET", user, 304, **{"If-None-Match": now["meta"]["version"]})


async def test_a_change_of_nothing_leaves_the_version(hris: Hris) -> None:
    made = await hris.create("ada", title="Analyst")

    await hris.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Analyst"})

    assert await hris.get(f"/Users/{made['id']}") == made
    assert len(await hris.world.told(made["id"])) == 1


async def test_what_was_done_is_on_record(hris: Hris) -> None:
    made = await hris.create("ada")
    await hris.patch(f"/Users/{made['id']}", {"op": "replace", "path": "title", "value": "Analyst"})
    await hris.create("ADA", 409)

    headers = {"Authorization": f"Bearer {hris.world.keys['admin']}"}
    answer = await hris.http.get("http://flipside/v1/audit-entries?sort=-id", headers=headers)
    found = [(entry["action"], entry["outcome"], entry["code"]) for entry in answer.json()["items"][:3]]
    assert found == [
        ("create_person", "refused", "login_taken"),
        ("update_person", "done", None),
        ("create_person", "done", None),
    ]
