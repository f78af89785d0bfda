"""What Entra and Okta send otherwise than RFC 7644 has it: each request is understood as it is meant."""

from typing import Any

import pytest

from tests.scim.conftest import CORE, ENTERPRISE, GROUP, MENTORING, PATCH, Hris

# Operations as they are sent, and what the user has afterwards, by path.
USERS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "Entra: Replace in capitals": ([{"op": "Replace", "path": "title", "value": "Boss"}], {"title": "Boss"}),
    "Entra: Add in capitals": ([{"op": "Add", "path": "nickName", "value": "Al"}], {"nickName": "Al"}),
    "Entra: Remove in capitals": ([{"op": "Remove", "path": "title"}], {"title": None}),
    "op in capitals throughout": ([{"op": "REPLACE", "path": "title", "value": "Boss"}], {"title": "Boss"}),
    "Entra: False as text": ([{"op": "Replace", "path": "active", "value": "False"}], {"active": False}),
    "Entra: True as text": ([{"op": "Add", "path": "active", "value": "True"}], {"active": True}),
    "false as text": ([{"op": "replace", "path": "active", "value": "false"}], {"active": False}),
    "Okta: no path": ([{"op": "replace", "value": {"active": False}}], {"active": False}),
    "no path, text for a flag": ([{"op": "replace", "value": {"active": "False"}}], {"active": False}),
    "no path, add": (
        [{"op": "add", "value": {"title": "Boss", "nickName": "Al"}}],
        {"title": "Boss", "nickName": "Al"},
    ),
    "Entra: dotted keys": ([{"op": "replace", "value": {"name.givenName": "Al"}}], {"name.givenName": "Al"}),
    "Entra: keys with a schema": (
        [{"op": "add", "value": {f"{ENTERPRISE}:department": "North"}}],
        {f"{ENTERPRISE}.department": "North"},
    ),
    "an extension as a key": (
        [{"op": "add", "value": {ENTERPRISE: {"department": "North"}}}],
        {f"{ENTERPRISE}.department": "North"},
    ),
    "Entra: path with a schema": (
        [{"op": "Add", "path": f"{ENTERPRISE}:employeeNumber", "value": "77"}],
        {f"{ENTERPRISE}.employeeNumber": "77"},
    ),
    "core path with a schema": ([{"op": "replace", "path": f"{CORE}:title", "value": "Boss"}], {"title": "Boss"}),
    "path in another case": ([{"op": "replace", "path": "TITLE", "value": "Boss"}], {"title": "Boss"}),
    "sub-attribute in another case": (
        [{"op": "replace", "path": "Name.GivenName", "value": "Al"}],
        {"name.givenName": "Al"},
    ),
    "schema in another case": (
        [{"op": "replace", "path": f"{ENTERPRISE.upper().replace('URN', 'urn')}:department", "value": "North"}],
        {f"{ENTERPRISE}.department": "North"},
    ),
    "Entra: add where replace is meant": ([{"op": "Add", "path": "title", "value": "Boss"}], {"title": "Boss"}),
    "Entra: work address by filter": (
        [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": "new@example.com"}],
        {"emails.0.value": "new@example.com"},
    ),
    "Entra: work address that is not there yet": (
        [
            {"op": "remove", "path": "emails"},
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "new@example.com"},
        ],
        {"emails.0.value": "new@example.com"},
    ),
    "primary address by filter": (
        [{"op": "replace", "path": "emails[primary eq true].value", "value": "new@example.com"}],
        {"emails.0.value": "new@example.com"},
    ),
    "Okta: whole list of addresses": (
        [{"op": "replace", "path": "emails", "value": [{"value": "new@example.com", "type": "work", "primary": True}]}],
        {"emails.0.value": "new@example.com"},
    ),
    "a home address beside the one for work": (
        [{"op": "add", "path": "emails", "value": [{"value": "home@example.com", "type": "home"}]}],
        {"emails.0.value": "ada@example.com"},
    ),
    "Entra: an address of another kind": (
        [{"op": "Add", "path": 'emails[type eq "other"].value', "value": "other@example.com"}],
        {"emails.0.value": "ada@example.com"},
    ),
    "Entra: phone numbers": (
        [{"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+33 1"}],
        {"phoneNumbers": None},
    ),
    "Entra: addresses": (
        [{"op": "Add", "path": 'addresses[type eq "work"].formatted', "value": "Here"}],
        {"addresses": None},
    ),
    "an unknown attribute among known ones": (
        [{"op": "replace", "value": {"shoeSize": 38, "title": "Boss"}}],
        {"title": "Boss", "shoeSize": None},
    ),
    "an unknown schema among known ones": (
        [{"op": "replace", "value": {"urn:example:2.0:User": {"x": 1}, "title": "Boss"}}],
        {"title": "Boss"},
    ),
    "Entra: instant for a day": (
        [{"op": "Add", "path": f"{MENTORING}:hireDate", "value": "2024-02-29T00:00:00Z"}],
        {f"{MENTORING}.hireDate": "2024-02-29"},
    ),
    "locale with an underscore": (
        [{"op": "replace", "path": "preferredLanguage", "value": "fr_CA"}],
        {"preferredLanguage": "fr-CA"},
    ),
    "an empty text": ([{"op": "replace", "path": "title", "value": ""}], {"title": None}),
    "Entra: removing what is not there": ([{"op": "Remove", "path": "nickName"}], {"nickName": None}),
    "one skill more": (
        [{"op": "add", "path": f"{MENTORING}:skills", "value": ["Go"]}],
        {f"{MENTORING}.skills": ["SQL", "Go"]},
    ),
    "manager: bare id": ([{"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": "BOSS"}], {"manager": True}),
    "manager: list of one": ([{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": ["BOSS"]}], {"manager": True}),
    "manager: list of objects": (
        [{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": [{"value": "BOSS"}]}],
        {"manager": True},
    ),
    "manager: object": (
        [{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": {"value": "BOSS"}}],
        {"manager": True},
    ),
    "manager: value by path": (
        [{"op": "Add", "path": f"{ENTERPRISE}:manager.value", "value": "BOSS"}],
        {"manager": True},
    ),
    "manager: bare id in an extension": (
        [{"op": "add", "value": {ENTERPRISE: {"manager": "BOSS"}}}],
        {"manager": True},
    ),
    "manager: key with a schema": ([{"op": "add", "value": {f"{ENTERPRISE}:manager": "BOSS"}}], {"manager": True}),
    "manager: emptied": (
        [
            {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "BOSS"},
            {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""},
        ],
        {"manager": None},
    ),
}
START: dict[str, Any] = {
    "title": "Analyst",
    "emails": [{"value": "ada@example.com", "type": "work"}],
    MENTORING: {"skills": ["SQL"]},
}


def at(user: dict[str, Any], path: str) -> Any:
    """What stands at a place, or nothing."""
    found: Any = user
    head, _, rest = path.rpartition(".") if path.startswith("urn:") else ("", "", path)
    for name in [head] * bool(head) + rest.split("."):
        found = found[int(name)] if isinstance(found, list) else (found or {}).get(name)
    return found


@pytest.mark.parametrize("quirk", USERS)
async def test_a_change_of_a_user_is_understood(hris: Hris, quirk: str) -> None:
    operations, expected = USERS[quirk]
    boss = (await hris.create("boss"))["id"]
    user = f"/Users/{(await hris.create('ada', **START))['id']}"
    body = {"schemas": [PATCH], "Operations": _named(operations, boss)}

    # Entra asks for the behaviour of RFC 7644 by this parameter.
    await hris.send("PATCH", f"{user}?aadOptscim062020", 204, body)

    found = await hris.get(user)
    if "manager" in expected:
        manager = found.get(ENTERPRISE, {}).get("manager")
        assert manager == (expected["manager"] and {"value": boss, "$ref": manager["$ref"]})
    else:
        assert {path: at(found, path) for path in expected} == expected


def _named(value: Any, boss: str) -> Any:
    if isinstance(value, dict):
        return {name: _named(item, boss) for name, item in value.items()}
    if isinstance(value, list):
        return [_named(item, boss) for item in value]
    return boss if value == "BOSS" else value


GROUPS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Entra: members added": ({"op": "Add", "path": "members", "value": [{"value": "bob"}]}, ["ada", "bob"]),
    "Entra: members removed by value": ({"op": "Remove", "path": "members", "value": [{"value": "ada"}]}, []),
    "members removed by filter": ({"op": "remove", "path": 'members[value eq "ada"]'}, []),
    "Okta: members replaced": ({"op": "replace", "path": "members", "value": [{"value": "bob"}]}, ["bob"]),
    "Okta: no path": ({"op": "replace", "value": {"members": [{"value": "bob"}]}}, ["bob"]),
    "Okta: id beside the name": ({"op": "replace", "value": {"id": "GROUP", "displayName": "North"}}, ["ada"]),
    "a member who is in already": ({"op": "add", "path": "members", "value": [{"value": "ada"}]}, ["ada"]),
    "a member who is not in": ({"op": "remove", "path": 'members[value eq "bob"]'}, ["ada"]),
    "all members removed": ({"op": "remove", "path": "members"}, []),
    "one member as an object": ({"op": "add", "path": "members", "value": {"value": "bob"}}, ["ada", "bob"]),
}


@pytest.mark.parametrize("quirk", GROUPS)
async def test_a_change_of_a_group_is_understood(hris: Hris, quirk: str) -> None:
    operation, expected = GROUPS[quirk]
    ids = {name: (await hris.create(name))["id"] for name in ("ada", "bob")}
    body = {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": ids["ada"]}]}
    made = await hris.send("POST", "/Groups", 201, body)

    await hris.patch(f"/Groups/{made['id']}", _with(operation, ids | {"GROUP": made["id"]}))

    found = await hris.get(f"/Groups/{made['id']}")
    assert [member["value"] for member in found.get("members", [])] == [ids[name] for name in expected]


def _with(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _with(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [_with(item, ids) for item in value]
    if isinstance(value, str) and "[" in value:
        return value.replace('"ada"', f'"{ids["ada"]}"').replace('"bob"', f'"{ids["bob"]}"')
    return ids.get(value, value) if isinstance(value, str) else value


async def test_a_creation_of_entra_is_understood(hris: Hris) -> None:
    boss = (await hris.create("boss"))["id"]
    body = {
        "schemas": [CORE, ENTERPRISE, "urn:ietf:params:scim:schemas:extension:example:2.0:User"],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "guest_gmail.com#EXT#@acme.onmicrosoft.com",
        "active": "True",
        "displayName": "O'Neil, Ada",
        "emails": [{"primary": True, "type": "work", "value": "ada.o'neil@example.com"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Ada O'Neil", "familyName": "O'Neil", "givenName": "Ada"},
        "roles": [],
        ENTERPRISE: {"department": "Sales", "manager": boss},
    }

    made = await hris.send("POST", "/Users", 201, body)

    assert (made["active"], made["userName"]) == (True, body["userName"])
    assert made["schemas"] == [CORE, ENTERPRISE, MENTORING]
    assert made[ENTERPRISE]["manager"]["value"] == boss


async def test_the_service_is_found_alive_by_entra(hris: Hris) -> None:
    # What its button "Test connection" asks.
    found = await hris.get('/Users?filter=userName eq "9f6dcf0c-2a3b-4b7c-8b1e-1f2d3c4b5a69"')
    assert found["totalResults"] == 0
    assert (await hris.get("/ServiceProviderConfig"))["patch"]["supported"] is True
