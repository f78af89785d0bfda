"""Running an operation: queries as one planned statement, everything else through graphql-core.

Both engines fill objects from the same shapes, and a test runs every query of the suite through both.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_variable_values,
    validate,
)
from graphql.execution.values import VariableValues

from app import config
from app.auth.actor import Actor
from app.auth.keys import authenticate
from app.auth.scopes import Scope
from app.errors import DomainError, Unauthenticated
from app.graphql import mutating, problems
from app.graphql.http import Operation, Refusal, Result, not_a_query
from app.graphql.limits import parse_limited, require_affordable
from app.graphql.schema import BY_TYPE, LISTS, SCHEMA, SINGLE, TYPE
from app.graphql.selecting import Fields, Selector
from app.ids import prefix_of
from app.reading import run
from app.reading.asking import BadQuery
from app.reading.resource import Resource
from app.reading.shape import Page, Wanted

_MOST_NODES = 100
_BY_PREFIX = {resource.prefix: resource for resource in BY_TYPE.values()}


@dataclass(frozen=True)
class Parsed:
    """A document that was read and found valid, and what lies in it."""

    document: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    introspects: bool


@lru_cache(maxsize=1000)
def parsed(source: str) -> Parsed | tuple[GraphQLError, ...]:
    """A document, read and validated once; or what is wrong with it."""
    try:
        document = parse_limited(source)
    except GraphQLError as error:
        return (error,)
    if errors := validate(SCHEMA, document, max_errors=20, hide_suggestions=True, allow_empty_selection_sets=False):
        return tuple(errors)
    operations = {
        node.name.value if node.name else "": node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    return Parsed(document, operations, fragments, introspects="__schema" in source or "__type" in source)


async def answer(operation: Operation) -> Result:
    """Answer one operation. Raises `Refusal` where no GraphQL is spoken: without a valid credential, or by a wrong method."""
    actor = await _actor(operation)
    found = parsed(operation.query)
    if not isinstance(found, Parsed):
        return _refused(*found)
    try:
        node = _chosen(found, operation.operation_name)
        _require_method(operation, node)
        require_affordable(found.document, operation.operation_name, operation.variables)
        _require_introspection(found, actor)
        variables = _variables(node, operation.variables)
    except GraphQLError as error:
        return _refused(error)
    run_it = _Run(found, node, variables, operation.variables, actor)
    if node.operation is OperationType.QUERY:
        planned = await run_it.planned()
        if planned is not None:
            return Result(planned, "executed")
    return Result(await run_it.executed(), "executed")


async def _actor(operation: Operation) -> Actor:
    try:
        return await authenticate(operation.request.headers.get("authorization"))
    except Unauthenticated as error:
        headers = {"WWW-Authenticate": 'Bearer realm="flipside"'}
        raise Refusal(401, error.code, error.detail, headers=headers) from None
    except DomainError as error:
        raise Refusal(error.status, error.code, error.detail) from None


def _chosen(found: Parsed, name: str | None) -> OperationDefinitionNode:
    if name is None:
        if len(found.operations) != 1:
            raise GraphQLError("Name the operation to run: the document has several.")
        return next(iter(found.operations.values()))
    node = found.operations.get(name)
    if node is None:
        raise GraphQLError("The document has no operation of that name.")
    return node


def _require_method(operation: Operation, node: OperationDefinitionNode) -> None:
    if operation.only_query and node.operation is not OperationType.QUERY:
        raise not_a_query()


def _require_introspection(found: Parsed, actor: Actor) -> None:
    if found.introspects and not config.settings().introspection_open and Scope.SCHEMA_READ not in actor.scopes:
        raise GraphQLError("Introspection needs the scope schema:read.", extensions={"code": "introspection_closed"})


def _variables(node: OperationDefinitionNode, given: dict[str, Any]) -> VariableValues:
    found = get_variable_values(SCHEMA, node.variable_definitions or (), given, max_errors=10, hide_suggestions=True)
    if isinstance(found, list):
        # The library's own words repeat the value; the name of the variable is enough to find it.
        names = [definition.variable.name.value for definition in node.variable_definitions or ()]
        raise GraphQLError(
            f"The variables do not fit their types ({', '.join(f'${name}' for name in names)}).",
            extensions={"code": "bad_variables"},
        )
    return found


def _refused(*errors: GraphQLError) -> Result:
    return Result(orjson.dumps({"errors": [problems.formatted(error) for error in errors]}), "request_error")


class _Run:
    """One operation with its variables and its caller."""

    def __init__(
        self,
        found: Parsed,
        node: OperationDefinitionNode,
        variables: VariableValues,
        given: dict[str, Any],
        actor: Actor,
    ) -> None:
        self._found, self._node, self._variables, self._given, self._actor = found, node, variables, given, actor

    def selector(self) -> Selector:
        """A fresh selector over this operation's fragments and variables."""
        return Selector(SCHEMA, self._found.fragments, self._variables, self._actor.organisation_id)

    async def planned(self) -> bytes | None:
        """The whole answer by one statement, or `None` for what a plan cannot take."""
        selector = self.selector()
        query = SCHEMA.query_type
        assert query is not None  # noqa: S101
        fields = selector.collect((self._node.selection_set,), query)
        if not _plannable(fields):
            return None
        try:
            wanted = self._wanted(selector, fields)
            self._require(selector)
            bodies = await run.fields(self._actor, wanted, selector.values) if wanted else []
        except DomainError as error:
            return orjson.dumps({"errors": [problems.error(error)], "data": None})
        by_key = dict(zip((key for key, _ in wanted), bodies, strict=True))
        parts = [b'"%b":%b' % (key.encode(), by_key.get(key, b'"Query"')) for key in fields]
        return b'{"data":{' + b",".join(parts) + b"}}"

    def _require(self, selector: Selector) -> None:
        for scope in selector.scopes:
            self._actor.require(scope)

    def _wanted(self, selector: Selector, fields: Fields) -> tuple[tuple[str, Wanted | Page], ...]:
        wanted: list[tuple[str, Wanted | Page]] = []
        for key, nodes in fields.items():
            if nodes[0].name.value != "__typename":
                wanted.append((key, self._root(selector, nodes, len(wanted))))
        return tuple(wanted)

    def _root(self, selector: Selector, nodes: list[FieldNode], index: int) -> Wanted | Page:
        name, query = nodes[0].name.value, SCHEMA.query_type
        assert query is not None  # noqa: S101
        if (resource := SINGLE.get(name)) is not None:
            object_id = selector.arguments(query, nodes[0])["id"]
            # A malformed id names nothing; an empty one finds nothing.
            selector.values[f"id_{index}"] = object_id if prefix_of(object_id) == resource.prefix else ""
            return selector.object(resource, nodes)
        resource = LISTS[name]
        return selector.page(resource, selector.asked_of_root(query, nodes, resource), nodes)

    async def executed(self) -> bytes:
        """The answer by graphql-core, field by field."""
        result = execute(
            SCHEMA,
            self._found.document,
            variable_values=self._given,
            operation_name=self._node.name.value if self._node.name else None,
            context_value=self,
            hide_suggestions=True,
        )
        if isinstance(result, Awaitable):
            result = await result
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [problems.formatted(error) for error in result.errors]
        return orjson.dumps({**body, "data": result.data})

    async def field(self, info: GraphQLResolveInfo, arguments: dict[str, Any]) -> Any:
        """Resolve one field of the root."""
        name, nodes = info.field_name, list(info.field_nodes)
        if info.parent_type is SCHEMA.mutation_type:
            return await mutating.mutate(self._actor, self.selector(), name, nodes, arguments["input"])
        if name == "node":
            return await self._object(arguments["id"], nodes)
        if name == "nodes":
            if len(arguments["ids"]) > _MOST_NODES:
                raise BadQuery("ids", f"takes {_MOST_NODES} ids at most")
            return await self._objects(arguments["ids"], nodes)
        selector = self.selector()
        wanted = ((str(info.path.key), self._root(selector, nodes, 0)),)
        self._require(selector)
        return orjson.loads((await run.fields(self._actor, wanted, selector.values))[0])

    async def _object(self, object_id: str, nodes: list[FieldNode]) -> Any:
        return (await self._objects([object_id], nodes))[0]

    async def _objects(self, object_ids: list[str], nodes: list[FieldNode]) -> list[Any]:
        """Objects of any kind by id, in one statement."""
        selector = self.selector()
        wanted: list[tuple[str, Wanted | Page]] = []
        places: list[int | None] = []
        kinds: list[Resource] = []
        for object_id in object_ids:
            resource = _BY_PREFIX.get(prefix_of(object_id) or "")
            if resource is None:
                places.append(None)
                continue
            selector.values[f"id_{len(wanted)}"] = object_id
            places.append(len(wanted))
            kinds.append(resource)
            wanted.append(("", selector.object(resource, nodes)))
        self._require(selector)
        bodies = await run.fields(self._actor, tuple(wanted), selector.values) if wanted else []
        found = [orjson.loads(body) for body in bodies]
        for value, resource in zip(found, kinds, strict=True):
            if value is not None:
                value[TYPE] = resource.type_name
        return [None if place is None else found[place] for place in places]


def _plannable(fields: Fields) -> bool:
    names = (nodes[0].name.value for nodes in fields.values())
    return all(name in SINGLE or name in LISTS or name == "__typename" for name in names)
