"""What is wrong with a document or its variables, told by places and the names of the schema, never by values.

The words of graphql-core repeat what was sent; these are put in their stead.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from graphql import (
    SKIP,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSyntaxError,
    ObjectValueNode,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VisitorAction,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
    specified_rules,
)
from graphql.utilities import validate_input_literal

_LONGEST_NAME = 100


def syntax(error: GraphQLSyntaxError) -> GraphQLError:
    """Where a document cannot be parsed, and what the parser looked for there."""
    expected, found, _ = error.description.partition(", found ")
    # What is expected is a word of the grammar. Anything else in quotes, or after a colon, is the caller's.
    words = expected if found and expected.startswith("Expected ") else re.split("['\":]", error.description)[0]
    return GraphQLError(
        f"Syntax error: {words.strip(' .')}.",
        source=error.source,
        positions=error.positions,
        extensions={"code": "syntax_error"},
    )


def invalid(error: GraphQLError) -> GraphQLError:
    """A rule that a document breaks. Its text names fields, types and variables; overlong names are left out."""
    error.message = re.sub(f"'[^']{{{_LONGEST_NAME},}}'", "'…'", error.message)
    error.extensions = {"code": "invalid_query", **(error.extensions or {})}
    return error


def misfit(what: str, kind: GraphQLInputType, path: Sequence[str | int], members: Collection[str] | None) -> str:
    """Why a value does not fit `kind`: at `path` in it stands an object with these members, or something else."""
    place = ".".join((what, *map(str, path)))
    inner = _at(kind, path)
    bare = get_nullable_type(inner)
    if members is None or not isinstance(bare, GraphQLInputObjectType):
        return f"{place} does not fit the type {inner}."
    lacking = [name for name, field in bare.fields.items() if is_required_input_field(field) and name not in members]
    if lacking:
        return f"{place} lacks {', '.join(lacking)}."
    return f"{place} has a member that {bare} does not have."


def _at(kind: GraphQLInputType, path: Sequence[str | int]) -> GraphQLInputType:
    for step in path:
        bare: Any = get_nullable_type(kind)
        while isinstance(step, str) and is_list_type(bare):
            # A single value stands for a list of one.
            bare = get_nullable_type(bare.of_type)
        kind = bare.fields[step].type if isinstance(step, str) else bare.of_type
    return kind


def _node_at(node: ValueNode, path: Sequence[str | int]) -> ValueNode:
    here: Any = node
    for step in path:
        if isinstance(step, int):
            here = here.values[step]
        else:
            here = next(field.value for field in here.fields if field.name.value == step)
    return here  # type: ignore[no-any-return]


class _ValuesFit(ValuesOfCorrectTypeRule):
    """The same rule in our words."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        if input_type is not None:
            told: dict[str, ValueNode] = {}

            def note(_error: GraphQLError, path: list[str | int]) -> None:
                here = _node_at(node, path)
                members = [item.name.value for item in here.fields] if isinstance(here, ObjectValueNode) else None
                told.setdefault(misfit("A value", input_type, path, members), here)

            validate_input_literal(node, input_type, note, hide_suggestions=True)
            for words, here in told.items():
                self.report_error(GraphQLError(words, here))
        return SKIP


RULES = tuple(_ValuesFit if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules)
