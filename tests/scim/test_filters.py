"""Filters: whatever SQL finds is what the protocol's library finds by looking at every resource."""

from typing import Any

import pytest
from scim2_models import ScimFilter

from app.scim.filtering import LONGEST
from app.scim.people import MODEL
from tests.scim.conftest import ENTERPRISE, MENTORING, Hris, members

PEOPLE: list[dict[str, Any]] = [
    {
        "userName": "Alice@example.com",
        "externalId": "A-1",
        "title": "Boss",
        "preferredLanguage": "de",
        "emails": [{"value": "alice@example.com", "type": "work"}],
        **members("department=Sales employeeNumber=100 rank=Director hireDate=2020-05-01"),
    },
    {"userName": "Bob", "active": False, "displayName": "Bobby", **members("department=SALES")},
    {"userName": "carol", "nickName": "Caz", **members("leaveStatus=on_leave costCenter=C1 location=York")},
    {"userName": "dave_%", "title": "50% off", MENTORING: {"skills": ["SQL", "Go"]}},
]
FILTERS = [
    'userName eq "ALICE@example.com"',
    'userName ne "bob"',
    'userName sw "dave_"',
    'userName ew "_%"',
    'userName co "a"',
    'userName gt "b"',
    'userName le "carol"',
    'externalId eq "A-1"',
    'externalId eq "a-1"',
    'title eq "boss"',
    'title ne "Boss"',
    'not (title eq "Boss")',
    "title eq null",
    "title ne null",
    "title pr",
    'title co "%"',
    'title lt "c"',
    "title gt null",
    "name pr",
    'meta.created co "20"',
    'displayName eq "BOBBY"',
    "nickName pr",
    'name.familyName eq "KING"',
    "active eq true",
    "active eq false",
    "active ne true",
    "not (active eq true)",
    'preferredLanguage eq "DE"',
    'timezone eq "europe/paris"',
    'emails.value eq "ALICE@example.com"',
    'emails eq "alice@example.com"',
    'emails.value ne "alice@example.com"',
    'emails[type eq "work"]',
    'emails[type eq "work" and value co "alice"]',
    'emails[not (type eq "work")]',
    "emails.value pr",
    f'{ENTERPRISE}:department eq "sales"',
    f'{ENTERPRISE}:department eq "Sales" and active eq true',
    f'{ENTERPRISE}:employeeNumber eq "100" or userName eq "bob"',
    f"{ENTERPRISE}:costCenter pr",
    f"{ENTERPRISE}:manager.value pr",
    f'{MENTORING}:rank eq "director"',
    f'{MENTORING}:hireDate ge "2020-01-01"',
    f"{MENTORING}:leaveStatus pr",
    f'{MENTORING}:location sw "yo"',
    f'{MENTORING}:skills eq "sql"',
    f'{MENTORING}:skills ne "sql"',
    f"{MENTORING}:skills pr",
    'meta.created ge "2026-01-01T00:00:00Z"',
    'meta.lastModified lt "2026-01-01T00:00:00Z"',
    '(userName eq "bob" or userName eq "carol") and not (active eq false)',
    'USERNAME EQ "bob"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bob"',
]


async def test_sql_finds_what_a_look_at_everybody_finds(hris: Hris) -> None:
    for given in PEOPLE:
        await hris.create(given["userName"], **given)
    everybody = [MODEL.model_validate(user) for user in (await hris.get("/Users?count=200"))["Resources"]]
    assert len(everybody) == 8

    for text in FILTERS:
        # A person of another door has no login: then their id stands for it, in both places.
        expected = {user.id for user in everybody if ScimFilter[MODEL](text).match(user)}
        assert set(await hris.find(text)) == expected, text


@pytest.mark.parametrize(
    "text",
    [
        "userName eq",
        'userName like "a"',
        'shoeSize eq "38"',
        'name eq "Ada"',
        'userName eq "a" and',
        'active gt "true"',
        'title[value eq "a"]',
        'emails[shoe eq "a"]',
        "((((",
        'schemas eq "urn:x"',
        'meta.version eq "1"',
        'userName eq "' + "a" * LONGEST + '"',
        " or ".join(['userName eq "secret-value"'] * 100),
    ],
)
async def test_what_cannot_be_looked_up_is_refused(hris: Hris, text: str) -> None:
    answer = await hris.http.get("/Users", params={"filter": text})
    searched = await hris.send("POST", "/Users/.search", 400, {"filter": text})

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")
    assert searched["scimType"] == "invalidFilter"
    assert "secret" not in answer.text


async def test_whoever_has_no_login_is_found_by_their_address(hris: Hris) -> None:
    person = await hris.world.person(work_email="Eve@example.com")

    assert await hris.find('userName eq "eve@EXAMPLE.com"') == [person]
    assert (await hris.get(f"/Users/{person}"))["userName"] == "Eve@example.com"


async def test_another_organisation_is_not_searched(hris: Hris) -> None:
    assert len((await hris.get("/Users"))["Resources"]) == 4
