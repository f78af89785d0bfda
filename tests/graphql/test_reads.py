"""Reading: what REST shows GraphQL shows, value for value; what a caller may not see is null and says nothing."""

from typing import Any

import httpx
import pytest
from strawberry.utils.str_converters import to_camel_case

from app.auth.actor import Role
from app.declared import RESOURCES
from app.graphql.schema import plural_name
from app.ids import new
from app.reading.resource import Resource
from tests.full import Full
from tests.graphql.client import Gql
from tests.graphql.selections import as_rest, fields_of
from tests.world import World

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

PARTS = ("admin", "coordinator", "mentor", "mentee", "service")
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


async def rest(client: httpx.AsyncClient, full: Full, part: str, path: str) -> httpx.Response:
    """What the other door says."""
    return await client.get(path, headers={"Authorization": f"Bearer {full.world.keys[part]}"})


@pytest.mark.parametrize("part", PARTS)
@every_resource
async def test_one_object_reads_as_in_rest(
    resource: Resource, part: str, acme: Full, reader: Gql, client: httpx.AsyncClient
) -> None:
    object_id = acme.objects[resource.name]
    query = f"query($id:ID!){{{to_camel_case(resource.name)}(id:$id){{{fields_of(resource)}}}}}"

    [found] = (await reader.data(query, part, id=object_id)).values()

    answer = await rest(client, acme, part, f"/v1/{resource.path}/{object_id}")
    if found is None:
        assert answer.status_code == 404
    else:
        assert as_rest(resource, found) == answer.json()


@pytest.mark.parametrize("part", PARTS)
@every_resource
async def test_a_list_reads_as_in_rest(
    resource: Resource, part: str, acme: Full, reader: Gql, client: httpx.AsyncClient
) -> None:
    query = f"{{{to_camel_case(plural_name(resource))}(first:100){{nodes{{{fields_of(resource)}}}}}}}"

    [found] = (await reader.data(query, part)).values()

    answer = await rest(client, acme, part, f"/v1/{resource.path}?limit=100")
    assert [as_rest(resource, each) for each in found["nodes"]] == answer.json()["items"]


@every_resource
async def test_edges_and_lists_read_as_in_rest(
    resource: Resource, acme: Full, reader: Gql, client: httpx.AsyncClient
) -> None:
    part, object_id = acme.reader(resource.name), acme.objects[resource.name]
    edges = {edge.name: f"{to_camel_case(edge.name)}{{{fields_of(edge.to)}}}" for edge in resource.references.values()}
    lists = {
        each.name: f"{to_camel_case(each.name)}{{nodes{{{fields_of(each.resource)}}}}}"
        for each in resource.collections.values()
    }
    for name, selection in (edges | lists).items():
        answer = await rest(client, acme, part, f"/v1/{resource.path}/{object_id}?expand={name}")
        query = f"query($id:ID!){{{to_camel_case(resource.name)}(id:$id){{{selection}}}}}"
        [found] = (await reader.data(query, part, id=object_id)).values()
        value: Any = found[to_camel_case(name)]
        if name in edges:
            assert (value and as_rest(resource.references[name].to, value)) == answer.json()[name]
        else:
            listed = resource.collections[name].resource
            assert [as_rest(listed, each) for each in value["nodes"]] == answer.json()[name]["items"]


@every_resource
async def test_absent_and_malformed_ids_are_null(resource: Resource, reader: Gql) -> None:
    name = to_camel_case(resource.name)
    for object_id in (
        new(resource.prefix),
        new("xyz"),
        "",
        "0",
        resource.prefix,
        f"{resource.prefix}_",
        "ü",
        "x" * 5000,
    ):
        query = f"query($id:ID!){{{name}(id:$id){{id}} node(id:$id){{id}} nodes(ids:[$id]){{id}}}}"
        assert await reader.data(query, id=object_id) == {name: None, "node": None, "nodes": [None]}


async def test_a_hidden_field_is_null_and_the_object_is_shown(gql: Gql, world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"])
    await world.do("mentor", "cancel_session", session["id"], reason="illness")
    query = "query($id:ID!){session(id:$id){status cancelReason cancelledBy}}"

    hidden = {"status": "CANCELLED", "cancelReason": None, "cancelledBy": None}
    shown = {"status": "CANCELLED", "cancelReason": "ILLNESS", "cancelledBy": world.people["mentor"]}
    assert await gql.data(query, "mentee", id=session["id"]) == {"session": hidden}
    assert await gql.data(query, "coordinator", id=session["id"]) == {"session": shown}


async def test_an_object_beyond_an_edge_is_null_for_those_who_may_not_see_it(gql: Gql, world: World) -> None:
    manager = await world.person(rank=8, given_name="Max", family_name="Chief")
    await world.do("admin", "update_person", world.people["mentee"], manager_id=manager)
    await world.pairing()
    query = "query($id:ID!){person(id:$id){managerId manager{displayName}}}"

    seen = {part: (await gql.data(query, part, id=world.people["mentee"]))["person"] for part in ("admin", "mentor")}

    assert seen["admin"]["manager"] == {"displayName": "Max Chief"}
    assert seen["mentor"] == {"managerId": manager, "manager": None}


async def test_what_lies_behind_a_pairing_is_not_shown_to_its_administrator(acme: Full, reader: Gql) -> None:
    query = "query($id:ID!){pairing(id:$id){goals{nodes{id}} sessions{nodes{id}} feedback{nodes{id}}}}"

    found = await reader.data(query, "admin", id=acme.objects["pairing"])

    assert found == {"pairing": {"goals": {"nodes": []}, "sessions": {"nodes": []}, "feedback": {"nodes": []}}}


async def test_a_private_note_is_its_authors_alone(acme: Full, reader: Gql) -> None:
    query = """query($note:ID!,$session:ID!){note(id:$note){text} notes{nodes{id}} node(id:$note){id}
        session(id:$session){notes{nodes{text}}}}"""
    given = {"note": acme.objects["note"], "session": acme.objects["session"]}

    for part in PARTS:
        found = await reader.data(query, part, **given)
        if part == "mentor":
            assert found["note"] == {"text": "What we said"}
            assert found["session"]["notes"]["nodes"] == [{"text": "What we said"}]
            continue
        assert (found["note"], found["node"], found["notes"]["nodes"]) == (None, None, [])
        assert found["session"] is None or found["session"]["notes"]["nodes"] == []


async def test_secrets_are_in_no_type(reader: Gql) -> None:
    for query in ("{apiKeys{nodes{secretHash}}}", "{webhookEndpoints{nodes{secret}}}", "{apiKeys{nodes{secret}}}"):
        assert await reader.codes(query) == ["invalid_query"]


async def test_every_role_can_read_itself(acme: Full, reader: Gql) -> None:
    for part in PARTS:
        assert (await reader.data("{organisations{nodes{name}}}", part))["organisations"]["nodes"] == [{"name": "Acme"}]
    assert {acme.world.actors[part].role for part in PARTS} == set(Role) - {
        Role.AUDITOR,
        Role.PLATFORM_ADMIN,
        Role.WEBHOOK_PORTAL,
    }
