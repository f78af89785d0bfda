"""The twelve requests of Okta's SCIM 2.0 specification test, restated, in their order."""

from tests.scim.conftest import CORE, Hris

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
NOBODY = "010101001010101011001010101011"


async def test_okta_finds_the_service_as_its_specification_says(hris: Hris) -> None:
    # 1: a list of one has what a list has.
    users = await hris.get("/Users?count=1&startIndex=1")
    assert users["schemas"] == [LIST]
    assert isinstance(users["itemsPerPage"], int)
    assert isinstance(users["startIndex"], int)
    assert isinstance(users["totalResults"], int)
    for name in ("id", "name", "userName", "active"):
        assert users["Resources"][0][name] is not None
    assert users["Resources"][0]["name"]["familyName"]
    assert users["Resources"][0]["name"]["givenName"]
    # 2: one user by id.
    one = users["Resources"][0]["id"]
    user = await hris.get(f"/Users/{one}")
    assert (user["id"], user["schemas"][0]) == (one, CORE)
    # 3: nobody has a name that is made up.
    query = "?filter=userName%20eq%20%22abcdefgh@atko.com%22"
    empty = await hris.get(f"/Users{query}")
    assert (empty["schemas"], empty["totalResults"]) == ([LIST], 0)
    # 4: nor an id.
    missing = await hris.get(f"/Users/{NOBODY}", 404)
    assert (missing["schemas"], missing["status"]) == ([ERROR], "404")
    assert missing["detail"]
    # 5 is repeated by 12; 6: a new user with all that Okta sends.
    body = {
        "schemas": [CORE],
        "userName": "runscope300@atko.com",
        "name": {"givenName": "Runscope", "familyName": "Three"},
        "emails": [{"primary": True, "value": "runscope300@atko.com", "type": "work"}],
        "displayName": "Runscope Three",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    made = await hris.send("POST", "/Users", 201, body)
    assert made["active"] is True
    assert made["id"]
    assert (made["name"], made["userName"], made["schemas"][0]) == (body["name"], body["userName"], CORE)
    assert "password" not in made
    # 7: they are there.
    found = await hris.get(f"/Users/{made['id']}")
    assert found["name"] == body["name"]
    # 8: again is a conflict.
    conflict = await hris.send("POST", "/Users", 409, body)
    assert (conflict["schemas"], conflict["status"]) == ([ERROR], "409")
    # 9: in another case, the name finds them.
    upper = await hris.get("/Users?filter=userName%20eq%20%22RUNSCOPE300@ATKO.COM%22&startIndex=1&count=100")
    assert [item["id"] for item in upper["Resources"]] == [made["id"]]
    # 10: groups are listed.
    groups = await hris.get("/Groups")
    assert groups["schemas"] == [LIST]
    # 11: deactivation, as Okta does it.
    gone = await hris.send("PUT", f"/Users/{made['id']}", 200, body | {"id": made["id"], "active": False})
    assert gone["active"] is False
    # 12: a stranger is not let in.
    answer = await hris.http.get("/Users", headers={"Authorization": "Basic bm9ib2R5"})
    assert answer.status_code == 401
