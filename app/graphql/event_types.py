"""The catalogue of event types, which no statement is needed for."""

from functools import cache
from typing import Any

from graphql import FieldNode
from strawberry.utils.str_converters import to_camel_case

from app.auth.actor import Actor
from app.graphql.mutating import told
from app.graphql.selecting import Selector
from app.webhooks import event_types

LIST, ONE = "eventTypes", "eventType"


def found(_actor: Actor, selector: Selector, name: str, nodes: list[FieldNode], arguments: dict[str, Any]) -> Any:
    """All types, or one by its name, by response names."""
    if name == LIST:
        return [told(selector, facts, nodes) for facts in _facts().values()]
    facts = _facts().get(arguments["type"])
    return None if facts is None else told(selector, facts, nodes)


@cache
def _facts() -> dict[str, dict[str, Any]]:
    return {
        each.type: {
            "__typename": "EventType",
            **{to_camel_case(name): value for name, value in each.model_dump(mode="json").items()},
            "visibility": each.visibility.name,
        }
        for each in event_types.every()
    }
