"""Failures: bugs masked, expected ones coded, and no value that was sent ever told back."""

from typing import Any

import orjson
import pytest
from graphql import get_introspection_query

from app.errors import Unavailable
from app.graphql import executing, mutating
from app.reading import run
from app.readlane import ReadLane
from tests.full import Full, service_key
from tests.graphql.client import Gql
from tests.world import World

MARK = "s3cret"
READS = ["{people{nodes{id}}}", '{node(id:"per_01jd0000000000000000000000"){id}}']


@pytest.mark.parametrize("query", READS)
async def test_a_bug_in_reading_is_masked(query: str, gql: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError(MARK)

    monkeypatch.setattr(run, "_fetch", broken)

    response = await gql.post(query)

    assert MARK not in response.text
    assert response.status_code == 200
    [error] = response.json()["errors"]
    assert error["message"] == "Something went wrong on our side."
    assert error["extensions"] == {
        "code": "internal",
        "kind": "internal",
        "requestId": response.headers["x-request-id"],
    }


async def test_a_bug_in_acting_is_masked(gql: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError(MARK)

    monkeypatch.setattr(mutating, "perform", broken)

    response = await gql.post('mutation{createRank(input:{level:80,name:"A"}){__typename}}')

    assert MARK not in response.text
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"]["code"] == "internal"
    assert response.json()["errors"][0]["path"] == ["createRank"]


@pytest.mark.parametrize("query", READS)
async def test_a_database_that_does_not_answer_is_told(query: str, gql: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: Any) -> None:
        raise Unavailable("The database connection was lost. Try again in a moment.")

    await gql.data("{people(first:1){nodes{id}}}")
    monkeypatch.setattr(ReadLane, "fetch", lost)

    body = await gql(query)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["unavailable"]
    assert body["errors"][0].get("path", ["node"]) == ["node"]


async def test_a_database_that_does_not_answer_lets_nobody_in(gql: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: Any) -> None:
        raise Unavailable("The database connection was lost. Try again in a moment.")

    monkeypatch.setattr(ReadLane, "fetch", lost)

    response = await gql.post("{__typename}", "fsk_live_00000000_00000000000000000000000000000000_000000")
    assert response.status_code == 401
    keyed = await gql.post("{__typename}", await service_key(gql.world, "new", {"goals:read"}))
    assert (keyed.status_code, keyed.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("key", [None, "x", "fsk_live_abcdefgh_abcdefghijklmnopqrstuvwxyzabcdef_000000", "x" * 5000])
async def test_strangers_are_told_nothing(key: str | None, gql: Gql) -> None:
    for query in ("{__typename}", "{", "{nonsense}", get_introspection_query()):
        response = await gql.post(query, key)

        assert response.status_code == 401
        presented = "" if key is None else ', error="invalid_token"'
        assert response.headers["www-authenticate"] == f'Bearer realm="flipside"{presented}'
        assert response.json()["errors"][0]["extensions"] == {"code": "unauthenticated"}


SYNTAX = [
    "{s3cret",
    "{people(filter:{department:s3cret",
    '{people(after:"s3cret',
    '{person(id:"s3cret" "s3cret"){id}}',
    '{person(id:"\\s3cret"){id}}',
    '{person(id:"\\us3cr"){id}}',
    '{person(id:"""s3cret',
    "{people(first:1s3cret){nodes{id}}}",
    "{people(first:1.s3cret){nodes{id}}}",
    "{people(first:01, after:\"s3cret\"){nodes{id}}}",
    "s3cret{people{nodes{id}}}",
    "query($x:s3cret!!){people{nodes{id}}}",
    "query($x:Int=$s3cret){people{nodes{id}}}",
    '"s3cret" {people{nodes{id}}}',
    "{people{nodes{id}}} 's3cret'",
    "fragment on on Person{s3cret}",
    "{people{nodes{id}}}}s3cret",
    '{people} "it\'s s3cret, found s3cret"',
    "\u2028s3cret",
]  # fmt: skip


@pytest.mark.parametrize("query", SYNTAX)
async def test_a_syntax_error_quotes_nothing(query: str, gql: Gql) -> None:
    response = await gql.post(query)

    assert response.status_code == 400
    assert MARK not in response.text
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "syntax_error"}
    assert error["message"].startswith("Syntax error: ")
    assert error["locations"][0].keys() == {"line", "column"}


PROGRAMME = "mutation{createProgramme(input:%s){__typename}}"
VALUES = {
    '{people(first:"s3cret"){nodes{id}}}': "A value does not fit the type Int.",
    "{people(first:12345678901){nodes{id}}}": "A value does not fit the type Int.",
    "{people(after:s3cret){nodes{id}}}": "A value does not fit the type String.",
    "{people(orderBy:s3cret){nodes{id}}}": "A value does not fit the type PersonOrder.",
    '{people(orderBy:"s3cret"){nodes{id}}}': "A value does not fit the type PersonOrder.",
    '{people(filter:"s3cret"){nodes{id}}}': "A value does not fit the type PersonFilter.",
    '{people(filter:{rankLevel:["s3cret"]}){nodes{id}}}': "A value.rankLevel.0 does not fit the type Int!.",
    '{people(filter:{rankLevel:"s3cret"}){nodes{id}}}': "A value.rankLevel does not fit the type [Int!].",
    "{people(filter:{rankLevel:[null]}){nodes{id}}}": "A value.rankLevel.0 does not fit the type Int!.",
    '{people(filter:{unknown:"s3cret"}){nodes{id}}}': "A value has a member that PersonFilter does not have.",
    '{sessions(filter:{startsAfter:["s3cret"]}){nodes{id}}}': "A value.startsAfter does not fit the type DateTime.",
    '{sessions(filter:{startsAfter:{a:"s3cret"}}){nodes{id}}}': "A value.startsAfter does not fit the type DateTime.",
    "{person(id:s3cret){id}}": "A value does not fit the type ID!.",
    "{person(id:null){id}}": "A value does not fit the type ID!.",
    '{person(id:["s3cret"]){id}}': "A value does not fit the type ID!.",
    'mutation{createRank(input:{name:"s3cret"}){__typename}}': "A value lacks level.",
    'mutation{createRank(input:{level:"s3cret",name:"A"}){__typename}}': "A value.level does not fit the type Int!.",
    PROGRAMME % "{}": "A value lacks name, purpose, startsOn.",
    PROGRAMME % '{name:"s3cret",purpose:"s3cret"}': "A value lacks startsOn.",
    PROGRAMME % '{name:"",purpose:"",startsOn:"",objectives:[{type:CULTURE}]}':
        "A value.objectives.0 lacks description.",
    PROGRAMME % '{name:"",purpose:"",startsOn:"",objectives:{type:"s3cret",description:""}}':
        "A value.objectives.type does not fit the type ObjectiveType!.",
    'mutation{createRank(input:"s3cret"){__typename}}': "A value does not fit the type CreateRankInput!.",
    '{people(first:1) @skip(if:"s3cret"){nodes{id}}}': "A value does not fit the type Boolean!.",
    'query($x:Int="s3cret"){people(first:$x){nodes{id}}}': "A value does not fit the type Int.",
}  # fmt: skip


@pytest.mark.parametrize("query", VALUES)
async def test_a_value_that_does_not_fit_is_not_quoted(query: str, gql: Gql) -> None:
    response = await gql.post(query)

    assert response.status_code == 400
    assert MARK not in response.text
    [error] = response.json()["errors"]
    assert (error["message"], error["extensions"]) == (VALUES[query], {"code": "invalid_query"})


PEOPLE = "people(filter:$x){nodes{id}}"
VARIABLES: list[tuple[str, str, Any, str]] = [
    ("Int", "people(first:$x){nodes{id}}", MARK, "$x does not fit the type Int."),
    ("Int", "people(first:$x){nodes{id}}", 2**31, "$x does not fit the type Int."),
    ("Int", "people(first:$x){nodes{id}}", 1.5, "$x does not fit the type Int."),
    ("Int", "people(first:$x){nodes{id}}", True, "$x does not fit the type Int."),
    ("Int!", "people(first:$x){nodes{id}}", None, "$x does not fit the type Int!."),
    ("String", "people(after:$x){nodes{id}}", [MARK], "$x does not fit the type String."),
    ("PersonOrder", "people(orderBy:$x){nodes{id}}", MARK, "$x does not fit the type PersonOrder."),
    ("PersonFilter", PEOPLE, MARK, "$x does not fit the type PersonFilter."),
    ("PersonFilter", PEOPLE, {MARK: 1}, "$x has a member that PersonFilter does not have."),
    ("PersonFilter", PEOPLE, {"rankLevel": [1, MARK]}, "$x.rankLevel.1 does not fit the type Int!."),
    ("PersonFilter", PEOPLE, {"rankLevel": [[1]]}, "$x.rankLevel.0 does not fit the type Int!."),
    ("GoalFilter", "goals(filter:$x){__typename}", {"owner": 1}, "$x.owner does not fit the type [GoalOwner!]."),
    ("ID!", "person(id:$x){id}", {MARK: MARK}, "$x does not fit the type ID!."),
    ("ID!", "person(id:$x){id}", 1.5, "$x does not fit the type ID!."),
    ("[ID!]!", "nodes(ids:$x){id}", ["a", None], "$x.1 does not fit the type ID!."),
    ("Boolean!", "people @skip(if:$x){nodes{id}}", MARK, "$x does not fit the type Boolean!."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "field", "value", "message"), VARIABLES)
async def test_a_variable_that_does_not_fit_is_named_and_not_quoted(
    kind: str, field: str, value: Any, message: str, gql: Gql
) -> None:
    response = await gql.post(f"query($x:{kind}){{{field}}}", variables={"x": value, "unused": MARK})

    assert response.status_code == 400
    assert MARK not in response.text
    assert response.json()["errors"] == [{"message": message, "extensions": {"code": "bad_variables"}}]


async def test_a_variable_that_is_missing_is_named(gql: Gql) -> None:
    body = await gql("query($x:ID!,$y:Int=1,$z:Int){person(id:$x){id} people(first:$y,last:$z){nodes{id}}}")

    assert body["errors"][0]["message"] == "$x does not fit the type ID!."


async def test_an_unknown_field_is_named_without_suggestions(gql: Gql) -> None:
    body = await gql(
        "{peple{nodes{id}} people{nodes{displayNam}} people(fist:1){nodes{id}} x:people{nodes{...on Persn{id}}}}"
    )

    messages = [error["message"] for error in body["errors"]]
    assert "Cannot query field 'peple' on type 'Query'." in messages
    assert "Unknown argument 'fist' on field 'Query.people'." in messages
    assert not any("mean" in message for message in messages)


async def test_overlong_names_are_left_out(gql: Gql) -> None:
    name = MARK * 100
    for query in (f"{{people({name}:1){{nodes{{id}}}}}}", f"{{...{name}}}", f"{{people @{name}{{nodes{{id}}}}}}",
                  f"query(${name}:Int){{people{{nodes{{id}}}}}}", f"{{people{{...on {name}{{id}}}}}}"):  # fmt: skip
        response = await gql.post(query)
        assert response.status_code == 400
        assert MARK not in response.text


async def test_operations_are_chosen_by_name(gql: Gql) -> None:
    query = "query A{__typename} query B{a:__typename}"

    assert (await gql.post(query, operationName="B")).json() == {"data": {"a": "Query"}}
    for name in (None, "", "C", MARK):
        response = await gql.post(query, operationName=name)
        assert MARK not in response.text
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"] == {"code": "no_such_operation"}


async def test_a_scope_that_is_missing_is_named(world: World, gql: Gql) -> None:
    body = await gql("{people{nodes{id}}}", await service_key(world, "narrow", {"goals:read"}))

    assert body["data"] is None
    assert body["errors"][0]["message"] == "This operation needs the scope directory:read."
    assert body["errors"][0]["path"] == ["people"]


async def test_each_failure_is_logged_once_and_without_values(
    gql: Gql, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await gql.post('{person(id:"s3cret"){s3cret}}', variables={"x": MARK})
    await gql.post('mutation{createRank(input:{level:80,name:"s3cret\\n"}){__typename}}')

    assert MARK not in capsys.readouterr().out


async def test_every_answer_is_json_that_no_cache_keeps(gql: Gql, acme: Full) -> None:
    for query in ("{__typename}", "{", "{people{nodes{id}}}"):
        response = await gql.post(query)
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
        assert orjson.loads(response.content)


async def test_no_operation_reaches_an_engine_when_it_is_refused(gql: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executing, "Request", None)

    assert await gql.codes("{people(first:100){nodes{reports(first:100){nodes{id displayName}}}}}") == [
        "query_too_costly"
    ]
    assert await gql.codes("query($x:Int!){people(first:$x){nodes{id}}}") == ["bad_variables"]
