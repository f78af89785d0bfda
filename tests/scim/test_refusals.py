"""Refusals: status and scimType as RFC 7644 has them, the attribute by its name, and never a value."""

from typing import Any

import httpx
import pytest

from app import config
from app.auth.actor import Role
from app.auth.scopes import Scope
from app.quotas import admission
from tests.scim.conftest import CORE, ENTERPRISE, MENTORING, Hris

CANARY = "canary-4711"


@pytest.mark.parametrize(
    ("members", "scim_type", "named"),
    [
        ({"timezone": f"Mars/{CANARY}"}, "invalidValue", "timezone"),
        ({"preferredLanguage": f"{CANARY} tongue"}, "invalidValue", "preferredLanguage"),
        ({"emails": [{"value": CANARY}]}, "invalidValue", "emails"),
        ({"externalId": f"{CANARY} {CANARY}"}, "invalidValue", "externalId"),
        ({"nickName": f"\u202e{CANARY}"}, "invalidValue", "nickName"),
        ({"title": {"text": CANARY}}, "invalidValue", "title"),
        ({"active": CANARY}, "invalidValue", "active"),
        ({"emails": CANARY}, "invalidValue", "emails"),
        ({"userName": None}, "invalidValue", ""),
        ({MENTORING: {"rank": CANARY}}, "invalidValue", "rank"),
        ({MENTORING: {"hireDate": CANARY}}, "invalidValue", "hireDate"),
        ({MENTORING: {"skills": [CANARY * 20]}}, "invalidValue", "skills"),
        ({ENTERPRISE: {"department": CANARY * 20}}, "invalidValue", "department"),
        ({"displayName": CANARY * 40}, "invalidValue", "displayName"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused(
    hris: Hris, members: dict[str, Any], scim_type: str, named: str
) -> None:
    refused = await hris.create("ada", 400, **members)

    assert (refused["status"], refused["scimType"]) == ("400", scim_type)
    assert named in refused["detail"]
    assert CANARY not in str(refused)
    assert await hris.find('userName eq "ada"') == []


@pytest.mark.parametrize(
    "members",
    [{"userName": "ADA"}, {"externalId": "e1"}, {"emails": [{"value": "ADA@example.com"}]}],
    ids=["userName", "externalId", "emails"],
)
async def test_what_somebody_else_has_is_refused_in_any_case(hris: Hris, members: dict[str, Any]) -> None:
    await hris.create("ada", externalId="E1", emails=[{"value": "ada@example.com"}])
    other = await hris.create("bob")

    created = await hris.create("eve", 409, **members)
    patched = await hris.patch(f"/Users/{other['id']}", {"op": "replace", "value": members}, status=409)

    assert {created["scimType"], patched["scimType"]} == {"uniqueness"}
    assert await hris.get(f"/Users/{other['id']}") == other


@pytest.mark.parametrize(
    "path", ["userName", "name", "name.givenName", "displayName", "timezone", f"{MENTORING}:rank", MENTORING]
)
async def test_what_nobody_can_be_without_is_not_removed(hris: Hris, path: str) -> None:
    made = await hris.create("ada")

    refused = await hris.patch(f"/Users/{made['id']}", {"op": "remove", "path": path}, status=400)

    # RFC 7644 section 3.5.2.2.
    assert refused["scimType"] == "mutability"
    assert await hris.get(f"/Users/{made['id']}") == made


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "fly", "path": "title", "value": CANARY}, "invalidValue"),
        ({"op": "replace", "path": f"[[{CANARY}", "value": "x"}, "invalidPath"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "id", "value": CANARY}, "mutability"),
    ],
)
async def test_a_patch_that_cannot_be_is_refused(hris: Hris, operation: dict[str, Any], scim_type: str) -> None:
    made = await hris.create("ada")

    refused = await hris.patch(f"/Users/{made['id']}", operation, status=400)

    assert refused["scimType"] == scim_type
    assert CANARY not in str(refused)


async def test_of_a_patch_nothing_is_done_or_all(hris: Hris) -> None:
    made = await hris.create("ada")

    await hris.patch(
        f"/Users/{made['id']}",
        {"op": "replace", "path": "title", "value": "Analyst"},
        {"op": "replace", "path": "timezone", "value": "Mars/Base"},
        status=400,
    )

    assert await hris.get(f"/Users/{made['id']}") == made


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"null", b"{}"])
async def test_a_body_that_is_no_user_is_refused(hris: Hris, body: bytes) -> None:
    answer = await hris.http.post("/Users", content=body)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/scim+json"
    assert answer.json()["scimType"] in ("invalidSyntax", "invalidValue")


async def test_every_other_failure_has_its_status(hris: Hris) -> None:
    body = {"schemas": [CORE], "userName": "ada"}

    await hris.get("/Shoes", 404)
    await hris.get("/Users/per_01h455vb4pex5vsknk084sn02q", 404)
    await hris.get("/Users/nobody", 404)
    await hris.get("/Me", 501)
    await hris.get("/Schemas/urn:none", 404)
    await hris.get("/Schemas?filter=id pr", 403)
    await hris.send("PUT", "/Users", 405, body)
    await hris.send("DELETE", "/Groups/grp_01h455vb4pex5vsknk084sn02q", 404)
    answer = await hris.http.post("/Users", content=b"<user/>", headers={"Content-Type": "application/xml"})
    assert answer.status_code in (400, 415)


async def test_only_a_service_account_with_the_scope_comes_in(hris: Hris) -> None:
    async def status(key: str) -> tuple[int, dict[str, Any]]:
        answer = await hris.http.get("/Users", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.json()

    narrow = await hris.world.do(
        "admin",
        "create_api_key",
        name="Directory",
        role=Role.SERVICE_ACCOUNT,
        service_account="hris",
        scopes=[Scope.DIRECTORY_READ, Scope.DIRECTORY_WRITE],
    )

    assert (await status(hris.world.keys["admin"]))[0] == 403
    assert (await status(narrow["secret"]))[0] == 403
    code, error = await status("nonsense")
    assert (code, error["status"]) == (401, "401")
    assert (await hris.http.get("/Users", headers={"Authorization": ""})).headers["www-authenticate"]


async def test_a_token_of_the_service_account_comes_in(hris: Hris, transport: httpx.ASGITransport) -> None:
    given = {"grant_type": "client_credentials", "scope": "scim"}
    key = await hris.world.do(
        "admin",
        "create_api_key",
        name="Entra",
        role=Role.SERVICE_ACCOUNT,
        service_account="entra",
        scopes=[Scope.SCIM],
    )
    form = given | {"client_id": key["id"], "client_secret": key["secret"]}
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as stranger:
        answer = await stranger.post("/oauth/token", data=form)
    token = answer.json()["access_token"]

    answer = await hris.http.get("/Users", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200


async def test_who_asks_too_much_is_told_when_to_come_back(hris: Hris, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = config.settings().model_copy(update={"rate_limit_credential": 3})
    budgets = admission.Budgets(limited)
    monkeypatch.setattr(admission, "budgets", lambda: budgets)
    await hris.get("/Users?count=0")
    operations = [{"method": "DELETE", "path": "/Users/nobody"}] * 3

    answer = await hris.http.post(
        "/Bulk", json={"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    )

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
