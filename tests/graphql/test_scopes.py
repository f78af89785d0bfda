"""Every resource and every mutation takes its scope, however deep in a query it stands."""

from collections.abc import Iterable

import pytest
from strawberry.utils.str_converters import to_camel_case

from app.acting.intent import Intent
from app.auth.scopes import EVERY, Scope
from app.declared import INTENTS, RESOURCES
from app.graphql.schema import plural_name
from app.reading.resource import Resource
from tests.full import Full, service_key
from tests.graphql.client import Gql, mutation
from tests.graphql.inputs import example

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
every_intent = pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
MISSING = ["scope_missing"]


class Keys:
    """Keys of a service account, by the scopes that they carry."""

    def __init__(self, full: Full) -> None:
        self._full = full
        self._made: dict[frozenset[Scope], str] = {}

    async def of(self, scopes: Iterable[Scope]) -> str:
        wanted = frozenset(scopes)
        if wanted not in self._made:
            name = f"scopes-{len(self._made)}"
            self._made[wanted] = await service_key(self._full.world, name, {scope.value for scope in wanted})
        return self._made[wanted]


@pytest.fixture(scope="module")
def keys(acme: Full) -> Keys:
    return Keys(acme)


@every_resource
async def test_reading_takes_the_scope_of_the_resource(resource: Resource, acme: Full, reader: Gql, keys: Keys) -> None:
    single, listed = to_camel_case(resource.name), to_camel_case(plural_name(resource))
    object_id = acme.objects[resource.name]
    queries = (
        f'{{{single}(id:"{object_id}"){{id}}}}',
        f'{{{single}(id:"nonsense"){{__typename}}}}',
        f"{{{listed}{{nodes{{id}}}}}}",
        f"{{{listed}{{edges{{cursor}}}}}}",
        f"{{{listed}{{pageInfo{{startCursor}}}}}}",
        f"{{{listed}{{__typename}}}}",
        f'{{node(id:"{object_id}"){{id}}}}',
        f'{{nodes(ids:["{object_id}"]){{id}}}}',
        f'{{node(id:"{object_id}"){{__typename}} x:__typename}}',
    )
    lacking, only = await keys.of(EVERY - {resource.scope}), await keys.of({resource.scope})

    for query in queries:
        assert await reader.codes(query, lacking) == MISSING, query
        assert "errors" not in await reader(query, only), query


@every_resource
async def test_what_lies_beyond_an_edge_takes_its_own_scope(
    resource: Resource, acme: Full, reader: Gql, keys: Keys
) -> None:
    beyond = {
        **{f"{to_camel_case(edge.name)}{{id}}": edge.to for edge in resource.references.values()},
        **{
            f"{to_camel_case(each.name)}{{{part}}}": each.resource
            for each in resource.collections.values()
            for part in ("nodes{id}", "pageInfo{endCursor}", "edges{__typename}")
        },
    }
    for selection, other in beyond.items():
        one = f'{to_camel_case(resource.name)}(id:"{acme.objects[resource.name]}"){{{selection}}}'
        many = f"{to_camel_case(plural_name(resource))}{{edges{{node{{{selection}}}}}}}"
        for query in (f"{{{one}}}", f"{{{many}}}", f"{{...F}} fragment F on Query{{{one}}}"):
            assert "errors" not in await reader(query, await keys.of({resource.scope, other.scope})), query
            if other.scope is not resource.scope:
                assert await reader.codes(query, await keys.of({resource.scope})) == MISSING, query


@every_intent
async def test_acting_takes_the_scope_of_the_intent(intent: Intent, acme: Full, reader: Gql, keys: Keys) -> None:
    problem = await reader.do(intent, await keys.of(EVERY - {intent.scope}), **example(intent, acme))

    assert (problem["__typename"], problem["kind"], problem["code"]) == ("Problem", "forbidden", "scope_missing")


async def test_what_one_has_made_may_be_read_back_without_a_scope_for_reading(
    acme: Full, reader: Gql, keys: Keys
) -> None:
    key = await keys.of({Scope.DIRECTORY_WRITE})

    made = await reader.data(
        'mutation{createPerson(input:{givenName:"A",familyName:"B",rankLevel:3}){...on Person{displayName}}}', key
    )

    assert made["createPerson"] == {"displayName": "A B"}


BEYOND = {
    "another resource": ("manager{pairingsAsMentor{nodes{id}}}", {Scope.DIRECTORY_WRITE, Scope.DIRECTORY_READ}),
    "its own kind": ("manager{id displayName}", {Scope.DIRECTORY_WRITE}),
    "a list of its own kind": ("reports{nodes{id}}", {Scope.DIRECTORY_WRITE}),
    "the cursors of a list": ("reports{pageInfo{startCursor}}", {Scope.DIRECTORY_WRITE}),
}


@pytest.mark.parametrize("name", BEYOND)
async def test_what_lies_beyond_a_changed_object_takes_scopes_for_reading(
    name: str, acme: Full, reader: Gql, keys: Keys
) -> None:
    selection, scopes = BEYOND[name]
    [intent] = [each for each in INTENTS if each.name == "create_person"]
    given = {"givenName": "Never", "familyName": "Made", "rankLevel": 3}

    answer = await reader.data(mutation(intent, f"... on Person{{{selection}}}"), await keys.of(scopes), input=given)

    assert answer["done"]["code"] == "scope_missing"
    found = await reader.data("{people(first:100,orderBy:ID_DESC){nodes{givenName}}}")
    assert {"givenName": "Never"} not in found["people"]["nodes"]


async def test_one_missing_scope_leaves_the_other_fields_alone(acme: Full, reader: Gql, keys: Keys) -> None:
    key = await keys.of({Scope.DIRECTORY_READ})
    query = "query($x:ID!,$y:ID!){person(id:$x){id} pairing(id:$y){id} ranks(first:1){nodes{level}}}"

    body = await reader(query, key, x=acme.objects["person"], y=acme.objects["pairing"])

    assert body["data"] == {
        "person": {"id": acme.objects["person"]},
        "pairing": None,
        "ranks": {"nodes": [{"level": 1}]},
    }
    assert [error["path"] for error in body["errors"]] == [["pairing"]]


async def test_a_key_without_scopes_that_fit_opens_nothing_but_the_door(reader: Gql, keys: Keys) -> None:
    key = await keys.of({Scope.SCHEMA_READ})

    assert await reader.data("{__typename}", key) == {"__typename": "Query"}
