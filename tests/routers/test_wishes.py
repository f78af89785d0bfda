"""What callers ask of reads: fields, expansions, filters, order, pages."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from app.declared import RESOURCES
from app.reading.resource import Linked, Resource
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api
from tests.world import World

of_resources = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


@pytest.fixture
def admin(api: Api, acme: Full) -> httpx.AsyncClient:
    """Who sees the whole directory."""
    return api(acme.world.keys["admin"])


async def _bad(client: httpx.AsyncClient, path: str, *, status: int = 422) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


@of_resources
async def test_every_field_can_be_asked_for_alone(resource: Resource, api: Api, acme: Full) -> None:
    client = api(acme.world.keys[acme.reader(resource.name)])
    path = f"/v1/{resource.path}/{acme.objects[resource.name]}"
    whole = (await client.get(path)).json()

    assert list(whole) == list(resource.fields)
    for name in resource.fields:
        assert (await client.get(path, params={"fields": name})).json() == {name: whole[name]}


@of_resources
async def test_every_edge_can_be_expanded(resource: Resource, api: Api, acme: Full) -> None:
    client = api(acme.world.keys[acme.reader(resource.name)])
    path = f"/v1/{resource.path}/{acme.objects[resource.name]}"

    for name, edge in resource.references.items():
        shown = (await client.get(path, params={"expand": name})).json()
        if shown[name] is not None:
            assert (shown[name]["id"], list(shown[name])) == (shown[edge.column], list(edge.to.fields))
    for name, collection in resource.collections.items():
        shown = (await client.get(path, params={"expand": name})).json()
        assert list(shown[name]) == ["items", "next_cursor"]
        assert all(item[collection.column] == shown["id"] for item in shown[name]["items"])


@of_resources
async def test_every_order_and_filter_answers(resource: Resource, api: Api, acme: Full) -> None:
    client = api(acme.world.keys[acme.reader(resource.name)])
    own = (await client.get(f"/v1/{resource.path}/{acme.objects[resource.name]}")).json()

    for order in resource.orders:
        found = (await client.get(f"/v1/{resource.path}", params={"sort": order, "limit": 100})).json()["items"]
        keys = [item[order.removeprefix("-")] for item in found]
        # Names follow the database's alphabet, the rest our own.
        assert order.endswith("name") or keys == sorted(keys, reverse=order.startswith("-"))
    for name, rule in resource.parameters.items():
        value = own[rule.field]
        answer = await client.get(f"/v1/{resource.path}", params={name: "x" if value is None else value, "limit": 100})
        found = answer.json().get("items", [])
        if value is not None and not isinstance(rule, Linked):
            assert (own in found) is not name.endswith("_before"), name


async def test_fields_and_expand_go_together(api: Api, acme: Full) -> None:
    mentor = api(acme.world.keys["mentor"])

    answer = await mentor.get(
        f"/v1/sessions/{acme.objects['session']}?fields=number&expand=pairing.mentor,attendances.person"
    )

    shown = answer.json()
    assert list(shown) == ["number", "pairing", "attendances"]
    assert shown["pairing"]["mentor"]["id"] == acme.world.people["mentor"]
    people = {seat["person"]["id"] for seat in shown["attendances"]["items"]}
    assert people == {acme.world.people["mentor"], acme.world.people["mentee"]}


async def test_several_values_are_parted_by_commas(api: Api, acme: Full) -> None:
    mentor = api(acme.world.keys["mentor"])

    assert len((await mentor.get("/v1/sessions?status=scheduled,completed")).json()["items"]) == 1
    assert (await mentor.get("/v1/sessions?status=no_show,completed")).json()["items"] == []


REFUSED = [
    *"unknown=1 limit=0 limit=101 limit=-1 limit= limit=1.0 limit=%D9%A3 limit=1e1 limit=+5 limit=0005".split(),
    *"limit=1&limit=2 limit=1&limit=1 sort= sort=secret_hash sort=id,id sort=--id person_id=x".split(),
    *"fields= fields=secret fields=id,,name expand= expand=nothing expand=manager, expand=.".split(),
    *"expand=manager.manager.manager rank_level=x rank_level=-1 rank_level=1,,2 rank_level=99999999999".split(),
    *"employment_status=retired updated_after= updated_after=1 updated_after=2026-03-02".split(),
    *"updated_after=2026-03-02T00:00:00 updated_after=2026-03-02T00:00:00Z,2026-03-03T00:00:00Z".split(),
    *"department= department=%00".split(),
    "department=" + "a" * 301,
    "expand=" + ",".join(["manager"] * 11),
    "external_id=" + ",".join(str(number) for number in range(51)),
]


@pytest.mark.parametrize("query", REFUSED)
async def test_a_query_that_cannot_be_meant_is_refused(query: str, admin: httpx.AsyncClient) -> None:
    problem = await _bad(admin, f"/v1/people?{query}")

    assert problem["code"] == "bad_query"
    assert problem["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    "query", ["department=%ff", "%ff=1", "department=%ED%A0%80", "&".join(f"a{n}=1" for n in range(101))]
)
async def test_a_query_that_is_no_text_is_malformed(query: str, admin: httpx.AsyncClient) -> None:
    assert (await _bad(admin, f"/v1/people?{query}", status=400))["code"] == "malformed_request"


async def test_one_object_takes_no_filters(admin: httpx.AsyncClient, acme: Full) -> None:
    path = f"/v1/people/{acme.objects['person']}"

    for query in ("limit=1", "sort=id", "cursor=x", "rank_level=3", "fields=id&fields=id"):
        assert (await _bad(admin, f"{path}?{query}"))["code"] == "bad_query"


async def test_pages_follow_each_other_without_gap_or_repeat(api: Api, world: World) -> None:
    for _ in range(7):
        await world.person()
    admin = api(world.keys["admin"])
    whole = [item["id"] for item in (await admin.get("/v1/people?sort=display_name&limit=100")).json()["items"]]

    for order, expected in (("display_name", whole), ("-display_name", whole[::-1])):
        path, seen = f"/v1/people?sort={order}&limit=3&fields=id&rank_level=2,3,5,7", []
        while path:
            answer = await admin.get(path)
            seen += [item["id"] for item in answer.json()["items"]]
            link = answer.headers.get("Link")
            path = link.removesuffix('>; rel="next"').removeprefix("<") if link else ""
            cursor = dict(parse_qsl(urlsplit(path).query)).get("cursor")
            assert cursor == answer.json()["next_cursor"]
        assert seen == expected


async def test_a_nested_list_goes_on_in_the_flat_one(api: Api, world: World) -> None:
    boss = await world.person()
    reports = [await world.person(manager_id=boss) for _ in range(27)]
    admin = api(world.keys["admin"])

    nested = (await admin.get(f"/v1/people/{boss}?expand=reports")).json()["reports"]
    rest = (await admin.get(f"/v1/people?manager_id={boss}&cursor={nested['next_cursor']}")).json()

    assert [item["id"] for item in (*nested["items"], *rest["items"])] == sorted(reports)
    assert rest["next_cursor"] is None


async def test_a_cursor_is_good_for_its_own_list_only(api: Api, acme: Full, rival: Full) -> None:
    admin = api(acme.world.keys["admin"])
    cursor = (await admin.get("/v1/people?limit=1")).json()["next_cursor"]
    ours = f"/v1/people?limit=1&cursor={cursor}"
    assert (await admin.get(ours)).status_code == 200

    others = ("/v1/ranks?", "/v1/people?sort=-id&", "/v1/people?sort=display_name&", "/v1/people?rank_level=3&")
    for path in others:
        assert (await _bad(admin, f"{path}cursor={cursor}", status=400))["code"] == "bad_cursor"
    assert (await _bad(api(rival.world.keys["admin"]), ours, status=400))["code"] == "bad_cursor"


@pytest.mark.parametrize(
    "cursor", ["", "x", "AAAA", "=", "a" * 4_000, "%00", "%C3%A9", "../..", "null", "AAAAAAAAAAAAAAAAAAAAAFsiYSJd"]
)
async def test_a_cursor_of_ones_own_making_is_refused(cursor: str, admin: httpx.AsyncClient) -> None:
    problem = await _bad(admin, f"/v1/people?cursor={cursor}", status=400)

    assert (problem["code"], problem["errors"][0]["parameter"]) == ("bad_cursor", "cursor")


async def test_a_cursor_that_was_changed_is_refused(admin: httpx.AsyncClient) -> None:
    cursor = (await admin.get("/v1/people?limit=1")).json()["next_cursor"]

    for place in range(0, len(cursor), 3):
        letter = "A" if cursor[place] != "A" else "B"
        await _bad(admin, f"/v1/people?cursor={cursor[:place]}{letter}{cursor[place + 1 :]}", status=400)
