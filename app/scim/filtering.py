"""A SCIM filter becomes a condition in SQL, whole: what cannot be said in SQL is refused, never filtered afterwards.

Its values are taken out first, so that filters of one form are one statement, compiled once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
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


@dataclass(frozen=True)
class _Slot:
    """Where a value stood."""

    number: int
    kind: type

    @property
    def bind(self) -> sa.BindParameter[Any]:
        """The parameter that takes its place."""
        if (kind := _TYPES.get(self.kind)) is None:
            raise InvalidFilterException
        return sa.bindparam(f"value_{self.number}", type_=kind)


_TYPES: Mapping[type, sa.types.TypeEngine[Any]] = {
    str: sa.Text(),
    bool: sa.Boolean(),
    int: sa.BigInteger(),
    float: sa.Float(),
    datetime: sa.DateTime(timezone=True),
}


def form(text: str, model: Any) -> tuple[FilterNode, dict[str, Any]]:
    """The form of a filter, and the values in it by their names. Raises `InvalidFilterException`."""
    bound: ScimFilter[Any] = ScimFilter[model](text)
    values: list[Any] = []
    emptied = _emptied(bound.ast, bound, values, is_inside=False)
    return emptied, {f"value_{number}": value for number, value in enumerate(values)}


def _emptied(node: FilterNode, bound: ScimFilter[Any], values: list[Any], *, is_inside: bool) -> FilterNode:
    match node:
        case Comparison(attr_path, op, value) if value is not None:
            binding = None if is_inside else bound.resolve_comparison(attr_path)
            values.append(coerce_value(binding, value, op) if binding else value)
            return replace(node, value=_Slot(len(values) - 1, type(values[-1])))
        case Not(inner):
            return Not(_emptied(inner, bound, values, is_inside=is_inside))
        case LogicalExpr(op, terms):
            return LogicalExpr(op, tuple(_emptied(term, bound, values, is_inside=is_inside) for term in terms))
        case ValuePath():
            return replace(node, val_filter=_emptied(node.val_filter, bound, values, is_inside=True))
    return node


def condition(emptied: FilterNode, model: Any, terms: Mapping[str, Term]) -> Condition:
    """The condition that a form stands for. Raises `InvalidFilterException` for what we cannot look up."""
    # To resolve a path is a filter's to do, whatever its text.
    return _Where(ScimFilter[model]("id pr"), terms).visit(emptied)


class _Where(FilterVisitor[Condition]):
    """Walks the syntax tree; `inside` is the attribute whose values a selection (`emails[...]`) looks at."""

    def __init__(self, bound: ScimFilter[Any], terms: Mapping[str, Term], inside: str = "") -> None:
        self._bound, self._terms, self._inside = bound, terms, inside

    def visit_comparison(self, node: Comparison) -> Condition:
        term = self._term(node.attr_path)
        if term.some is None or self._inside:
            return _compared(term, node.op, node.value)
        # Of several values one has to be equal, but all have to differ.
        if node.op is CompareOperator.ne:
            return sa.not_(term.some(_compared(term, CompareOperator.eq, node.value)))
        return term.some(_compared(term, node.op, node.value))

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


def _compared(term: Term, op: CompareOperator, value: _Slot | None) -> Condition:
    if value is None:
        return _against_nothing(term.value, op)
    if value.kind is str and isinstance(term.value.type, sa.Boolean):
        raise InvalidFilterException
    if op in _OF_TEXTS and not isinstance(term.value.type, sa.String):
        return sa.false()
    left: Any = term.value
    right: Any = value.bind
    if value.kind is str and not term.is_exact:
        left, right = sa.func.lower(left) if term.key is None else term.key, sa.func.lower(right)
    made: Condition = _OPERATORS[op](left, right)
    return made


def _against_nothing(value: sa.ColumnElement[Any], op: CompareOperator) -> Condition:
    match op:
        case CompareOperator.eq:
            return value.is_(None)
        case CompareOperator.ne:
            return value.is_not(None)
    return sa.false()


_OF_TEXTS = (CompareOperator.co, CompareOperator.sw, CompareOperator.ew)
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
