"""Whatever is sent, the answer is a refusal that says so: never a bug, never an effect."""

from typing import Any

import httpx
import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
)
from strawberry.utils.str_converters import to_camel_case

from app.acting.intent import Intent
from app.declared import INTENTS, RESOURCES
from app.graphql import problems
from app.graphql.documents import Document, parsed
from app.graphql.limits import LIMITS
from app.graphql.schema import SCHEMA, plural_name
from app.reading.resource import Resource
from tests.conftest import TestClock
from tests.full import Full
from tests.graphql.client import PROBLEM, Gql, mutation
from tests.graphql.inputs import example

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

KINDS = {"not_found", "forbidden", "conflict", "invalid"}
TEXTS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\u202e",
    "x" * 100_000,
    "'; drop table person; --",
    "%s{}$1",
    "\\",
    '"',
    "null",
    "😀",
]
VALUES: list[Any] = [
    *TEXTS,
    None,
    True,
    0,
    -1,
    2**31 - 1,
    2**31,
    -(2**63),
    1e308,
    0.5,
    [],
    [None],
    [[]],
    {},
    {"x": {"y": []}},
    "2026-02-30",
    "2026-03-02T12:00:00",
    "2026-03-02T25:00:00Z",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
]


def share(number: int) -> list[Any]:
    """A third of the values: every one is tried on many members, and every member takes many of them."""
    return VALUES[number % 3 :: 3]


def harmless(response: httpx.Response, value: Any) -> dict[str, Any]:
    """The body of an answer that is no bug and repeats nothing long or broken."""
    assert response.status_code in (200, 400), (value, response.text)
    body: dict[str, Any] = response.json()
    for error in body.get("errors", ()):
        assert error["extensions"]["code"] != "internal", (value, body)
    assert "x" * 1000 not in response.text
    return body


def members(kind: Any) -> list[tuple[str, ...]]:
    """The paths to every member of an input, those of inputs inside it included."""
    bare: Any = get_named_type(kind)
    assert isinstance(bare, GraphQLInputObjectType)
    found: list[tuple[str, ...]] = []
    for name, field in bare.fields.items():
        found.append((name,))
        if isinstance(get_named_type(field.type), GraphQLInputObjectType):
            found += [(name, *path) for path in members(field.type)]
    return found


def replaced(given: Any, path: tuple[str, ...], value: Any, kind: Any) -> Any:
    """An input with another value at a path; lists on the way get one item."""
    name, *rest = path
    field = get_named_type(kind).fields[name]
    if not rest:
        return {**given, name: value}
    below = replaced({}, tuple(rest), value, field.type)
    return {**given, name: [below] if isinstance(get_nullable_type(field.type), GraphQLList) else below}


def fits(query: str, **given: Any) -> bool:
    """Whether a document takes these variables. The door asks so before it looks at anything, and so does no harm."""
    document = parsed(query)
    assert isinstance(document, Document)
    chosen = document.chosen(None)
    try:
        chosen.require_affordable(given)
        chosen.variables(given)
    except GraphQLError as error:
        told = problems.formatted(error)
        assert told["extensions"]["code"] in ("bad_variables", "query_too_costly"), (given, told)
        assert "x" * 1000 not in str(told)
        return False
    return True


def several(intent: Intent, count: int) -> str:
    """A document that asks for the same change so many times, each with an input of its own."""
    name = to_camel_case(intent.name)
    taken = ",".join(f"$i{number}:{name[0].upper()}{name[1:]}Input!" for number in range(count))
    fields = " ".join(f"d{number}:{name}(input:$i{number}){{__typename {PROBLEM}}}" for number in range(count))
    return f"mutation({taken}){{{fields}}}"


@pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
async def test_no_value_of_any_member_is_a_bug(intent: Intent, workshop: Full, stranger: Gql, clock: TestClock) -> None:
    """Most are refused, and what is not is a change like any other."""
    kind = SCHEMA.mutation_type.fields[to_camel_case(intent.name)].args["input"].type  # type: ignore[union-attr]
    door, part = stranger.of(workshop.world), workshop.reader(intent.resource.name)
    given = example(intent, workshop)
    if intent.has_id:
        given["id"] = f"{intent.resource.prefix}_01jd0000000000000000000000"
    changed = [
        replaced(given, path, value, kind) for number, path in enumerate(members(kind)) for value in share(number)
    ]
    assert not fits(mutation(intent), input=None)
    fitting = [each for each in changed if fits(mutation(intent), input=each)]
    for start in range(0, len(fitting), LIMITS.root_fields):
        some = fitting[start : start + LIMITS.root_fields]
        sent = {f"i{number}": each for number, each in enumerate(some)}
        body = harmless(await door.post(several(intent, len(some)), part, variables=sent), some)
        assert "errors" not in body, (some, body)
        for done, each in zip(body["data"].values(), some, strict=True):
            assert done["__typename"] != "Problem" or done["kind"] in KINDS, (each, done)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
async def test_no_value_of_any_argument_is_a_bug(resource: Resource, stranger: Gql) -> None:
    field = to_camel_case(plural_name(resource))
    arguments = SCHEMA.query_type.fields[field].args  # type: ignore[union-attr]
    for name, argument in arguments.items():
        query = f"query($x:{argument.type}){{{field}({name}:$x){{nodes{{id}} pageInfo{{endCursor}}}}}}"
        for value in (value for value in VALUES if fits(query, x=value)):
            harmless(await stranger.post(query, variables={"x": value}), value)
    for member in resource.parameters:
        query = f"query($x:{resource.type_name}Filter){{{field}(filter:$x){{nodes{{id}}}}}}"
        given = ({to_camel_case(member): each} for value in VALUES for each in (value, [value, value]))
        for each in (each for each in given if fits(query, x=each)):
            harmless(await stranger.post(query, variables={"x": each}), each)


@pytest.mark.parametrize("field", ["person(id:$x)", "node(id:$x)", "nodes(ids:[$x])"])
async def test_no_id_is_a_bug(field: str, stranger: Gql) -> None:
    for value in VALUES:
        harmless(await stranger.post(f"query($x:ID!){{{field}{{id}}}}", variables={"x": value}), value)


async def test_a_value_that_does_not_fit_is_refused_at_the_door(stranger: Gql) -> None:
    [intent] = [each for each in INTENTS if each.name == "set_goal"]
    for value in VALUES:
        body = harmless(await stranger.post(mutation(intent), variables={"input": {"title": value}}), value)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["bad_variables"], value


