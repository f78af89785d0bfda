"""GET and HEAD of one object and of lists: status, shape, entity tags, and what the caller accepts."""

import httpx
import pytest

from app.declared import RESOURCES
from app.reading.resource import Resource
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api
from tests.world import World

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

of_resources = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


def _reader(api: Api, full: Full, resource: Resource) -> tuple[httpx.AsyncClient, str]:
    client = api(full.world.keys[full.reader(resource.name)])
    return client, f"/v1/{resource.path}/{full.objects[resource.name]}"


@of_resources
async def test_one_object(resource: Resource, api: Api, acme: Full) -> None:
    client, path = _reader(api, acme, resource)

    answer = await client.get(path)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["id"] == acme.objects[resource.name]
    # What never changes has no version.
    assert answer.headers["ETag"].startswith(f'"{answer.json().get("version", 1)}')


@of_resources
async def test_a_list_holds_the_object(resource: Resource, api: Api, acme: Full) -> None:
    client, path = _reader(api, acme, resource)
    one = (await client.get(path)).json()

    answer = await client.get(f"/v1/{resource.path}", params={"limit": 100})

    assert answer.status_code == 200
    assert list(answer.json()) == ["items", "next_cursor"]
    assert one in answer.json()["items"]


@of_resources
async def test_a_node_is_the_object(resource: Resource, api: Api, acme: Full) -> None:
    client, path = _reader(api, acme, resource)

    one, node = await client.get(path), await client.get(f"/v1/nodes/{acme.objects[resource.name]}")

    assert (node.content, node.headers["ETag"]) == (one.content, one.headers["ETag"])


@of_resources
async def test_an_unchanged_answer_is_not_sent_again(resource: Resource, api: Api, acme: Full) -> None:
    client, path = _reader(api, acme, resource)

    for address in (path, f"/v1/{resource.path}", f"{path}?fields=id"):
        tag = (await client.get(address)).headers["ETag"]
        for known in (tag, f'W/{tag}, "other"', "*"):
            answer = await client.get(address, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
        assert (await client.get(address, headers={"If-None-Match": '"other"'})).status_code == 200


@of_resources
async def test_head_says_what_get_would(resource: Resource, api: Api, acme: Full) -> None:
    client, path = _reader(api, acme, resource)

    for address in (path, f"/v1/{resource.path}?limit=1", f"/v1/nodes/{acme.objects[resource.name]}"):
        got, head = await client.get(address), await client.head(address)

        assert (head.status_code, head.content) == (200, b"")
        told = {name: value for name, value in got.headers.items() if name != "x-request-id"}
        assert {name: head.headers[name] for name in told} == told


async def test_a_changed_object_has_another_tag(api: Api, world: World) -> None:
    admin, path = api(world.keys["admin"]), f"/v1/people/{world.people['mentor']}"
    before = (await admin.get(path)).headers["ETag"]

    await admin.patch(path, json={"title": "Analyst"})

    answer = await admin.get(path, headers={"If-None-Match": before})
    assert (answer.status_code, answer.json()["title"]) == (200, "Analyst")


async def test_what_is_computed_from_other_rows_changes_the_tag(api: Api, world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=-1)
    mentor, path = api(world.keys["mentor"]), f"/v1/pairings/{pairing['id']}"
    before = await mentor.get(path)

    await mentor.post(f"/v1/sessions/{session['id']}/complete", json={"focus_rating": 4})

    after = await mentor.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert before.json()["average_focus"] is None
    assert (after.status_code, after.json()["average_focus"]) == (200, 4.0)
    assert before.json()["version"] == after.json()["version"]


async def test_different_shapes_have_different_tags(api: Api, acme: Full) -> None:
    client, path = api(acme.world.keys["mentor"]), f"/v1/sessions/{acme.objects['session']}"
    queries = ("", "?fields=id", "?fields=id,number", "?expand=pairing", "?expand=notes")

    tags = {(await client.get(path + query)).headers["ETag"] for query in queries}

    assert len(tags) == len(queries)


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml, image/*", "application/json;q=0, */*", "*/*;q=0", "*/*;q=x"]
)
async def test_who_takes_no_json_is_told_so(accept: str, api: Api, acme: Full) -> None:
    admin = api(acme.world.keys["admin"])
    answers = [
        await admin.get("/v1/people", headers={"Accept": accept}),
        await admin.get(f"/v1/people/{acme.objects['person']}", headers={"Accept": accept}),
        await admin.post("/v1/people", json={}, headers={"Accept": accept}),
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/json", "APPLICATION/*;q=0.1", "text/html, */*;q=0.8", "application/json; charset=utf-8", ""],
)
async def test_who_takes_json_gets_it(accept: str, api: Api, acme: Full) -> None:
    assert (await api(acme.world.keys["admin"]).get("/v1/people", headers={"Accept": accept})).status_code == 200


async def test_a_hidden_field_is_null_and_a_hidden_object_absent(api: Api, acme: Full) -> None:
    pairing, note = acme.objects["pairing"], acme.objects["note"]
    mentee, coordinator = api(acme.world.keys["mentee"]), api(acme.world.keys["coordinator"])

    assert (await mentee.get(f"/v1/pairings/{pairing}")).json()["end_reason"] is None
    # A note for its author alone.
    for client in (mentee, coordinator):
        assert (await client.get(f"/v1/notes/{note}")).status_code == 404
        assert (await client.get("/v1/notes")).json()["items"] == []
    assert (await mentee.get(f"/v1/sessions/{acme.objects['session']}?expand=notes")).json()["notes"]["items"] == []
