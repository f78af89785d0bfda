"""The templates of programmes, which no statement is needed for."""

from functools import cache
from typing import Any

from graphql import FieldNode

from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.domain.templates import catalogue
from app.graphql.inquiries import told
from app.graphql.selecting import Selector

LIST, ONE = "programmeTemplates", "programmeTemplate"


def found(actor: Actor, selector: Selector, name: str, nodes: list[FieldNode], arguments: dict[str, Any]) -> Any:
    """All templates, or one by its key, by response names. Raises `MissingScope`."""
    actor.require(Scope.PROGRAMMES_READ)
    value = list(_facts().values()) if name == LIST else _facts().get(arguments["key"])
    return told(selector, selector.field_type("Query", name), value, nodes)


@cache
def _facts() -> dict[str, dict[str, Any]]:
    return {key: template.model_dump(mode="json") for key, template in catalogue.every().items()}
