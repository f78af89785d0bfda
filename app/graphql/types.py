"""GraphQL's types, made from the declarations of the resources: what REST can read, GraphQL can, and no more.

The types hold no resolvers: every object below the root is a dict keyed by response name, which the read
path has filled (executing.py).
"""

from datetime import date, datetime
from enum import Enum, StrEnum
from inspect import Parameter, Signature
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from pydantic import BaseModel
from strawberry.types.field import StrawberryField

from app.auth.scopes import Scope
from app.declared import RESOURCES
from app.domain.templates.schemas import ProgrammeTemplateRead
from app.graphql import names
from app.reading.resource import Equals, Resource
from app.webhooks.event_types import EventTypeRead

_SCALARS: dict[Any, str] = {str: "str", int: "int", float: "float", bool: "bool", datetime: "datetime", date: "date"}


@strawberry.interface(description="Anything that has an id.")
class Node:
    """Every resource."""

    id: strawberry.ID


names.Node = Node  # type: ignore[attr-defined]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """As the GraphQL cursor connections specification has it."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


names.PageInfo = PageInfo  # type: ignore[attr-defined]


def annotation(kind: Any, name: str = "") -> str:
    """The annotation of a pydantic field as Strawberry reads it, as text: types refer to each other freely."""
    if get_origin(kind) in (Union, UnionType):
        inner = [item for item in get_args(kind) if item is not NoneType]
        return f"{annotation(inner[0], name)} | None"
    if get_origin(kind) is dict:
        return "strawberry.scalars.JSON"
    if get_origin(kind) in (list, tuple):
        return f"list[{annotation(get_args(kind)[0], name)}]"
    if get_origin(kind) is Annotated:
        return annotation(get_args(kind)[0], name)
    if kind is Any or get_origin(kind) is dict:
        return "JSON"
    return _named(kind, name)


def _named(kind: type, name: str) -> str:
    if kind is str and (name == "id" or name.endswith("_id")):
        return "strawberry.ID"
    if kind is Scope:
        # Its values hold colons, which no GraphQL name may.
        return "str"
    if issubclass(kind, Enum):
        return _enum(kind)
    if issubclass(kind, BaseModel):
        return embedded(kind)
    return _SCALARS[kind]


def _enum(kind: type[Enum]) -> str:
    name = _ENUM_NAMES.get(f"{kind.__module__}.{kind.__name__}", kind.__name__)
    if not hasattr(names, name):
        setattr(names, name, strawberry.enum(kind, name=name, description=kind.__doc__))
    return name


# Two chapters may use one word; callers of GraphQL share a single space of names.
_ENUM_NAMES = {
    "app.matching.policy.Mode": "CriterionMode",
    "app.matching.policy.Objective": "MatchingObjective",
    "app.domain.feedback.models.Audience": "FeedbackAudience",
    "app.domain.programmes.contents.Audience": "ResourceAudience",
    "app.domain.sessions.models.Report": "SessionOutcome",
    "app.domain.sessions.models.Mode": "SessionMode",
    "app.domain.sessions.contents.Tier": "NoteTier",
}


def embedded(kind: type[BaseModel]) -> str:
    """The type of an object that is no resource, made when it is first needed; its name."""
    name = kind.__name__.removesuffix("Read")
    if not hasattr(names, name):
        members = {key: annotation(info.annotation, key) for key, info in kind.model_fields.items()}
        told = {key: strawberry.field(description=info.description) for key, info in kind.model_fields.items()}
        setattr(names, name, strawberry.type(_class(name, members, told), description=kind.__doc__))
    return name


def _class(
    name: str, annotations: dict[str, str], namespace: dict[str, Any] | None = None, bases: tuple[type, ...] = ()
) -> type:
    return type(name, bases, {"__annotations__": annotations, "__module__": names.__name__, **(namespace or {})})


def list_field(resource: Resource, description: str) -> StrawberryField:
    """A connection with its arguments."""
    arguments = {
        "first": "int | None",
        "after": "str | None",
        "last": "int | None",
        "before": "str | None",
        "filter": f"{resource.type_name}Filter | None",
        "order_by": f"{resource.type_name}Order | None",
    }
    if not resource.filters:
        del arguments["filter"]
    return argument_field(arguments, f"{resource.type_name}Connection", description, optional=True)


def argument_field(
    arguments: dict[str, str], returns: str, description: str, *, optional: bool = False
) -> StrawberryField:
    """A field with arguments. Who resolves it is decided in schema.py, for all fields alike."""

    def resolver(**_: Any) -> Any:
        raise AssertionError("replaced in schema.py")

    default = strawberry.UNSET if optional else Parameter.empty
    resolver.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default) for name, kind in arguments.items()],
        return_annotation=returns,
    )
    resolver.__annotations__ = {**arguments, "return": returns}
    resolver.__module__ = names.__name__
    found: StrawberryField = strawberry.field(resolver=resolver, description=description)
    return found


def _object(resource: Resource) -> None:
    members: dict[str, str] = {}
    namespace: dict[str, Any] = {}
    for name, info in resource.schema.model_fields.items():
        members[name] = annotation(info.annotation, name)
        namespace[name] = strawberry.field(description=info.description)
    for edge in resource.references.values():
        members[edge.name] = f"{edge.to.type_name} | None"
        namespace[edge.name] = strawberry.field(description=edge.description or f"The {edge.name.replace('_', ' ')}.")
    for collection in resource.collections.values():
        namespace[collection.name] = list_field(
            collection.resource, collection.description or f"Its {collection.name.replace('_', ' ')}."
        )
    cls = _class(resource.type_name, members, namespace, (Node,))
    setattr(names, resource.type_name, strawberry.type(cls, description=resource.schema.__doc__))
    _connection(resource)
    _filter(resource)
    _order(resource)


def _connection(resource: Resource) -> None:
    name = resource.type_name
    edge = _class(f"{name}Edge", {"cursor": "str", "node": name})
    setattr(names, f"{name}Edge", strawberry.type(edge, description=f"One {name} in a list, with its cursor."))
    members = {"nodes": f"list[{name}]", "edges": f"list[{name}Edge]", "page_info": "PageInfo"}
    connection = _class(f"{name}Connection", members)
    setattr(names, f"{name}Connection", strawberry.type(connection, description=f"One page of a list of {name}."))


def _filter(resource: Resource) -> None:
    if not resource.filters:
        return
    members = {}
    for rule in resource.filters:
        kind = annotation(resource.schema.model_fields[rule.field].annotation, rule.field).removesuffix(" | None")
        for parameter in rule.parameters:
            members[parameter] = f"list[{kind}] | None" if isinstance(rule, Equals) else f"{kind} | None"
    cls = _class(f"{resource.type_name}Filter", members, dict.fromkeys(members, strawberry.UNSET))
    setattr(
        names,
        f"{resource.type_name}Filter",
        strawberry.input(cls, description="Every condition that is given must hold; of several values, one."),
    )


def _order(resource: Resource) -> None:
    name = f"{resource.type_name}Order"
    members = {order_name(order): order for order in resource.orders}
    kind = StrEnum(name, members, module=names.__name__)  # type: ignore[misc]
    setattr(names, name, strawberry.enum(kind, name=name, description="An order of a list."))


def order_name(order: str) -> str:
    """`-starts_at` as GraphQL names it: `STARTS_AT_DESC`."""
    return f"{order[1:]}_DESC".upper() if order.startswith("-") else f"{order}_ASC".upper()


for _resource in RESOURCES:
    _object(_resource)
embedded(EventTypeRead)
embedded(ProgrammeTemplateRead)
