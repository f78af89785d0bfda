"""What a REST caller asks for, `fields`, `expand`, filters, `sort`, `limit`, `cursor`, as a shape and its values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlencode

from app import pagination
from app.auth.scopes import Scope
from app.reading import asking
from app.reading.asking import BadQuery, Filters
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
    # The query without the cursor, as a link repeats it.
    text: str = ""
    is_default: bool = False


@cache
def whole(resource: Resource) -> Wish:
    """All fields of one object, and nothing else."""
    return Wish(everything(resource), frozenset({resource.scope}), is_default=True)


def of_one(resource: Resource, query: bytes, organisation_id: str) -> Wish:
    """The wish behind `GET /v1/things/{id}`. Raises `Malformed` or `BadQuery`."""
    if not query:
        return whole(resource)
    tree = _object(resource, query)
    return Wish(tree.root, tree.scopes, tree.values(organisation_id))


@lru_cache(maxsize=1024)
def _object(resource: Resource, query: bytes) -> "_Tree":
    parameters = _parameters(query)
    tree = _grown(resource, parameters.pop("fields", None), parameters.pop("expand", None))
    _refuse_unknown(parameters)
    return tree


def of_page(resource: Resource, query: bytes, organisation_id: str) -> Wish:
    """The wish behind `GET /v1/things`. Raises `Malformed`, `BadQuery` or `BadCursor`."""
    asked, cursor = _apart(query)
    question = _question(resource, asked)
    scope = asking.scope(organisation_id, resource, question.sort, question.filters.text)
    values = {**question.tree.values(organisation_id), **question.filters.values, "limit": question.limit}
    if cursor is not None:
        values.update(asking.after(scope, cursor))
    return Wish(question.tree.root, question.tree.scopes, values, question.page(cursor), scope, question.text)


def _apart(query: bytes) -> tuple[bytes, str | None]:
    """What is asked, the same on every page, and the cursor."""
    if b"cursor" not in query and b"%" not in query:
        return query, None
    asked, cursors = [], []
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if unquote_to_bytes(name) == b"cursor":
            cursors.append(unquote(value.decode("latin-1")))
        else:
            asked.append(pair)
    if len(cursors) > 1:
        raise BadQuery("cursor", "may be given once")
    return b"&".join(asked), cursors[0] if cursors else None


@dataclass(frozen=True)
class _Question:
    """What a query string asks of a list, whoever asks, wherever the page begins."""

    tree: "_Tree"
    sort: str
    limit: int
    filters: Filters
    first: Page
    text: str

    def page(self, cursor: str | None) -> Page:
        """The first page, or the one after a cursor."""
        return self.first if cursor is None else _after(self.first)


# Callers ask the same again and again, page after page; only the cursor differs.
@lru_cache(maxsize=1024)
def _question(resource: Resource, query: bytes) -> _Question:
    parameters = _parameters(query) if query else {}
    text = urlencode(parameters)
    tree = _grown(resource, parameters.pop("fields", None), parameters.pop("expand", None))
    sort = asking.order(resource, parameters.pop("sort", None))
    limit = _size(parameters.pop("limit", None), resource.largest_page)
    filters = asking.filters(resource, {name: _texts(resource, name, text) for name, text in parameters.items()})
    return _Question(tree, sort, limit, filters, _first(resource, tree.root, sort, filters.wheres), text)


@lru_cache(maxsize=4096)
def _first(resource: Resource, wanted: Wanted, sort: str, wheres: tuple[Where, ...]) -> Page:
    """The one shape of all first pages that are asked for alike."""
    return Page(
        resource,
        (Nodes("items", wanted),),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        wheres=wheres,
    )


@lru_cache(maxsize=4096)
def _after(first: Page) -> Page:
    """The one shape of all later pages."""
    return replace(first, after="after")


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


def _size(text: str | None, most: int) -> int:
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        raise BadQuery("limit", f"must be a whole number from 1 to {most}")
    return asking.limit(None if text is None else int(text), most=most)


def parameters(query: bytes, known: tuple[str, ...] = ()) -> dict[str, str]:
    """The parameters of a change, which takes none but these. Raises `Malformed` or `BadQuery`."""
    given = _parameters(query) if query else {}
    _refuse_unknown(name for name in given if name not in known)
    return given
