"""Objects of any kind by their ids: one statement, with a column for each kind."""

from typing import Any

import orjson
from graphql import FieldNode

from app.auth.actor import Actor
from app.declared import BY_PREFIX
from app.graphql.schema import TYPE
from app.graphql.selecting import Selector
from app.ids import prefix_of
from app.reading import run
from app.reading.asking import BadQuery
from app.reading.resource import Resource
from app.reading.shape import Leaf, Nodes, Page, Wanted, Where

_MOST = 100
# A key that no response name can be, as TYPE is.
_ID = " id"


async def by_ids(actor: Actor, selector: Selector, object_ids: list[str], nodes: list[FieldNode]) -> list[Any]:
    """The objects in the order of their ids, with `None` for what is absent. Raises `BadQuery` for too many."""
    if len(object_ids) > _MOST:
        raise BadQuery("ids", f"takes {_MOST} ids at most")
    kinds = _kinds(object_ids)
    wanted = tuple((kind.name, _page(selector, kind, ids, nodes)) for kind, ids in kinds.items())
    for scope in sorted(selector.scopes):
        actor.require(scope)
    columns = await run.fields(actor, wanted, selector.values) if wanted else []
    found: dict[str, Any] = {}
    for kind, column in zip(kinds, columns, strict=True):
        for value in orjson.loads(column)["nodes"]:
            found[value[_ID]] = {**value, TYPE: kind.type_name}
    return [found.get(object_id) for object_id in object_ids]


def _kinds(object_ids: list[str]) -> dict[Resource, list[str]]:
    """The ids of each kind. Always in one order, so that few statements serve all the ids there are."""
    kinds: dict[Resource, list[str]] = {}
    for object_id in dict.fromkeys(object_ids):
        if (kind := BY_PREFIX.get(prefix_of(object_id) or "")) is not None:
            kinds.setdefault(kind, []).append(object_id)
    return dict(sorted(kinds.items(), key=lambda item: item[0].name))


def _page(selector: Selector, kind: Resource, object_ids: list[str], nodes: list[FieldNode]) -> Page:
    slot, most = f"ids_{kind.name}", "most_nodes"
    selector.values |= {slot: object_ids, most: _MOST}
    wanted = selector.object(kind, nodes)
    item = Nodes("nodes", Wanted(kind, (Leaf(_ID, "id"), *wanted.items)))
    return Page(kind, (item,), sort="id", wheres=(Where("id", slot, several=True),), limit=most)
