"""Inputs of mutations in GraphQL's words, made from REST's: names in camel case, enums by their names."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    get_nullable_type,
)
from strawberry.utils.str_converters import to_camel_case

from app import ids
from app.acting.intent import Intent
from app.graphql.schema import SCHEMA
from tests.full import Full


def example(intent: Intent, full: Full) -> dict[str, Any]:
    """A well-formed input for an intent, about the objects of a world."""
    given: dict[str, Any] = as_input(intent, full.body(intent))
    if intent.has_id:
        given["id"] = full.objects[intent.resource.name]
    if intent.needs_key:
        given["idempotencyKey"] = ids.new("key")
    if intent.needs_version:
        given["version"] = 1
    return given


def as_input(intent: Intent, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a REST request as the input of a mutation."""
    mutation = SCHEMA.mutation_type
    assert isinstance(mutation, GraphQLObjectType)
    converted: dict[str, Any] = _converted(mutation.fields[to_camel_case(intent.name)].args["input"].type, body)
    return converted


def _converted(kind: Any, value: Any) -> Any:
    bare = get_nullable_type(kind)
    if value is None:
        return None
    if isinstance(bare, GraphQLList):
        return [_converted(bare.of_type, item) for item in value]
    if isinstance(bare, GraphQLInputObjectType):
        named = {to_camel_case(name): item for name, item in value.items()}
        return {name: _converted(bare.fields[name].type, item) for name, item in named.items()}
    return value.upper() if isinstance(bare, GraphQLEnumType) else value
