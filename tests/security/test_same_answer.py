"""What is not yours and what never was look alike: the same bytes after the same work, over both doors."""

from collections.abc import AsyncIterator

import httpx
import pytest
from strawberry.utils.str_converters import to_camel_case

from app import db, ids
from app.config import Settings
from app.declared import RESOURCES
from app.reading.resource import Resource
from tests.conftest import TestClock
from tests.full import Full
from tests.graphql.client import Gql
from tests.lanes import opened_with
from tests.wire import Tap, tapped

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

of_resources = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


@pytest.fixture
async def tap(address: str, settings: Settings, opened: db.Database) -> AsyncIterator[Tap]:
    """The wire to PostgreSQL, by which all requests of a test go."""
    async with tapped(address) as tap, opened_with(tap.address, settings, read_pool_size=1) as through:
        before = db.use(through)
        yield tap
        db.use(before)


def shown(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """An answer without what is new in every one."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, headers, answer.content.replace(answer.headers["x-request-id"].encode(), b"")


@of_resources
async def test_an_object_of_others_is_like_none(
    resource: Resource, client: httpx.AsyncClient, acme: Full, rival: Full, tap: Tap
) -> None:
    theirs = acme.objects[resource.name]
    none, key = ids.new(resource.prefix), rival.world.keys["admin"]
    headers = {"Authorization": f"Bearer {key}"}
    gql, field = Gql(client, rival.world), to_camel_case(resource.name)

    async def asked(object_id: str) -> tuple[list[object], list[str]]:
        answers = [
            await client.get(f"/v1/{resource.path}/{object_id}", headers=headers),
            await client.get(f"/v1/nodes/{object_id}", headers=headers),
            await client.patch(f"/v1/{resource.path}/{object_id}", headers=headers, json={}),
            await client.delete(f"/v1/{resource.path}/{object_id}", headers=headers),
            await gql.post(f'{{{field}(id:"{object_id}"){{id}} node(id:"{object_id}"){{id}}}}', "admin"),
        ]
        said = [(status, heads, body.replace(object_id.encode(), b"")) for status, heads, body in map(shown, answers)]
        statements = list(tap.statements)
        tap.clear()
        return list(said), statements

    # The first time, statements are prepared and keys looked up.
    for object_id in (none, theirs):
        await asked(object_id)

    assert await asked(theirs) == await asked(none)


@of_resources
async def test_an_id_of_another_kind_is_like_none(resource: Resource, client: httpx.AsyncClient, acme: Full) -> None:
    part = acme.reader(resource.name)
    headers = {"Authorization": f"Bearer {acme.world.keys[part]}"}
    other = next(object_id for name, object_id in acme.objects.items() if name != resource.name)
    none = ids.new(resource.prefix)

    for object_id in (other, none):
        answer = await client.get(f"/v1/{resource.path}/{object_id}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    found = await Gql(client, acme.world).data(f'{{{to_camel_case(resource.name)}(id:"{other}"){{id}}}}', part)
    assert list(found.values()) == [None]


async def test_a_cursor_opens_nothing_for_another_principal_or_organisation(
    client: httpx.AsyncClient, acme: Full, rival: Full
) -> None:
    def key(full: Full, part: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {full.world.keys[part]}"}

    params: dict[str, str | int] = {"limit": 1, "fields": "id"}
    page = (await client.get("/v1/people", params=params, headers=key(acme, "admin"))).json()
    again = {**params, "cursor": page["next_cursor"]}

    own = await client.get("/v1/people", params={"limit": 100, "fields": "id"}, headers=key(acme, "mentor"))
    lent = await client.get("/v1/people", params={**again, "limit": 100}, headers=key(acme, "mentor"))
    assert {item["id"] for item in lent.json()["items"]} <= {item["id"] for item in own.json()["items"]}
    for path, full in (("people", rival), ("ranks", acme)):
        stolen = await client.get(f"/v1/{path}", params=again, headers=key(full, "admin"))
        assert (stolen.status_code, stolen.json()["code"]) == (400, "bad_cursor")
    moved = await client.get("/v1/people", params={**again, "department": "x"}, headers=key(acme, "admin"))
    assert moved.json()["code"] == "bad_cursor"


FORMS = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/plain; application/json",
    "application/jsonx",
    "",
]


@pytest.mark.parametrize("content_type", FORMS)
async def test_what_a_page_of_others_can_send_does_nothing(
    content_type: str, client: httpx.AsyncClient, acme: Full
) -> None:
    mutation = '{"query":"mutation{createRank(input:{level:77,name:\\"x\\"}){__typename}}"}'
    headers = {"Authorization": f"Bearer {acme.world.keys['admin']}", "Content-Type": content_type}

    by_graphql = await client.post("/graphql", content=mutation, headers=headers)
    by_rest = await client.post("/v1/ranks", content='{"level":77,"name":"x"}', headers=headers)
    by_url = await client.get("/graphql", params={"query": "mutation{createRank}"}, headers=headers)

    assert (by_graphql.status_code, by_rest.status_code, by_url.status_code) == (415, 415, 405)
