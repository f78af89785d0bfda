"""The arguments of fields: checked like REST's parameters, bound to slots of the shape.

A question is asked of the variables of every request. What can change the shape of an answer are its
facets; everything else is a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField, Node, VariableNode, get_argument_values
from graphql.execution.values import VariableValues
from strawberry.utils.str_converters import to_snake_case

from app.ids import prefix_of
from app.reading import asking
from app.reading.asking import BadQuery
from app.reading.resource import Resource
from app.reading.shape import Page, Where


@dataclass(frozen=True, slots=True)
class Facets:
    """What of a list's arguments decides the statement that reads it."""

    sort: str
    backward: bool = False
    has_cursor: bool = False
    wheres: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the arguments of one field say, of whichever organisation."""

    question: "Question"
    facets: Facets | None
    fixed: dict[str, Any]
    text: str = ""
    cursor: str | None = None

    def values(self, organisation_id: str) -> dict[str, Any]:
        """The values of its slots. Raises `BadCursor`."""
        facets = self.facets
        if facets is None:
            return self.fixed
        slot = self.question.slot
        scope = asking.scope(organisation_id, self.question.resource, facets.sort, self.text)
        values = {**self.fixed, f"{slot}_scope": scope}
        if self.cursor is not None:
            values |= asking.after(scope, self.cursor, f"{slot}_after", "before" if facets.backward else "after")
        return values

    def page(self, items: tuple[Any, ...]) -> Page:
        """The page of a list, with what is wanted of it."""
        facets, slot = self.facets, self.question.slot
        assert facets is not None  # noqa: S101
        return Page(
            self.question.resource,
            items,
            sort=facets.sort.removeprefix("-"),
            descending=facets.sort.startswith("-"),
            backward=facets.backward,
            wheres=facets.wheres,
            limit=f"{slot}_limit",
            after=f"{slot}_after" if facets.has_cursor else None,
            scope=f"{slot}_scope",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A field with arguments, where it stands: `column` is the reference that a nested list follows."""

    field: GraphQLField
    node: FieldNode
    resource: Resource
    slot: str
    column: str | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether every request asks it alike."""
        return not any(variables_in(argument.value) for argument in self.node.arguments or ())

    def ask(self, variables: VariableValues) -> Asked:
        """What the arguments say. Raises `BadQuery`, or `GraphQLError` for a variable that turns out to be null."""
        arguments = get_argument_values(self.field, self.node, variables, hide_suggestions=True)
        return self._one(arguments["id"]) if self.column is None else self._list(arguments, self.column)

    def _one(self, object_id: str) -> Asked:
        # A malformed id names nothing; an empty one finds nothing.
        return Asked(self, None, {self.slot: object_id if prefix_of(object_id) == self.resource.prefix else ""})

    def _list(self, arguments: Mapping[str, Any], column: str) -> Asked:
        backward, cursor = _direction(arguments)
        limit = asking.limit(arguments.get("last" if backward else "first"), "last" if backward else "first")
        sort = asking.order(self.resource, arguments.get("orderBy"))
        filters = asking.filters(self.resource, _texts(arguments.get("filter") or {}), f"{self.slot}_w")
        return Asked(
            self,
            Facets(sort, backward, cursor is not None, filters.wheres),
            {**filters.values, f"{self.slot}_limit": limit},
            "&".join(filter(None, (filters.text, column))),
            cursor,
        )


def variables_in(node: Node) -> list[str]:
    """The variables in a value or a directive."""
    found: list[str] = []
    waiting: list[Any] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, VariableNode):
            found.append(here.name.value)
        elif isinstance(here, Node):
            waiting += [getattr(here, key, None) for key in here.keys]
        elif isinstance(here, list | tuple):
            waiting += here
    return found


def _direction(arguments: Mapping[str, Any]) -> tuple[bool, str | None]:
    """Whether a list is walked backward, and from which cursor. Raises `BadQuery`."""
    first, last, after, before = (arguments.get(name) for name in ("first", "last", "after", "before"))
    if first is not None and last is not None:
        raise BadQuery("last", "cannot go with first")
    if after is not None and before is not None:
        raise BadQuery("before", "cannot go with after")
    backward = last is not None or (before is not None and first is None)
    if backward and after is not None:
        raise BadQuery("after", "goes with first")
    if not backward and before is not None:
        raise BadQuery("before", "goes with last")
    return backward, before if backward else after


def _texts(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """A filter's members by our names, each as the texts that REST would send."""
    texts = {}
    for name, value in given.items():
        if value is not None:
            items = value if isinstance(value, list) else [value]
            texts[to_snake_case(name)] = [str(item) for item in items]
    return texts
