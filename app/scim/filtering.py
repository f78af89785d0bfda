"""A SCIM filter becomes a condition in SQL, whole: what cannot be said in SQL is refused, never filtered afterwards."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

from app.scim.attributes import Condition, Term

LONGEST = 2000


def condition(text: str, model: Any, terms: Mapping[str, Term]) -> Condition:
    """The condition that a filter stands for. Raises `InvalidFilterException` for what we cannot look up."""
    bound: ScimFilter[Any] = ScimFilter[model](text)
    return _Where(bound, terms).visit(bound.ast)


class _Where(FilterVisitor[Condition]):
    """Walks the syntax tree; `inside` is the attribute whose values a selection (`emails[...]`) looks at."""

    def __init__(self, bound: ScimFilter[Any], terms: Mapping[str, Term], inside: str = "") -> None:
        self._bound, self._terms, self._inside = bound, terms, inside

    def visit_comparison(self, node: Comparison) -> Condition:
        term = self._term(node.attr_path)
        value = node.value
        if not self._inside:
            binding = self._bound.resolve_comparison(node.attr_path)
            value = coerce_value(binding, node.value, node.op) if binding else value
        if term.some is None or self._inside:
            return _compared(term, node.op, value)
        # Of several values one has to be equal, but all have to differ.
        if node.op is CompareOperator.ne:
            return sa.not_(term.some(_compared(term, CompareOperator.eq, value)))
        return term.some(_compared(term, node.op, value))

    def visit_present(self, node: Present) -> Condition:
        term = self._term(node.attr_path)
        here = term.value.is_not(None)
        return here if term.some is None or self._inside else term.some(here)

    def visit_not(self, node: Not) -> Condition:
        return sa.not_(sa.func.coalesce(self.visit(node.expr), sa.false()))

    def visit_logical_expr(self, node: LogicalExpr) -> Condition:
        join = sa.and_ if node.op is LogicalOperator.and_ else sa.or_
        return join(*(self.visit(term) for term in node.terms))

    def visit_value_path(self, node: ValuePath) -> Condition:
        term = self._term(node.attr_path)
        if term.some is None:
            raise InvalidFilterException
        return term.some(_Where(self._bound, self._terms, self._name(node.attr_path)).visit(node.val_filter))

    def _term(self, path: AttrPath) -> Term:
        term = self._terms.get(self._name(path))
        if term is None:
            raise InvalidFilterException
        return term

    def _name(self, path: AttrPath) -> str:
        if self._inside:
            # The values of a list of plain texts are called by the name `value`.
            name = f"{self._inside}.{path.attr.lower()}"
            return name if name in self._terms else name.removesuffix(".value")
        binding = self._bound.resolve(path)
        if binding is None:
            raise InvalidFilterException
        return binding.urn.lower()


def _compared(term: Term, op: CompareOperator, value: Any) -> Condition:
    if value is None:
        return term.value.is_(None) if op is CompareOperator.eq else term.value.is_not(None)
    left: Any = term.value
    right: Any = sa.literal(value)
    if isinstance(value, str) and not term.is_exact:
        left, right = sa.func.lower(left), sa.func.lower(right)
    if op is CompareOperator.eq and term.equals is not None:
        return term.equals(right)
    made: Condition = _OPERATORS[op](left, right)
    return made


_OPERATORS: Mapping[CompareOperator, Any] = {
    CompareOperator.eq: lambda left, right: left == right,
    CompareOperator.ne: lambda left, right: left.is_distinct_from(right),
    CompareOperator.co: lambda left, right: sa.func.strpos(left, right) > 0,
    CompareOperator.sw: sa.func.starts_with,
    CompareOperator.ew: lambda left, right: sa.func.right(left, sa.func.length(right)) == right,
    CompareOperator.gt: lambda left, right: left > right,
    CompareOperator.ge: lambda left, right: left >= right,
    CompareOperator.lt: lambda left, right: left < right,
    CompareOperator.le: lambda left, right: left <= right,
}
