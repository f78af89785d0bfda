"""Documents: read, validated and measured once, and kept with what was worked out of them since."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    get_variable_values,
    type_from_ast,
    validate,
)
from graphql.execution.values import VariableValues
from graphql.utilities import validate_input_value

from app.graphql import wording
from app.graphql.arguments import variables_in
from app.graphql.costing import Price
from app.graphql.limits import parse_limited, require_affordable
from app.graphql.measuring import executables, fragments_of
from app.graphql.schema import SCHEMA

_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, eq=False)
class Chosen:
    """One operation of a valid document: `switches` are the variables that @skip and @include read."""

    document: DocumentNode
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    introspects: bool
    switches: tuple[str, ...]
    price: Price
    # What plans.py worked out, by the values of the switches.
    plans: dict[Any, Any] = field(default_factory=dict)

    def require_affordable(self, given: dict[str, Any]) -> None:
        """Raise `LimitExceeded` if its pages multiply to more than one request may cost."""
        require_affordable(self.price, given)

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
