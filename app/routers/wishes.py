"""What a REST caller asks for, `fields`, `expand`, filters, `sort`, `limit`, `cursor`, as a shape and its values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl

from app import pagination
from app.auth.scopes import Scope
from app.reading import asking
from app.reading.asking import BadQuery
from app.reading.resource import Collection, Edge, Equals, Resource
from app.reading.shape import Leaf, Nodes, Page, Part, Says, ToMany, ToOne, Wanted, Where, everything
from app.routers.problems import Malformed

# Each name is a list inside a list at worst, and a statement that grows with it.
DEEPEST, MOST_EXPANSIONS = 2, 10


@dataclass(frozen=True)
class Wish:
    """A shape, the values of its slots, and the scopes that reading it takes."""

    wanted: Wanted
    scopes: frozenset[Scope]
    values: Mapping[str, Any] = field(default_factory=dict)
    page: Page | None = None
    scope: str = ""
    is_default: bool = False


@cache
def whole(resource: Resource) -> Wish:
    """All fields of one object, and nothing else."""
    return Wish(everything(resource), frozenset({resource.scope}), is_default=True)


def of_one(resource: Resource, query: bytes, organisation_id: str) -> Wish:
    """The wish behind `GET /v1/things/{id}`. Raises `Malformed` or `BadQuery`."""
    if not query:
        return whole(resource)
    parameters = _parameters(query)
    tree = _grown(resource, parameters.pop("fields", None), parameters.pop("expand", None))
    _refuse_unknown(parameters)
    return Wish(tree.root, tree.scopes, tree.values(organisation_id))


def of_page(resource: Resource, query: bytes, organisation_id: str) -> Wish:
    """The wish behind `GET /v1/things`. Raises `Malformed`, `BadQuery` or `BadCursor`."""
    parameters = _parameters(query) if query else {}
    tree = _grown(resource, parameters.pop("fields", None), parameters.pop("expand", None))
    sort, limit = asking.order(resource, parameters.pop("sort", None)), _size(parameters.pop("limit", None))
    cursor = parameters.pop("cursor", None)
    filters = asking.filters(resource, {name: _texts(resource, name, text) for name, text in parameters.items()})
    scope = asking.scope(organisation_id, resource, sort, filters.text)
    values = {**tree.values(organisation_id), **filters.values, "limit": limit}
    if cursor is not None:
        values.update(asking.after(scope, cursor))
    page = _page(resource, tree.root, sort, filters.wheres, is_first=cursor is None)
    return Wish(tree.root, tree.scopes, values, page, scope)


@lru_cache(maxsize=4096)
def _page(resource: Resource, wanted: Wanted, sort: str, wheres: tuple[Where, ...], *, is_first: bool) -> Page:
    """The one shape of all pages that are asked for alike."""
    return Page(
        resource,
        (Nodes("items", wanted),),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        wheres=wheres,
        after=None if is_first else "after",
    )


def _parameters(query: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except (UnicodeDecodeError, ValueError):
        raise Malformed("The query string is not valid.") from None
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters:
            raise BadQuery(name[:100], "may be given once")
        parameters[name] = value
    return parameters


def _refuse_unknown(parameters: Iterable[str]) -> None:
    for name in parameters:
        raise BadQuery(name[:100], "is not known here")


def _paths(expand: str | None) -> dict[str, Any]:
    """`a,b.c` as a tree."""
    tree: dict[str, Any] = {}
    paths = [] if expand is None else expand.split(",")
    if len(paths) > MOST_EXPANSIONS:
        raise BadQuery("expand", f"takes 1 to {MOST_EXPANSIONS} names")
    for path in paths:
        names = path.split(".")
        if len(names) > DEEPEST:
            raise BadQuery("expand", "reaches two levels deep at most")
        node = tree
        for name in names:
            node = node.setdefault(name, {})
    return tree


@lru_cache(maxsize=4096)
def _grown(resource: Resource, fields: str | None, expand: str | None) -> "_Tree":
    """The one tree of all requests that name these fields and these edges. Raises `BadQuery`."""
    return _Tree(resource, fields, _paths(expand))


class _Tree:
    """Builds the tree of one wish; gathers the scopes it takes and the slots of its nested lists."""

    def __init__(self, resource: Resource, fields: str | None, expand: Mapping[str, Any]) -> None:
        self._scopes: set[Scope] = set()
        self._lists: dict[str, tuple[Resource, str]] = {}
        self.root = self._wanted(resource, fields, expand)
        self.scopes = frozenset(self._scopes)

    def values(self, organisation_id: str) -> dict[str, Any]:
        """The values of its slots: sizes of nested lists, and what their cursors are signed over."""
        values: dict[str, Any] = {}
        for slot, (resource, column) in self._lists.items():
            values[slot] = pagination.DEFAULT_LIMIT
            # The cursor goes on in the flat list: GET /v1/sessions?pairing_id=…&cursor=…
            values[f"scope_{slot}"] = asking.scope(organisation_id, resource, resource.default_sort, f"{column}=")
        return values

    def _wanted(self, resource: Resource, fields: str | None, expand: Mapping[str, Any]) -> Wanted:
        self._scopes.add(resource.scope)
        names = resource.fields if fields is None else tuple(dict.fromkeys(fields.split(",")))
        for name in names:
            if name not in resource.fields:
                raise BadQuery("fields", "names a field that does not exist")
        items: list[Any] = [Leaf(name, name) for name in names]
        for name, deeper in expand.items():
            if (edge := resource.references.get(name)) is not None:
                items.append(self._to_one(name, edge, deeper))
            elif (collection := resource.collections.get(name)) is not None:
                items.append(self._to_many(name, collection, deeper))
            else:
                raise BadQuery("expand", "names nothing that can be expanded")
        return Wanted(resource, tuple(items))

    def _to_one(self, name: str, edge: Edge, deeper: Mapping[str, Any]) -> ToOne:
        return ToOne(name, edge, self._wanted(edge.to, None, deeper))

    def _to_many(self, name: str, collection: Collection, deeper: Mapping[str, Any]) -> ToMany:
        resource, slot = collection.resource, f"n{len(self._lists)}"
        self._lists[slot] = resource, collection.column
        page = Page(
            resource,
            (Nodes("items", self._wanted(resource, None, deeper)), Says("next_cursor", Part.NEXT_CURSOR)),
            sort=resource.default_sort,
            limit=slot,
            scope=f"scope_{slot}",
            scope_of_parent=True,
        )
        return ToMany(name, collection.column, page)


def _texts(resource: Resource, name: str, text: str) -> list[str]:
    return text.split(",") if isinstance(resource.parameters.get(name), Equals) else [text]


def _size(text: str | None) -> int:
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise BadQuery("limit", "must be a whole number from 1 to 100")
    return asking.limit(None if text is None else int(text))


def parameters(query: bytes, known: tuple[str, ...] = ()) -> dict[str, str]:
    """The parameters of a change, which takes none but these. Raises `Malformed` or `BadQuery`."""
    given = _parameters(query) if query else {}
    _refuse_unknown(name for name in given if name not in known)
    return given
