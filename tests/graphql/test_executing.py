"""Both engines answer alike: a query by one statement, and by graphql-core over the same shapes."""

import json
from typing import Any

import pytest

from app import db as database
from app.auth.actor import Actor
from app.graphql import executing
from app.graphql.documents import Document, parsed
from app.graphql.executing import Request
from tests.full import Full
from tests.graphql.client import Gql
from tests.graphql.corpus import CORPUS, variables


def request(query: str, given: dict[str, Any], actor: Actor) -> Request:
    """A request, as the door makes it."""
    document = parsed(query)
    assert isinstance(document, Document), document
    chosen = document.chosen(None)
    return Request(chosen, chosen.variables(given), given, actor)


def canonical(body: bytes | None) -> str:
    """An answer as text in its own order of members; 4 and 4.0 are one number."""
    assert body is not None
    return json.dumps(json.loads(body, parse_int=float))


def test_there_are_many_queries() -> None:
    assert len(CORPUS) >= 50


@pytest.mark.parametrize("part", ["admin", "coordinator", "mentor"])
@pytest.mark.parametrize("name", CORPUS)
async def test_both_engines_agree(name: str, part: str, acme: Full) -> None:
    given = variables(CORPUS[name], acme)
    asked = request(CORPUS[name], given, acme.world.actors[part])

    planned, again, executed = await asked.planned(), await asked.planned(), await asked.executed()

    assert planned == again
    assert canonical(planned) == canonical(executed)
    if part == "admin":
        assert planned is not None
        assert b'"errors"' not in planned


@pytest.mark.parametrize("name", CORPUS)
async def test_a_plan_is_one_statement_and_no_executor(
    name: str, acme: Full, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executing, "execute", None)
    asked = request(CORPUS[name], variables(CORPUS[name], acme), acme.world.actors["admin"])

    for _ in range(2):
        statements.clear()
        await asked.planned()
        assert len(statements) == (0 if name in ("typename of the root", "a root that is skipped") else 1)


@pytest.mark.parametrize(
    "query",
    [
        "query($x:ID!){node(id:$x){id __typename ...on Person{displayName} ...on Pairing{mentor{id}}}}",
        "query($x:ID!){nodes(ids:[$x,$x,$x]){id}}",
    ],
)
@pytest.mark.parametrize("name", ["person", "pairing", "organisation", "feedback"])
async def test_nodes_of_any_kind_are_one_statement(
    query: str, name: str, acme: Full, reader: Gql, statements: list[str]
) -> None:
    await reader.data(query, acme.reader(name), x=acme.objects[name])
    statements.clear()

    found = await reader.data(query, acme.reader(name), x=acme.objects[name])

    assert len(statements) == 1
    value = found.get("node") or found["nodes"][0]
    assert value["id"] == acme.objects[name]


async def test_any_number_of_nodes_is_the_same_statement(acme: Full, reader: Gql, statements: list[str]) -> None:
    query, kinds = "query($ids:[ID!]!){nodes(ids:$ids){id}}", ("person", "pairing", "programme")
    one = [acme.objects[name] for name in kinds]
    more = [*reversed(one), *acme.world.people.values(), *one]

    for ids in (one, more):
        await reader.data(query, ids=ids)

    read = [sql for sql in statements if "json_agg" in sql]
    assert len(read) == 2
    assert len(set(read)) == 1


async def test_a_request_holds_one_connection_at_most(acme: Full, reader: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = type(database.current().reads)
    fetch, at_once, most = lane.fetch, 0, 0

    async def counted(self: Any, organisation_id: str, sql: str, values: tuple[Any, ...]) -> list[Any]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return await fetch(self, organisation_id, sql, values)
        finally:
            at_once -= 1

    monkeypatch.setattr(lane, "fetch", counted)

    found = await reader.data(
        "query($x:ID!){a:node(id:$x){id} b:node(id:$x){id} people{nodes{id}} ranks{nodes{id}} c:nodes(ids:[$x]){id}}",
        x=acme.objects["person"],
    )

    assert len(found) == 5
    assert most == 1


async def test_nodes_keep_their_places(acme: Full, reader: Gql) -> None:
    person, pairing = acme.objects["person"], acme.objects["pairing"]
    ids = [pairing, "nonsense", person, "per_01jd0000000000000000000000", person, "xyz_01jd0000000000000000000000"]

    found = await reader.data(
        "query($ids:[ID!]!){nodes(ids:$ids){__typename ...on Person{id} ...on Pairing{status}}}", ids=ids
    )

    someone = {"__typename": "Person", "id": person}
    assert found == {"nodes": [{"__typename": "Pairing", "status": "ACTIVE"}, None, someone, None, someone, None]}


async def test_no_ids_are_no_nodes(reader: Gql, statements: list[str]) -> None:
    assert await reader.data("{nodes(ids:[]){id}}") == {"nodes": []}
    assert not [sql for sql in statements if "row_to_json" in sql]


async def test_too_many_ids_are_refused(reader: Gql) -> None:
    codes = await reader.codes("query($ids:[ID!]!){nodes(ids:$ids){id}}", ids=["x"] * 101)

    assert codes == ["bad_query"]


async def test_nodes_beside_lists_are_answered_together(acme: Full, reader: Gql) -> None:
    found = await reader.data(
        "query($x:ID!){__typename node(id:$x){id} ranks(first:1){nodes{level}} person(id:$x){id}}",
        x=acme.objects["person"],
    )

    assert list(found) == ["__typename", "node", "ranks", "person"]
    assert found["ranks"] == {"nodes": [{"level": 1}]}
    assert found["node"] == found["person"]


FAILING = {
    "a bad list at the root": ("{people(first:0){nodes{id}} ranks(first:1){nodes{id}}}", {}),
    "a bad list inside an object": ('{person(id:"x"){id reports(first:101){nodes{id}}} ranks(first:1){nodes{id}}}', {}),
    "a null that may not be": ('query($x:ID="x"){person(id:$x){id} b:person(id:"y"){id}}', {"x": None}),
    "a bad cursor": ('{a:person(id:"x"){id} b:people(after:"nonsense"){nodes{id}}}', {}),
    "a condition that is null": ("query($x:Boolean=true){people @skip(if:$x){nodes{id}}}", {"x": None}),
}


@pytest.mark.parametrize("name", FAILING)
async def test_both_engines_fail_alike(name: str, acme: Full) -> None:
    query, given = FAILING[name]
    asked = request(query, given, acme.world.actors["admin"])

    planned, again, executed = await asked.planned(), await asked.planned(), await asked.executed()

    assert planned is not None
    first, second = json.loads(planned), json.loads(executed)
    assert canonical(again) == canonical(planned)
    assert first["data"] == second["data"]
    assert [error.get("path") for error in first["errors"]] == [error.get("path") for error in second["errors"]]
    assert [error["extensions"]["code"] for error in first["errors"]] == [
        error["extensions"]["code"] for error in second["errors"]
    ]
