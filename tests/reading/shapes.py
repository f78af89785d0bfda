"""Shapes built by hand, and what comes back for them."""

from typing import Any

import orjson

from app.auth.actor import Actor
from app.reading import run
from app.reading.resource import Resource
from app.reading.run import Absent
from app.reading.shape import Constant, Embedded, Leaf, Nodes, Page, ToMany, ToOne, Wanted, Where

Item = Leaf | Constant | Embedded | ToOne | ToMany


def wanted(resource: Resource, *items: str | Item) -> Wanted:
    """Some fields, by name, and other items; all fields when none is named."""
    named = items or resource.fields
    return Wanted(resource, tuple(Leaf(item, item) if isinstance(item, str) else item for item in named))


def page_of(resource: Resource, *items: str | Item, **options: Any) -> Page:
    """A list of objects, of ids unless it says more, in the resource's own order."""
    nodes = Nodes("items", wanted(resource, *(items or ("id",))))
    return Page(resource, (nodes,), **({"sort": resource.default_sort} | options))


def to_one(resource: Resource, name: str, *items: str | Item) -> ToOne:
    """The object that an edge leads to, under the edge's name."""
    edge = resource.references[name]
    return ToOne(name, edge, wanted(edge.to, *(items or ("id",))))


def to_many(resource: Resource, name: str, page: Page) -> ToMany:
    """The objects that refer to one of this resource, under the name of the way back."""
    return ToMany(name, resource.collections[name].column, page)


async def read(actor: Actor, shape: Wanted, object_id: str, **values: Any) -> Any:
    """One object, `None` when it is absent."""
    try:
        answer = await run.one(actor, shape, object_id, values)
    except Absent:
        return None
    return orjson.loads(answer.body)


async def listed(actor: Actor, page: Page, **values: Any) -> list[Any]:
    """The objects of a page."""
    rows = await run.page(actor, page, {"limit": 100} | values)
    return list(orjson.loads(rows.body))


async def field(actor: Actor, item: Wanted | Page, **values: Any) -> Any:
    """One answer among several in one statement."""
    (body,) = await run.fields(actor, (("it", item),), {"limit": 100, "scope": "s"} | values)
    return orjson.loads(body)


def where(parameter: str, *, several: bool = False) -> Where:
    """A filter whose slot has its own name."""
    return Where(parameter, parameter, several)