def literal(value: Any) -> str:
    """A value as a document spells it, its characters as escapes."""
    if isinstance(value, str):
        return '"' + "".join(f"\\u{{{ord(letter):x}}}" for letter in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(literal, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{literal(item)}" for key, item in value.items()) + "}"
    return str(orjson.dumps(value), "ascii")


async def test_no_literal_is_a_bug(stranger: Gql) -> None:
    for value in VALUES:
        if len(str(value)) < 1000:
            for query in (
                "{people(filter:{department:%s}){nodes{id}}}",
                "{people(first:%s){nodes{id}}}",
                "{people(after:%s){nodes{id}}}",
                "{sessions(filter:{startsAfter:%s}){nodes{id}}}",
                "{person(id:%s){id} node(id:%s){id}}",
                "mutation{createRank(input:{level:1,name:%s}){__typename}}",
                "mutation{createRank(input:%s){__typename}}",
                "{people @skip(if:%s){nodes{id}}}",
            ):
                harmless(await stranger.post(query.replace("%s", literal(value))), value)


BROKEN = [
    r'{person(id:"\u0000"){id}}',
    r'{people(filter:{department:"a\u0000b"}){nodes{id}}}',
    r'{people(after:"\u0000"){nodes{id}}}',
    r'{sessions(filter:{startsAfter:"\u0000"}){nodes{id}}}',
    r'mutation{createRank(input:{level:70,name:"a\u0000b"}){...on Problem{code}}}',
    r'mutation{deletePerson(input:{id:"\u0000"}){...on Problem{code}}}',
    r'mutation{createRank(input:{level:70,name:"A",idempotencyKey:"\u0000"}){...on Problem{code}}}',
    r'mutation{createRank(input:{level:70,name:"\ud800"}){...on Problem{code}}}',
    r'{person(id:"\ud800"){id}}',
    r'{person(id:"\udc00\ud800"){id}}',
    r'{person(id:"\u{D800}"){id}}',
    r'{person(id:"\u{110000}"){id}}',
    "{people(first:" + "9" * 5000 + "){nodes{id}}}",
    "{people(first:1e400){nodes{id}}}",
    "{person(id:" + "9" * 5000 + "){id}}",
    "{person(id:-0){id}}",
    'mutation{createRank(input:{level:1,level:2,name:"A"}){__typename}}',
    'mutation{createRank(input:{level:1,name:"A",extra:1}){__typename}}',
    'mutation{createRank(input:{level:1,name:"A"},input:{}){__typename}}',
    "subscription{people{nodes{id}}}",
    "{people{nodes{id}}} {people{nodes{id}}}",
    "query A{__typename} query A{__typename}",
    "type Query{x:Int}",
    "extend type Query{x:Int}",
    "{people{nodes{...A}}} fragment A on Person{...B} fragment B on Person{...A}",
    "{people}",
    "{people{}}",
    "{person(id:1){id{id}}}",
    "{people{nodes{id} nodes:edges{cursor}}}",
    "{people(first:1){nodes{id}} people(first:2){nodes{id}}}",
    "query($x:Person){people{nodes{id}}}",
    "query($x:Int,$x:Int){people(first:$x){nodes{id}}}",
    "{people(first:$x){nodes{id}}}",
    "query($x:String){people(first:$x){nodes{id}}}",
    "{people @skip{nodes{id}}}",
    "{people @skip(if:true) @skip(if:false){nodes{id}}}",
    "{people @unknown{nodes{id}}}",
    "{people @defer{nodes{id}}}",
    "",
    " ",
    "#",
    "{",
]


@pytest.mark.parametrize("query", BROKEN, ids=lambda query: query[:40])
async def test_no_document_is_a_bug(query: str, stranger: Gql) -> None:
    body = harmless(await stranger.post(query), query)

    assert "70" not in str((await stranger.data("{ranks(filter:{level:70}){nodes{level}}}"))["ranks"]["nodes"])
    if "errors" not in body:
        [found] = body["data"].values()
        assert found is None or found in ({"code": "invalid"}, {"code": "not_found"}), body


@pytest.mark.parametrize(
    "body",
    [
        b'{"query":"{__typename}","variables":{"x":"\\ud800"}}',
        b'{"query":"{person(id:\\"\\ud800\\"){id}}"}',
        b'{"query":"{person(id:\\"\xed\xa0\x80\\"){id}}"}',
        b'{"query":"\\u0000{__typename}"}',
        b'{"query":"{__typename}","variables":{"x":NaN}}',
        b'{"query":"{__typename}","variables":{"x":' + b"9" * 5000 + b"}}",
        b'{"query":"{__typename}","variables":' + b'{"x":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b'{"query":"{__typename}","variables":[]}',
        b'{"query":["{__typename}"]}',
        b'[{"query":"{__typename}"}]',
        b"\xff",
        b"",
    ],
    ids=range(12),
)
async def test_no_body_is_a_bug(body: bytes, stranger: Gql) -> None:
    response = await stranger.send(body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"].startswith("malformed") or body.startswith(b"[")


def test_every_leaf_that_callers_send_is_known() -> None:
    """The worst values above are of use for these kinds; another would need others."""
    given = [kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLInputObjectType)]
    leaves: set[GraphQLNamedType] = {get_named_type(field.type) for kind in given for field in kind.fields.values()}

    names = {kind.name for kind in leaves if not isinstance(kind, GraphQLEnumType | GraphQLInputObjectType)}
    assert names == {"ID", "String", "Int", "Float", "Boolean", "DateTime", "Date", "JSON"}
    assert not any(isinstance(kind, GraphQLObjectType) for kind in leaves)
