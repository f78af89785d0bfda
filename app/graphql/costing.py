"""What one GraphQL request costs: a point for each field it may answer, so a page multiplies what it holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from app.graphql.measuring import fragments_of, selections_of

DEFAULT_PAGE = 25
LARGEST_PAGE = 100

# Arguments that say how many objects a field answers with: a page size, or the objects themselves.
_COUNTING = frozenset({"first", "last", "ids"})
_ITEMS = frozenset({"edges", "nodes"})
_ABSENT = 0
_MOST_KNOWN = 100


class Price:
    """What one operation of a document costs, by the sizes of the pages that its variables ask for.

    A field costs one. A connection multiplies what is below it by its page size, and so does a list of `ids` by its
    length. `@skip` and `@include` are not weighed, so a request never costs more than this says.
    """

    def __init__(self, document: DocumentNode, operation_name: str | None) -> None:
        """For a document without fragment cycles."""
        self._operation = _chosen(document, operation_name)
        self._fragments = fragments_of(document)
        self._counting = tuple(dict.fromkeys(_counting_variables(document)))
        self._known: dict[tuple[int | None, ...], int] = {}

    def points(self, variables: Mapping[str, Any]) -> int:
        """Points of one request."""
        if self._operation is None:
            return 0
        sizes = tuple([_count(variables[name]) if name in variables else _ABSENT for name in self._counting])
        if sizes not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            values = _values(self._operation, variables)
            self._known[sizes] = _Bill(self._fragments, values).points(self._operation.selection_set)
        return self._known[sizes]


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation that will run; none if the name does not settle which, and then nothing runs."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None:
        return operations[0] if len(operations) == 1 else None
    return next((node for node in operations if node.name and node.name.value == name), None)


def _counting_variables(document: DocumentNode) -> Iterator[str]:
    """The variables that say how many objects a field answers with."""
    for selection in selections_of(document):
        for argument in selection.arguments or () if isinstance(selection, FieldNode) else ():
            if argument.name.value in _COUNTING and isinstance(argument.value, VariableNode):
                yield argument.value.name.value


def _values(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller sent, over the defaults that the operation declares: these are still nodes."""
    declared = operation.variable_definitions or ()
    return {**{node.variable.name.value: node.default_value for node in declared}, **variables}


class _Bill:
    """The points of each fragment, added up once however often it is spread."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode], values: dict[str, Any]) -> None:
        self._fragments = fragments
        self._values = values
        self._points: dict[str, int] = {}

    def points(self, selections: SelectionSetNode) -> int:
        """Points of a selection set that is answered once. Recursive over fragments only, not over nesting."""
        total = 0
        waiting = [(selections, 1)]
        while waiting:
            below, times = waiting.pop()
            for selection in below.selections:
                if isinstance(selection, FieldNode):
                    total += times
                    if selection.selection_set:
                        waiting.append((selection.selection_set, times * self._answers(selection)))
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append((selection.selection_set, times))
                elif isinstance(selection, FragmentSpreadNode):
                    name = selection.name.value
                    if name not in self._points:
                        self._points[name] = 0  # an unknown fragment, or one within itself, adds nothing
                        if name in self._fragments:
                            self._points[name] = self.points(self._fragments[name].selection_set)
                    total += times * max(self._points[name], 1)
        return total

    def _answers(self, node: FieldNode) -> int:
        """How many objects a field may answer with, at most."""
        counting = [argument.value for argument in node.arguments or () if argument.name.value in _COUNTING]
        counts = [
            _count(self._values.get(value.name.value) if isinstance(value, VariableNode) else value)
            for value in counting
        ]
        given = [count for count in counts if count is not None]
        if given:
            return max(given)
        is_connection = bool(counting) or (node.selection_set is not None and self._holds_items(node.selection_set))
        return DEFAULT_PAGE if is_connection else 1

    def _holds_items(self, selections: SelectionSetNode) -> bool:
        """Whether these are selected on a connection: without the schema, only its `edges` and `nodes` tell."""
        waiting, spread = [selections], set[str]()
        while waiting:
            for selection in waiting.pop().selections:
                if isinstance(selection, FieldNode):
                    if selection.name.value in _ITEMS:
                        return True
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
                    spread.add(selection.name.value)
                    if fragment := self._fragments.get(selection.name.value):
                        waiting.append(fragment.selection_set)
        return False


def _count(value: Any) -> int | None:
    """The number of objects that an argument asks for, from 1 to the largest page; none if it is null or absent."""
    if value is None or isinstance(value, NullValueNode):
        return None
    if isinstance(value, IntValueNode):
        # Python refuses to read integers of several thousand digits, and this one may have as many.
        number: float = int(value.value) if len(value.value) <= len(str(LARGEST_PAGE)) else LARGEST_PAGE
    elif isinstance(value, ListValueNode):
        number = len(value.values)
    elif isinstance(value, list):
        number = len(value)
    else:
        # Anything but a number will be refused as an argument, or become one in a way unknown here.
        number = value if isinstance(value, int | float) else LARGEST_PAGE
    return int(min(number, LARGEST_PAGE)) if number >= 1 else 1
