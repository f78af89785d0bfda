"""The schema: one query per resource, one mutation per intent, every value by its response name."""

from typing import Any

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.utils.str_converters import to_camel_case

from app.acting.intent import Intent
from app.declared import INTENTS, RESOURCES
from app.graphql import describing, inputs, inquiries, names, types
from app.graphql.scalars import SCALARS
from app.reading.resource import Resource

# The type of an object of a union or interface travels with it, under a key that no response name can be.
TYPE = " type"
VIEWER = "viewer"


def plural_name(resource: Resource) -> str:
    """The field of a resource's list; one whose plural is its singular gets a word more."""
    return f"all_{resource.plural}" if resource.plural == resource.name else resource.plural


def _query() -> type:
    fields: dict[str, Any] = {
        "node": types.argument_field({"id": "strawberry.ID"}, "Node | None", "Any object by its id."),
        "nodes": types.argument_field({"ids": "list[strawberry.ID]"}, "list[Node | None]", "Up to 100 objects by id."),
    }
    fields["event_types"] = types.argument_field({}, "list[EventType]", "Every type of event.")
    fields["event_type"] = types.argument_field({"type": "str"}, "EventType | None", "A type of event by its name.")
    fields["programme_templates"] = types.argument_field(
        {}, "list[ProgrammeTemplate]", "Every template that a programme can be made from."
    )
    fields["programme_template"] = types.argument_field(
        {"key": "str"}, "ProgrammeTemplate | None", "A template by its key."
    )
    fields[VIEWER] = types.argument_field({}, "Person | None", "Who asks; `null` for a service.")
    for resource in RESOURCES:
        summary = (resource.schema.__doc__ or "").partition("\n")[0]
        one = f"{resource.type_name} | None"
        fields[resource.name] = types.argument_field({"id": "strawberry.ID"}, one, summary)
        fields[plural_name(resource)] = types.list_field(resource, summary)
    fields |= inquiries.fields()
    return strawberry.type(
        type("Query", (), {"__module__": names.__name__, **fields}), description="Everything to read."
    )


def _mutation() -> type:
    namespace = {"__module__": names.__name__, **inputs.MUTATIONS}
    return strawberry.type(type("Mutation", (), namespace), description="Everything to do.")


def _build() -> GraphQLSchema:
    objects = [getattr(names, resource.type_name) for resource in RESOURCES]
    schema = strawberry.Schema(
        query=_query(),
        mutation=_mutation(),
        types=objects,
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
    )
    built: GraphQLSchema = schema._schema
    for kind in built.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType):
            kind.is_type_of = None
            for field in kind.fields.values():
                field.resolve = of_root if kind.name in ("Query", "Mutation") else by_response_name
        elif isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = _type_of
        elif isinstance(kind, GraphQLEnumType):
            # The statement has named the value already.
            kind.coerce_output_value = _as_it_is  # type: ignore[method-assign, assignment]
    describing.complete(built)
    return built


def by_response_name(source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """The value of a field: the read path has put it under the name that the caller chose."""
    return source[info.path.key]


async def of_root(_source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """The value of a field of the root: the operation that runs, the context, knows how to get it."""
    return await info.context.resolve(info, arguments)


def _type_of(value: Any, _info: GraphQLResolveInfo[Any], _kind: Any) -> str:
    return str(value[TYPE])


def _as_it_is(value: Any) -> Any:
    return value


SCHEMA = _build()
SINGLE: dict[str, Resource] = {to_camel_case(resource.name): resource for resource in RESOURCES}
LISTS: dict[str, Resource] = {to_camel_case(plural_name(resource)): resource for resource in RESOURCES}
BY_TYPE: dict[str, Resource] = {resource.type_name: resource for resource in RESOURCES}
DOES: dict[str, Intent] = {to_camel_case(intent.name): intent for intent in INTENTS}


def sdl() -> str:
    """The schema as text, sorted."""
    return print_schema(lexicographic_sort_schema(SCHEMA)) + "\n"
