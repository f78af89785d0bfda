"""A selection set as a shape: what REST's `expand` says with names, GraphQL says with braces."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from strawberry.utils.str_converters import to_camel_case

from app.auth.scopes import Scope
from app.graphql.arguments import Asked, Question
from app.graphql.enums import embedded_members, is_enum, is_list
from app.reading.resource import Resource
from app.reading.shape import (
    Constant,
    Edges,
    Embedded,
    Group,
    Leaf,
    Nodes,
    Page,
    Part,
    Says,
    ToMany,
    ToOne,
    Wanted,
)

Fields = dict[str, list[FieldNode]]
_PARTS = {
    "hasNextPage": Part.HAS_NEXT,
    "hasPreviousPage": Part.HAS_PREVIOUS,
    "startCursor": Part.START_CURSOR,
    "endCursor": Part.END_CURSOR,
}


class Selector:
    """Turns the selections of one operation into shapes; gathers the values of their slots and the scopes they take.

    Which questions it meets depends on `@skip` and `@include` alone, never on what the questions are answered.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        organisation_id: str,
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._organisation_id = organisation_id
        self.values: dict[str, Any] = {}
        self.scopes: set[Scope] = set()
        self.asked: list[Asked] = []

    def collect(self, sets: Iterable[SelectionSetNode], kind: GraphQLObjectType) -> Fields:
        """The fields that apply to a type, by response name, in order (GraphQL specification, CollectFields)."""
        found: Fields = {}
        seen: set[str] = set()
        for selections in sets:
            self._collect(selections, kind, found, seen)
        return found

    def _collect(self, selections: SelectionSetNode, kind: GraphQLObjectType, found: Fields, seen: set[str]) -> None:
        for node in selections.selections:
            if node.directives and not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, kind):
                    self._collect(node.selection_set, kind, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, kind):
                    self._collect(fragment.selection_set, kind, found, seen)

    def _is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))

    def _applies(self, name: str, kind: GraphQLObjectType) -> bool:
        condition = self._schema.type_map[name]
        return condition is kind or (is_abstract_type(condition) and self._schema.is_sub_type(condition, kind))

    def ask(self, question: Question) -> Asked:
        """What the arguments of a field say; their values are kept. Raises `DomainError` or `GraphQLError`."""
        found = question.ask(self._variables)
        self.asked.append(found)
        self.values.update(found.values(self._organisation_id))
        return found

    def object(self, resource: Resource, nodes: list[FieldNode]) -> Wanted:
        """The shape of one object that `nodes` (one field, perhaps written several times) ask for."""
        self.scopes.add(resource.scope)
        return self.of_type(resource, (node.selection_set for node in nodes if node.selection_set))

    def of_type(self, resource: Resource, sets: Iterable[SelectionSetNode]) -> Wanted:
        """The shape of an object that the caller may see already: only what lies beyond it takes scopes."""
        kind = self._type(resource.type_name)
        fields = self.collect(sets, kind)
        items = tuple(self._item(resource, kind, key, nodes) for key, nodes in fields.items())
        return Wanted(resource, items)

    def field_type(self, owner: str, name: str) -> GraphQLOutputType:
        """The type of a field."""
        found: GraphQLOutputType = self._type(owner).fields[name].type
        return found

    def _type(self, name: str) -> GraphQLObjectType:
        kind = self._schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101
        return kind

    def _item(self, resource: Resource, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return Constant(key, kind.name)
        plain = _plain(resource)[name]
        if plain in resource.references:
            edge = resource.references[plain]
            return ToOne(key, edge, self.object(edge.to, nodes))
        if plain in resource.collections:
            collection = resource.collections[plain]
            return ToMany(key, collection.column, self.page(kind, collection.resource, nodes, collection.column))
        if members := embedded_members(resource, plain):
            return replace(self._embedded(key, plain, members, nodes), is_list=is_list(resource, plain))
        return Leaf(key, plain, as_name=is_enum(resource, plain))

    def _embedded(
        self, key: str, field: str, members: tuple[str, dict[str, tuple[str, bool]]], nodes: list[FieldNode]
    ) -> Embedded:
        type_name, names = members
        fields = self.collect((node.selection_set for node in nodes if node.selection_set), self._type(type_name))
        chosen = []
        for inner, found in fields.items():
            member = names.get(found[0].name.value)
            chosen.append((inner, None, False) if member is None else (inner, *member))
        return Embedded(key, field, type_name, tuple(chosen))

    def page(self, kind: GraphQLObjectType, resource: Resource, nodes: list[FieldNode], column: str = "") -> Page:
        """The shape of a connection: a field of `kind`, nested by `column` or at the root."""
        # The cursors of a page tell of its objects, even where no object is wanted.
        self.scopes.add(resource.scope)
        slot = f"s{len(self.asked)}"
        asks = self.ask(Question(kind.fields[nodes[0].name.value], nodes[0], resource, slot, column))
        sets = [node.selection_set for node in nodes if node.selection_set]
        build: dict[str, Callable[[str, list[FieldNode]], Any]] = {
            "nodes": lambda key, found: Nodes(key, self.object(resource, found)),
            "edges": lambda key, found: Edges(key, self._edge(resource, found)),
            "pageInfo": lambda key, found: Group(key, self._page_info(found)),
        }
        connection = self._type(f"{resource.type_name}Connection")
        items = []
        for key, found in self.collect(sets, connection).items():
            name = found[0].name.value
            items.append(Constant(key, connection.name) if name == "__typename" else build[name](key, found))
        return asks.page(tuple(items))

    def _edge(self, resource: Resource, nodes: list[FieldNode]) -> tuple[Any, ...]:
        kind = self._type(f"{resource.type_name}Edge")
        items: list[Any] = []
        for key, found in self.collect((node.selection_set for node in nodes if node.selection_set), kind).items():
            name = found[0].name.value
            if name == "__typename":
                items.append(Constant(key, kind.name))
            elif name == "cursor":
                items.append(Leaf(key, "cursor"))
            else:
                items.append(Nodes(key, self.object(resource, found)))
        return tuple(items)

    def _page_info(self, nodes: list[FieldNode]) -> tuple[Says | Constant, ...]:
        kind = self._type("PageInfo")
        fields = self.collect((node.selection_set for node in nodes if node.selection_set), kind)
        return tuple(
            Constant(key, kind.name) if found[0].name.value == "__typename" else Says(key, _PARTS[found[0].name.value])
            for key, found in fields.items()
        )


_plain_names: dict[str, dict[str, str]] = {}


def _plain(resource: Resource) -> dict[str, str]:
    """GraphQL's names of a resource's fields and edges, and ours."""
    if resource.name not in _plain_names:
        names = (*resource.fields, *resource.references, *resource.collections)
        _plain_names[resource.name] = {to_camel_case(name): name for name in names}
    return _plain_names[resource.name]
