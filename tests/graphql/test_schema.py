"""The schema says what the declarations say, and REST says the same: fields, edges, lists, filters, orders, intents."""

from typing import Any, get_args

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    Undefined,
    build_schema,
    get_named_type,
    parse,
    validate_schema,
)
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from app.acting.intent import Intent, Kind
from app.auth.scopes import Scope
from app.declared import INTENTS, RESOURCES
from app.graphql.enums import embedded_members, is_enum
from app.graphql.inquiries import ASKED
from app.graphql.schema import SCHEMA, plural_name, sdl
from app.graphql.types import order_name
from app.ids import new
from app.reading.resource import Equals, Resource
from app.routers import openapi, wishes
from app.routers.writes import METHODS, path_of
from tests.withheld import withheld

OURS = [kind for kind in SCHEMA.type_map.values() if not kind.name.startswith("__")]
REST = openapi.document()["paths"]
# One word cannot be both an object and a list of them.
RENAMED_LISTS = {"feedback": "allFeedback"}
# GraphQL's own, beside the intents' members.
OWN_MEMBERS = {"id", "version", "idempotencyKey"}


def by_name(items: tuple[Any, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("item", items, ids=lambda item: item.name)


def object_type(name: str) -> GraphQLObjectType:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def test_the_schema_is_valid() -> None:
    assert validate_schema(SCHEMA) == []
    assert validate_schema(build_schema(sdl())) == []


@by_name(RESOURCES)
def test_a_type_has_the_fields_edges_and_lists_of_its_resource(item: Resource) -> None:
    fields = object_type(item.type_name).fields

    assert set(fields) == {to_camel_case(name) for name in (*item.fields, *item.references, *item.collections)}
    for name in fields:
        assert to_camel_case(to_snake_case(name)) == name
    for edge in item.references.values():
        assert str(fields[to_camel_case(edge.name)].type) == edge.to.type_name
    for collection in item.collections.values():
        assert str(fields[to_camel_case(collection.name)].type) == f"{collection.resource.type_name}Connection!"


@by_name(RESOURCES)
def test_rest_reads_the_same_fields_edges_and_lists(item: Resource) -> None:
    organisation_id = new("org")

    assert {f"/v1/{item.path}", f"/v1/{item.path}/{{id}}"} <= REST.keys()
    fields = wishes.of_one(item, f"fields={','.join(item.fields)}".encode(), organisation_id)
    assert [leaf.key for leaf in fields.wanted.items] == list(item.fields)
    for name in (*item.references, *item.collections):
        expanded = wishes.of_one(item, f"expand={name}".encode(), organisation_id)
        assert expanded.wanted.items[-1].key == name


@by_name(RESOURCES)
def test_a_resource_has_one_query_for_an_object_and_one_for_a_list(item: Resource) -> None:
    query = object_type("Query")
    single, listed = query.fields[to_camel_case(item.name)], query.fields[to_camel_case(plural_name(item))]

    assert to_camel_case(plural_name(item)) == RENAMED_LISTS.get(item.name, to_camel_case(item.plural))
    assert str(single.type) == item.type_name
    assert str(single.args["id"].type) == "ID!"
    assert str(listed.type) == f"{item.type_name}Connection!"


def test_there_are_no_other_queries() -> None:
    names = {to_camel_case(name) for item in RESOURCES for name in (item.name, plural_name(item))}

    catalogues = {"eventType", "eventTypes", "programmeTemplate", "programmeTemplates"}
    assert set(object_type("Query").fields) == names | {"node", "nodes", "viewer", *catalogues, *ASKED}


def lists_of(item: Resource) -> list[Any]:
    """Every field that answers with a list of a resource."""
    return [
        field
        for kind in OURS
        if isinstance(kind, GraphQLObjectType)
        for field in kind.fields.values()
        if str(field.type) == f"{item.type_name}Connection!"
    ]


@by_name(RESOURCES)
def test_every_list_takes_the_filters_and_orders_of_its_resource(item: Resource) -> None:
    has_filter = bool(item.filters)
    for field in lists_of(item):
        assert set(field.args) == {"first", "after", "last", "before", "orderBy"} | (
            {"filter"} if has_filter else set()
        )
        assert all(argument.default_value is Undefined for argument in field.args.values())
        assert not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
    order = SCHEMA.type_map[f"{item.type_name}Order"]
    assert isinstance(order, GraphQLEnumType)
    assert set(order.values) == {order_name(each) for each in item.orders}
    if has_filter:
        members = SCHEMA.type_map[f"{item.type_name}Filter"]
        assert isinstance(members, GraphQLInputObjectType)
        assert set(members.fields) == {to_camel_case(name) for name in item.parameters}
        for name, rule in item.parameters.items():
            is_list = str(members.fields[to_camel_case(name)].type).startswith("[")
            assert is_list == isinstance(rule, Equals)


@by_name(RESOURCES)
def test_rest_takes_the_same_filters_and_orders(item: Resource) -> None:
    organisation_id = new("org")
    for order in item.orders:
        page = wishes.of_page(item, f"sort={order}".encode(), organisation_id).page
        assert page is not None
        assert (page.sort, page.descending) == (order.removeprefix("-"), order.startswith("-"))
    for name, rule in item.parameters.items():
        kind = rule.kind(item)
        value = (
            kind[0]
            if isinstance(kind, tuple)
            else {"int": "1", "date": "2026-03-02"}.get(kind.__name__, "2026-03-02T12:00:00Z")
        )
        page = wishes.of_page(item, f"{name}={value}".encode(), organisation_id).page
        assert page is not None
        assert {where.parameter for where in page.wheres} == {name, *item.defaults}


def test_every_intent_is_a_mutation_and_nothing_else_is() -> None:
    assert set(object_type("Mutation").fields) == {to_camel_case(intent.name) for intent in INTENTS}


@by_name(INTENTS)
def test_a_mutation_takes_what_its_intent_takes(item: Intent) -> None:
    field = object_type("Mutation").fields[to_camel_case(item.name)]
    given = get_named_type(field.args["input"].type)
    assert isinstance(given, GraphQLInputObjectType)
    taken = item.takes.model_fields if item.takes else {}
    own = ({"id", "version"} if item.has_id else set()) | (set() if item.kind is Kind.DELETE else {"idempotencyKey"})

    assert not {to_camel_case(name) for name in taken} & OWN_MEMBERS
    assert set(given.fields) == {to_camel_case(name) for name in taken} | own
    for name, info in taken.items():
        assert to_snake_case(to_camel_case(name)) == name
        assert isinstance(given.fields[to_camel_case(name)].type, GraphQLNonNull) == info.is_required()
    if item.has_id:
        assert str(given.fields["id"].type) == "ID!"
        assert str(given.fields["version"].type) == ("Int!" if item.needs_version else "Int")


@by_name(INTENTS)
def test_rest_does_the_same(item: Intent) -> None:
    assert METHODS[item.kind].lower() in REST[path_of(item)]


@by_name(INTENTS)
def test_a_mutation_answers_its_object_or_a_problem(item: Intent) -> None:
    result = get_named_type(object_type("Mutation").fields[to_camel_case(item.name)].type)
    assert isinstance(result, GraphQLUnionType)
    [answer, problem] = result.types

    assert problem.name == "Problem"
    if item.kind is Kind.DELETE:
        assert answer.name == "Deleted"
    elif item.reveals:
        assert {str(field.type) for field in answer.fields.values()} == {f"{item.resource.type_name}!", "String!"}
    else:
        assert answer.name == item.answer.type_name


@by_name(RESOURCES)
def test_what_policy_may_hide_is_nullable(item: Resource) -> None:
    fields = object_type(item.type_name).fields

    for name in (*withheld(item), *item.references):
        assert not isinstance(fields[to_camel_case(name)].type, GraphQLNonNull), name


@by_name(RESOURCES)
def test_a_field_is_nullable_where_rest_says_so(item: Resource) -> None:
    fields = object_type(item.type_name).fields

    for name, info in item.schema.model_fields.items():
        is_nullable = type(None) in get_args(info.annotation)
        assert isinstance(fields[to_camel_case(name)].type, GraphQLNonNull) != is_nullable, name


@by_name(RESOURCES)
def test_enums_are_named_after_their_values(item: Resource) -> None:
    """The statement makes the one of the other, by capitals alone."""
    for name in item.fields:
        kind = get_named_type(object_type(item.type_name).fields[to_camel_case(name)].type)
        if isinstance(kind, GraphQLEnumType):
            assert is_enum(item, name)
            for value, each in kind.values.items():
                assert str(each.value).upper() == value
        elif embedded := embedded_members(item, name):
            assert isinstance(kind, GraphQLObjectType)
            assert set(embedded[1]) == set(kind.fields)
            for member, (_, has_names) in embedded[1].items():
                assert has_names == isinstance(get_named_type(kind.fields[member].type), GraphQLEnumType)
        else:
            assert not is_enum(item, name)


def test_scopes_are_text_since_names_hold_no_colon() -> None:
    assert str(object_type("ApiKey").fields["scopes"].type) == "[String!]!"
    assert any(":" in scope for scope in Scope)


def test_nothing_has_a_default() -> None:
    text = sdl()

    assert " = " not in "\n".join(line for line in text.splitlines() if not line.startswith("union"))
    assert parse(text).definitions


def undescribed() -> list[str]:
    """Parts of the schema's own making, and the types, that say nothing of themselves."""
    own = ("Query", "Mutation", "PageInfo", "Problem", "Fault", "Deleted")
    found = [kind.name for kind in OURS if not kind.description]
    for kind in OURS:
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            is_own = kind.name in own or kind.name.endswith(("Connection", "Edge", "WithSecret"))
            for name, field in kind.fields.items():
                leads_on = field.args or isinstance(field.type, GraphQLObjectType)
                if not field.description and (
                    is_own or leads_on or name in ("id", "version", "createdAt", "updatedAt")
                ):
                    found.append(f"{kind.name}.{name}")
                found += [f"{kind.name}.{name}({key})" for key, each in field.args.items() if not each.description]
        elif isinstance(kind, GraphQLInputObjectType):
            found += [
                f"{kind.name}.{name}"
                for name, member in kind.fields.items()
                if name in OWN_MEMBERS and not member.description
            ]
    return found


def test_everything_is_described() -> None:
    """But for the plain members of objects and inputs, and the values of enums, whose names say it."""
    assert undescribed() == []


def test_the_text_is_sorted_and_always_the_same() -> None:
    assert sdl() == sdl()
    names = [line.split()[1] for line in sdl().splitlines() if line.startswith(("type ", "input ", "enum ", "union "))]
    assert names == sorted(names)
