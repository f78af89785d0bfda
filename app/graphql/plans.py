"""Plans: a query as one SQL statement whose columns are its answer, worked out once per document.

Which questions a query asks follows from `@skip` and `@include` alone; which statement answers them, from the
caller's role and the facets of what is asked. Values are bound, and checked, for every request.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLObjectType, is_non_null_type
from graphql.execution.values import VariableValues

from app.auth.actor import Actor, Role
from app.auth.scopes import Scope
from app.domain.people.resource import PEOPLE
from app.errors import DomainError
from app.graphql.arguments import Asked, Facets, Question
from app.graphql.documents import Chosen
from app.graphql.schema import LISTS, SCHEMA, SINGLE, VIEWER
from app.graphql.selecting import Fields, Selector
from app.reading import compile as compiler
from app.reading import run
from app.reading.resource import ME
from app.reading.shape import Page, Wanted
from app.reading.statement import Statement

_MOST_OUTLINES = 32
_MOST_PLANS = 64
_PLANNED = frozenset({*SINGLE, *LISTS, VIEWER, "__typename"})
_Key = tuple[Role, tuple[Facets | None, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement, if any, and the text around its columns: one piece more than there are columns."""

    statement: Statement | None
    pieces: tuple[bytes, ...]
    errors: tuple[GraphQLError, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A plan, and the values that one request puts into it."""

    plan: Plan
    values: dict[str, Any]

    async def data(self, actor: Actor) -> bytes:
        """What the answer says under `data`."""
        parts = [self.plan.pieces[0]]
        if self.plan.statement is not None:
            columns = await run.columns(actor, self.plan.statement, self.values)
            for column, piece in zip(columns, self.plan.pieces[1:], strict=True):
                parts += (column, piece)
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class _Outline:
    """What an operation asks, answered already where every request asks it alike, and the scopes that this takes."""

    asks: tuple[Asked | Question, ...]
    scopes: frozenset[Scope]
    plans: dict[_Key, Plan] = field(default_factory=dict)


def of(chosen: Chosen, variables: VariableValues, actor: Actor) -> Bound | None:
    """The plan of a query with the values of its slots, or `None` for what no plan can take.

    What single fields are refused for is among its errors. Raises `GraphQLError` for a condition that is null.
    """
    return _known(chosen, variables, actor) or _worked_out(chosen, variables, actor)


def selector(chosen: Chosen, variables: VariableValues, actor: Actor) -> Selector:
    """A fresh selector over an operation's fragments and variables."""
    return Selector(SCHEMA, chosen.fragments, variables, actor.organisation_id)


def root(selecting: Selector, nodes: list[FieldNode], index: int, actor: Actor) -> Wanted | Page:
    """What a field of the root wants, as the statement's column `index`. Raises `DomainError` or `GraphQLError`."""
    query, name = _query(), nodes[0].name.value
    selecting.scopes.clear()
    if (resource := SINGLE.get(name)) is not None:
        selecting.ask(Question(query.fields[name], nodes[0], resource, f"id_{index}"))
        wanted: Wanted | Page = selecting.object(resource, nodes)
    elif name == VIEWER:
        wanted = replace(selecting.object(PEOPLE, nodes), slot=ME.key)
    else:
        wanted = selecting.page(query, LISTS[name], nodes)
    for scope in sorted(selecting.scopes):
        actor.require(scope)
    return wanted


def located(error: DomainError | GraphQLError, key: str, nodes: list[FieldNode]) -> GraphQLError:
    """A failure with its place in query and answer."""
    if isinstance(error, GraphQLError):
        return GraphQLError(error.message, nodes, path=[key])
    return GraphQLError(error.detail, nodes, path=[key], original_error=error)


def _query() -> GraphQLObjectType:
    query = SCHEMA.query_type
    assert query is not None  # noqa: S101
    return query


def _switched(chosen: Chosen, variables: VariableValues) -> tuple[Any, ...]:
    return tuple([variables.coerced.get(name) for name in chosen.switches])


def _known(chosen: Chosen, variables: VariableValues, actor: Actor) -> Bound | None:
    """The plan of an earlier request that asked alike, with the values of this one."""
    outline: _Outline | None = chosen.plans.get(_switched(chosen, variables))
    if outline is None or not outline.scopes <= actor.scopes:
        return None
    values: dict[str, Any] = {}
    facets: list[Facets | None] = []
    try:
        for item in outline.asks:
            if isinstance(item, Asked):
                values |= item.values(actor.organisation_id)
                continue
            asked = item.ask(variables)
            facets.append(asked.facets)
            values |= asked.values(actor.organisation_id)
    except (DomainError, GraphQLError):
        # Worked out anew, it is told with its place.
        return None
    plan = outline.plans.get((actor.role, tuple(facets)))
    return None if plan is None else Bound(plan, values)


def _worked_out(chosen: Chosen, variables: VariableValues, actor: Actor) -> Bound | None:
    selecting = selector(chosen, variables, actor)
    fields = selecting.collect((chosen.node.selection_set,), _query())
    if not all(nodes[0].name.value in _PLANNED for nodes in fields.values()):
        return None
    scopes: set[Scope] = set()
    plan = _planned(selecting, fields, actor, scopes)
    if not plan.errors:
        _keep(chosen, _switched(chosen, variables), selecting.asked, frozenset(scopes), actor.role, plan)
    return Bound(plan, selecting.values)


def _planned(selecting: Selector, fields: Fields, actor: Actor, scopes: set[Scope]) -> Plan:
    """Fields that cannot be answered are `null`; where they may not be, there is no answer at all."""
    wanted: list[tuple[str, Wanted | Page]] = []
    errors: list[GraphQLError] = []
    pieces, has_answer = [b"{"], True
    for place, (key, nodes) in enumerate(fields.items()):
        name = nodes[0].name.value
        pieces[-1] += b'%b"%b":' % (b"," if place else b"", key.encode())
        if name == "__typename":
            pieces[-1] += b'"Query"'
            continue
        try:
            wanted.append((key, root(selecting, nodes, len(wanted), actor)))
        except (DomainError, GraphQLError) as error:
            errors.append(located(error, key, nodes))
            pieces[-1] += b"null"
            has_answer &= not is_non_null_type(_query().fields[name].type)
            continue
        scopes |= selecting.scopes
        pieces.append(b"")
    pieces[-1] += b"}"
    if not has_answer:
        return Plan(None, (b"null",), tuple(errors))
    statement = compiler.fields(tuple(wanted), actor.role) if wanted else None
    return Plan(statement, tuple(pieces), tuple(errors))


def _keep(
    chosen: Chosen, switched: tuple[Any, ...], asked: list[Asked], scopes: frozenset[Scope], role: Role, plan: Plan
) -> None:
    outline = chosen.plans.get(switched)
    if outline is None:
        if len(chosen.plans) >= _MOST_OUTLINES:
            chosen.plans.clear()
        asks = tuple(item if item.question.is_fixed else item.question for item in asked)
        outline = chosen.plans[switched] = _Outline(asks, scopes)
    if len(outline.plans) >= _MOST_PLANS:
        outline.plans.clear()
    outline.plans[role, tuple(item.facets for item in asked if not item.question.is_fixed)] = plan
