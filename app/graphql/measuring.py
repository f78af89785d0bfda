"""How large a GraphQL document is: linear in its text, however its fragments multiply."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

Executable = OperationDefinitionNode | FragmentDefinitionNode

# What lies below these is bounded by the schema, and by graphql-core's own rule on the depth of introspection.
_INTROSPECTION = frozenset({"__schema", "__type"})


class FragmentCycle(GraphQLError):
    """A fragment that contains itself has no size. Said here, since validation would first compare all its fields."""

    def __init__(self) -> None:
        super().__init__("A fragment spreads itself.", extensions={"code": "fragment_cycle"})


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of one document. Those of single definitions are the largest, with fragments spread out.

    Depth and root fields are those of operations: a fragment has them only where it is spread, which may be below
    introspection. Fields are those of fragments, too, since validation reads even a fragment that nothing spreads.
    """

    operations: int
    directives: int
    aliases: int
    name_length: int
    depth: int
    fields: int
    root_fields: int


@dataclass(frozen=True, slots=True)
class _Extent:
    """One definition with its fragments spread out."""

    depth: int = 0
    fields: int = 0
    root_fields: int = 0


@dataclass(slots=True)
class _Written:
    """One definition as it stands in the text, and what it spreads: name, level, whether that is introspection."""

    directives: int
    aliases: int = 0
    name_length: int = 0
    depth: int = 0
    fields: int = 0
    root_fields: int = 0
    spreads: list[tuple[str, int, bool]] = field(default_factory=list)


def measure(document: DocumentNode) -> Measurement:
    """The figures that the limits are held against."""
    definitions = executables(document)
    written = [_read(definition) for definition in definitions]
    by_name = {
        definition.name.value: read
        for definition, read in zip(definitions, written, strict=True)
        if isinstance(definition, FragmentDefinitionNode)
    }
    known: dict[str, _Extent | None] = {}
    extents = [_extent(read, by_name, known) for read in written]
    operations = [
        extent
        for definition, extent in zip(definitions, extents, strict=True)
        if isinstance(definition, OperationDefinitionNode)
    ]
    return Measurement(
        operations=len(operations),
        directives=sum(read.directives for read in written),
        aliases=sum(read.aliases for read in written),
        name_length=max((read.name_length for read in written), default=0),
        depth=max((operation.depth for operation in operations), default=0),
        root_fields=max((operation.root_fields for operation in operations), default=0),
        fields=max((extent.fields for extent in extents), default=0),
    )


def repeats(document: DocumentNode) -> int:
    """Pairs of fields that answer under one name at one place: validation compares the two of every pair.

    Spreads fragments out, so it is only for documents whose `fields` are known to be few and free of cycles.
    """
    fragments = fragments_of(document)
    spread_out: set[str] = set()
    pairs = 0
    # Operations first: a fragment that one of them uses has been counted in its place already.
    for definition in sorted(executables(document), key=lambda node: isinstance(node, FragmentDefinitionNode)):
        if not (isinstance(definition, FragmentDefinitionNode) and definition.name.value in spread_out):
            pairs += _pairs(definition, fragments, spread_out)
    return pairs


def executables(document: DocumentNode) -> list[Executable]:
    """The operations and fragments of a document; anything else in it is refused by validation."""
    return [definition for definition in document.definitions if isinstance(definition, Executable)]


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def selections_of(document: DocumentNode) -> Iterator[SelectionNode]:
    """Every field and spread of a document, as often as it is written."""
    waiting = [definition.selection_set for definition in executables(document)]
    while waiting:
        for selection in waiting.pop().selections:
            yield selection
            if isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set is not None:
                waiting.append(selection.selection_set)


def _read(definition: Executable) -> _Written:
    """Walk one definition without leaving it. A stack, not recursion: how far it nests is the caller's choice."""
    variables = definition.variable_definitions or ()
    read = _Written(len(definition.directives or ()) + sum(len(variable.directives or ()) for variable in variables))
    waiting: list[tuple[SelectionSetNode, int, bool]] = [(definition.selection_set, 0, False)]
    while waiting:
        selections, level, exempt = waiting.pop()
        for selection in selections.selections:
            read.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                _count(read, selection, level, exempt=exempt)
                if selection.selection_set:
                    below = exempt or selection.name.value in _INTROSPECTION
                    waiting.append((selection.selection_set, level + 1, below))
            elif isinstance(selection, InlineFragmentNode):
                waiting.append((selection.selection_set, level, exempt))
            elif isinstance(selection, FragmentSpreadNode):
                read.spreads.append((selection.name.value, level, exempt))
    return read


def _count(read: _Written, node: FieldNode, level: int, *, exempt: bool) -> None:
    read.fields += 1
    read.root_fields += level == 0
    read.aliases += node.alias is not None
    read.name_length = max(read.name_length, len(_response_name(node)))
    if not exempt:
        read.depth = max(read.depth, level + 1)


def _extent(read: _Written, by_name: dict[str, _Written], known: dict[str, _Extent | None]) -> _Extent:
    """Add what is spread to what is written. Each fragment is worked out once, so a bomb of them stays linear."""
    depth, fields, root_fields = read.depth, read.fields, read.root_fields
    for name, level, exempt in read.spreads:
        if name not in known:
            known[name] = None  # begun, and not finished: meeting it again from within is a cycle
            known[name] = _extent(by_name[name], by_name, known) if name in by_name else _Extent()
        spread = known[name]
        if spread is None:
            raise FragmentCycle
        fields += max(spread.fields, 1)  # an empty fragment, too, is walked as often as it is spread
        if level == 0:
            root_fields += spread.root_fields
        if not exempt:
            depth = max(depth, level + spread.depth)
    return _Extent(depth, fields, root_fields)


def _pairs(definition: Executable, fragments: dict[str, FragmentDefinitionNode], spread_out: set[str]) -> int:
    """Walk place by place: the selections of all fields that answer under one name are one place."""
    pairs = 0
    places = [[definition.selection_set]]
    while places:
        waiting, here = places.pop(), set[str]()
        names, below = Counter[str](), dict[str, list[SelectionSetNode]]()
        while waiting:
            for selection in waiting.pop().selections:
                if isinstance(selection, FieldNode):
                    name = _response_name(selection)
                    names[name] += 1
                    if selection.selection_set:
                        below.setdefault(name, []).append(selection.selection_set)
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in here:
                    # Here a second time it would add nothing: validation, too, takes it once at one place.
                    here.add(selection.name.value)
                    if fragment := fragments.get(selection.name.value):
                        waiting.append(fragment.selection_set)
        spread_out |= here
        pairs += sum(count * (count - 1) // 2 for count in names.values())
        places.extend(below.values())
    return pairs


def _response_name(node: FieldNode) -> str:
    return (node.alias or node.name).value
