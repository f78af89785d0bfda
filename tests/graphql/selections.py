"""Selections made from the declarations: all fields of an object, and its answer in REST's words."""

from typing import Any

from strawberry.utils.str_converters import to_camel_case

from app.graphql.enums import embedded_members, is_enum
from app.reading.resource import Resource


def fields_of(resource: Resource) -> str:
    """Every field of an object, small objects with their members."""
    parts = []
    for name in resource.fields:
        embedded = embedded_members(resource, name)
        members = f"{{{' '.join(embedded[1])}}}" if embedded else ""
        parts.append(to_camel_case(name) + members)
    return " ".join(parts)


def as_rest(resource: Resource, found: dict[str, Any]) -> dict[str, Any]:
    """An object with `fields_of`, by REST's names and with REST's values."""
    return {name: _value(resource, name, found[to_camel_case(name)]) for name in resource.fields}


def _value(resource: Resource, name: str, value: Any) -> Any:
    if value is None:
        return None
    if is_enum(resource, name):
        return value.lower()
    if embedded := embedded_members(resource, name):
        members = embedded[1]
        return [_members(item, members) for item in value] if isinstance(value, list) else _members(value, members)
    return value


def _members(item: dict[str, Any], members: dict[str, tuple[str, bool]]) -> dict[str, Any]:
    return {ours: item[theirs].lower() if is_name else item[theirs] for theirs, (ours, is_name) in members.items()}
