"""Documents: read, validated and measured once, and kept with what was worked out of them since."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    VariableDefinitionNode,
    get_variable_values,
    is_non_null_type,
    type_from_ast,
    validate,
)
from graphql.execution.values import VariableValues
from graphql.utilities import validate_input_value

from app.acting.inquiry import Inquiry
from app.acting.intent import Intent
from app.graphql import wording
from app.graphql.arguments import variables_in
from app.graphql.costing import Price
from app.graphql.inquiries import ASKED
from app.graphql.limits import parse_limited, require_affordable
from app.graphql.measuring import fragments_of, selections_of
from app.graphql.schema import DOES, SCHEMA

_INTROSPECTION = ("__schema", "__type")
_MOST_COMPLAINTS = 5


@dataclass(frozen=True, eq=False)
class Chosen:
    """One operation of a valid document: `switches` are the variables that @skip and @include read."""

    document: DocumentNode
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    introspects: bool
    switches: tuple[str, ...]
    price: Price
    # What a mutation does, once for each of its fields.
    intents: tuple[Intent | Inquiry, ...]
    # What plans.py worked out, by the values of the switches.
    plans: dict[Any, Any] = field(default_factory=dict)

    def require_affordable(self, given: dict[str, Any]) -> int:
        """Its points. Raises `LimitExceeded` if its pages multiply to more than one request may cost."""
        return require_affordable(self.price, given)

    def variables(self, given: dict[str, Any]) -> VariableValues:
        """Its variables as their types understand them. Raises `GraphQLError`, which repeats no value."""
        definitions = self.node.variable_definitions or ()
        found = get_variable_values(SCHEMA, definitions, given, max_errors=1, hide_suggestions=True)
        if isinstance(found, VariableValues):
            return found
        words = [words for definition in definitions for words in _misfits(definition, given)]
        # What is nested too deeply fits no type of ours, but is not looked at closely.
        message = " ".join(words) or "The variables nest too deeply."
        raise GraphQLError(message, extensions={"code": "bad_variables"})


def _misfits(definition: VariableDefinitionNode, given: dict[str, Any]) -> list[str]:
    """What is wrong with the value of one variable."""
    kind: Any = type_from_ast(SCHEMA, definition.type)
    name = definition.variable.name.value
    value = given.get(name, Undefined)
    if value is Undefined and (definition.default_value is not None or not is_non_null_type(kind)):
        return []
    words: list[str] = []

    def note(_error: GraphQLError, path: list[str | int]) -> None:
        here = value
        for step in path:
            here = here[step]
        words.append(wording.misfit(f"${name}", kind, path, here if isinstance(here, dict) else None))

    validate_input_value(value, kind, note, hide_suggestions=True)
    return list(dict.fromkeys(words))[:_MOST_COMPLAINTS]


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document by the names of its operations."""

    operations: dict[str | None, Chosen]

    def chosen(self, name: str | None) -> Chosen:
        """The operation that a request means. Raises `GraphQLError`."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name)
        if found is None:
            words = "The document has no operation of that name." if name else "Name one operation: there are several."
            raise GraphQLError(words, extensions={"code": "no_such_operation"})
        return found


Parsed = Document | tuple[GraphQLError, ...]


class _Shelf:
    """What was made of the texts that were used last, as many as fit: a syntax tree is a hundred times its text."""

    def __init__(self, most_characters: int) -> None:
        self._most, self._size = most_characters, 0
        self._kept: OrderedDict[str, Parsed] = OrderedDict()

    def get(self, source: str) -> Parsed:
        """A document, or what is wrong with it."""
        found = self._kept.get(source)
        if found is not None:
            self._kept.move_to_end(source)
            return found
        found = self._kept[source] = _read(source)
        self._size += len(source)
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[0])
        return found


def _read(source: str) -> Parsed:
    try:
        document = parse_limited(source)
    except GraphQLSyntaxError as error:
        return (wording.syntax(error),)
    except GraphQLError as error:
        return (error,)
    errors = validate(
        SCHEMA, document, wording.RULES, max_errors=20, hide_suggestions=True, allow_empty_selection_sets=False
    )
    if errors:
        return tuple(wording.invalid(error) for error in errors)
    return Document({node.name.value if node.name else None: _chosen(document, node) for node in _operations(document)})


parsed = _Shelf(most_characters=500_000).get


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _chosen(document: DocumentNode, node: OperationDefinitionNode) -> Chosen:
    selections = list(selections_of(document))
    fragments = fragments_of(document)
    named: dict[str, Intent | Inquiry] = {**DOES, **ASKED}
    directives = [directive for selection in selections for directive in selection.directives or ()]
    return Chosen(
        document,
        node,
        fragments,
        introspects=any(isinstance(each, FieldNode) and each.name.value in _INTROSPECTION for each in selections),
        switches=tuple(dict.fromkeys(name for directive in directives for name in variables_in(directive))),
        price=Price(document, node.name.value if node.name else None),
        intents=tuple(named[name] for name in _root_fields(node.selection_set, fragments) if name in named),
    )


def _root_fields(selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[str]:
    """The names of the fields of the root, one for each time that one is selected."""
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, FragmentSpreadNode):
            yield from _root_fields(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _root_fields(selection.selection_set, fragments)
