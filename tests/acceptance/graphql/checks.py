"""What schemathesis needs to know of the GraphQL door: which arguments go together, and what no answer may be."""

from dataclasses import replace
from typing import Any

import schemathesis
from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    IntValueNode,
    Visitor,
    VisitorAction,
    print_ast,
    validate,
    visit,
)

_FORMAL = ("syntax_error", "invalid_query", "bad_variables", "no_such_operation")
_LARGEST_PAGE = 100


class _Forward(Visitor):
    """Leaves a list its `first`, within limits, and takes away the rest of its paging."""

    def leave_argument(self, node: ArgumentNode, *_: Any) -> VisitorAction | ArgumentNode:
        """Called for every argument."""
        if node.name.value in ("after", "before", "last"):
            return REMOVE
        if node.name.value == "first" and isinstance(node.value, IntValueNode):
            size = min(abs(int(node.value.value)) + 1, _LARGEST_PAGE)
            return replace(node, value=IntValueNode(value=str(size)))
        return None


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: DocumentNode) -> DocumentNode:
    """Let every other document page forward from the beginning: what made-up cursors find is nothing."""
    operation: Any = context.operation
    # A document that was broken on purpose stays broken.
    if len(print_ast(body)) % 2 or validate(operation.schema.client_schema, body):
        return body
    forward: DocumentNode = visit(body, _Forward())
    return forward


@schemathesis.check
def no_answer_is_a_bug(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Fail on other statuses, on masked bugs, and where a document that keeps the schema is called wrong."""
    assert response.status_code in (200, 400), f"answered {response.status_code}"
    codes = [error["extensions"]["code"] for error in response.json().get("errors", ())]
    assert "internal" not in codes, "answered with a bug"
    if case.meta is not None and case.meta.generation.mode.is_positive:
        formal = [code for code in codes if code in _FORMAL]
        assert not formal, f"refused as {formal}, though the schema allows it"
