"""Running an operation: queries as one planned statement, everything else through graphql-core.

Both engines fill objects from the same shapes, and a test runs every query of the suite through both.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError, GraphQLResolveInfo, OperationType, execute
from graphql.execution.values import VariableValues

from app import config
from app.auth.actor import Actor
from app.auth.bearer import authenticate
from app.auth.scopes import Scope
from app.errors import DomainError, RateLimited, Unauthenticated
from app.graphql import event_types, inquiries, mutating, plans, problems, programme_templates
from app.graphql.documents import Chosen, Document, parsed
from app.graphql.http import Operation, Refusal, Result, not_a_query
from app.graphql.nodes import by_ids
from app.graphql.schema import SCHEMA
from app.graphql.selecting import Selector
from app.quotas import admission
from app.reading import run

POINTS_PER_UNIT = 100


async def answer(operation: Operation) -> Result:
    """Answer one operation. Raises `Refusal` where no GraphQL is spoken: to a stranger, or by a wrong method."""
    actor = await _admitted(operation)
    found = parsed(operation.query)
    if not isinstance(found, Document):
        return _refused(*found)
    try:
        chosen = found.chosen(operation.operation_name)
        _require_method(operation, chosen)
        points = chosen.require_affordable(operation.variables)
        _require_introspection(chosen, actor)
        request = Request(chosen, chosen.variables(operation.variables), operation.variables, actor)
    except GraphQLError as error:
        return _refused(error)
    _charge(operation, actor, chosen, points)
    if chosen.node.operation is OperationType.QUERY:
        planned = await request.planned()
        if planned is not None:
            return Result(planned, "executed")
    return Result(await request.executed(), "executed")


async def _admitted(operation: Operation) -> Actor:
    """Who asks. The unit that every request costs is drawn before the document is read: reading is work, too."""
    request = operation.request
    credential = ", ".join(request.headers.getlist("authorization"))
    actor = authenticate(credential, request.client.host if request.client else None)
    try:
        return await admission.admit(request.scope, actor)
    except DomainError as error:
        raise _refusal(error) from None


def _charge(operation: Operation, actor: Actor, chosen: Chosen, points: int) -> None:
    """Draw what this operation costs beyond that unit."""
    plain = [intent for intent in chosen.intents if intent.cost == 1]
    more = max(points // POINTS_PER_UNIT, len(plain)) - 1
    draws = [(intent.cost, intent.name) for intent in chosen.intents if intent.cost > 1]
    try:
        for units, name in [(more, ""), *draws] if more > 0 else draws:
            admission.charge(operation.request.scope, actor, units, name)
    except DomainError as error:
        raise _refusal(error) from None


def _refusal(error: DomainError) -> Refusal:
    headers = dict(_HEADERS.get(error.status, {}))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = error.challenge
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return Refusal(error.status, error.code, error.detail, headers=headers)


_HEADERS = {503: {"Retry-After": "1"}}
# What ships with the service: no statement is needed for it.
_CATALOGUES = {
    **dict.fromkeys((event_types.LIST, event_types.ONE), event_types.found),
    **dict.fromkeys((programme_templates.LIST, programme_templates.ONE), programme_templates.found),
}


def _require_method(operation: Operation, chosen: Chosen) -> None:
    if operation.only_query and chosen.node.operation is not OperationType.QUERY:
        raise not_a_query()


def _require_introspection(chosen: Chosen, actor: Actor) -> None:
    if chosen.introspects and not config.settings().introspection_open and Scope.SCHEMA_READ not in actor.scopes:
        raise GraphQLError("Introspection needs the scope schema:read.", extensions={"code": "introspection_closed"})


def _refused(*errors: GraphQLError) -> Result:
    return Result(orjson.dumps({"errors": [problems.formatted(error) for error in errors]}), "request_error")


@dataclass(frozen=True, slots=True)
class Request:
    """One operation with its variables, as coerced and as given, and its caller."""

    chosen: Chosen
    variables: VariableValues
    given: dict[str, Any]
    actor: Actor
    # Fields of the root run side by side; they take turns, so that a request holds one connection at most.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def planned(self) -> bytes | None:
        """The whole answer by one statement, or `None` for what a plan cannot take."""
        try:
            bound = plans.of(self.chosen, self.variables, self.actor)
            if bound is None:
                return None
            data, errors = await bound.data(self.actor), bound.plan.errors
        except GraphQLError as error:
            data, errors = b"null", (error,)
        except Exception as error:  # a bug, or a database that does not answer: told or masked as by the other engine
            data, errors = b"null", (GraphQLError(str(error), original_error=error),)
        if not errors:
            return b'{"data":' + data + b"}"
        told = orjson.dumps([problems.formatted(error) for error in errors])
        return b'{"errors":' + told + b',"data":' + data + b"}"

    async def executed(self) -> bytes:
        """The answer by graphql-core, field by field."""
        result = execute(
            SCHEMA,
            self.chosen.document,
            variable_values=self.given,
            operation_name=self.chosen.node.name.value if self.chosen.node.name else None,
            context_value=self,
            hide_suggestions=True,
        )
        if isinstance(result, Awaitable):
            result = await result
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [problems.formatted(error) for error in result.errors]
        return orjson.dumps({**body, "data": result.data})

    async def resolve(self, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
        """Resolve one field of the root."""
        async with self.turn:
            return await self._field(info, arguments)

    async def _field(self, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
        name, nodes = info.field_name, list(info.field_nodes)
        if info.parent_type is SCHEMA.mutation_type:
            return await mutating.mutate(self.actor, self._selector(), name, nodes, arguments["input"])
        if name == "node":
            return (await by_ids(self.actor, self._selector(), [arguments["id"]], nodes))[0]
        if name == "nodes":
            return await by_ids(self.actor, self._selector(), arguments["ids"], nodes)
        if name in inquiries.ASKED:
            return await inquiries.found(self.actor, self._selector(), name, nodes, arguments)
        if name in _CATALOGUES:
            return _CATALOGUES[name](self.actor, self._selector(), name, nodes, arguments)
        selector = self._selector()
        wanted = (("", plans.root(selector, nodes, 0, self.actor)),)
        return orjson.loads((await run.fields(self.actor, wanted, selector.values))[0])

    def _selector(self) -> Selector:
        return plans.selector(self.chosen, self.variables, self.actor)
