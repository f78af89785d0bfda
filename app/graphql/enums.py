"""Which fields hold enums or small objects, read off the schemas once."""

from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from strawberry.utils.str_converters import to_camel_case

from app.auth.scopes import Scope
from app.reading.resource import Resource


def _bare(kind: Any) -> Any:
    """A type without `None` and annotations around it."""
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(item for item in get_args(kind) if item is not NoneType))
    return _bare(get_args(kind)[0]) if hasattr(kind, "__metadata__") else kind


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum) and kind is not Scope


@cache
def is_enum(resource: Resource, field: str) -> bool:
    """Whether a field holds one value of an enum."""
    return _is_enum(_bare(resource.schema.model_fields[field].annotation))


@cache
def is_list(resource: Resource, field: str) -> bool:
    """Whether a field holds several values."""
    return get_origin(_bare(resource.schema.model_fields[field].annotation)) is list


@cache
def embedded_members(resource: Resource, field: str) -> tuple[str, dict[str, tuple[str, bool]]] | None:
    """The type of the small object or objects in a field, and their members: GraphQL's name → (ours, whether enum)."""
    kind = _bare(resource.schema.model_fields[field].annotation)
    inner = _bare(get_args(kind)[0]) if get_origin(kind) is list else kind
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        return None
    members = {
        to_camel_case(name): (name, _is_enum(_bare(info.annotation))) for name, info in inner.model_fields.items()
    }
    return inner.__name__.removesuffix("Read"), members
