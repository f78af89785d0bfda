"""What one caller wants: a tree of fields and edges, free of values. Equal shapes share one compiled statement.

Values (ids, filters, cursors, limits) are named slots; each request binds its own.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform

from app.reading.resource import Edge, Resource

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True)
def _shape(cls: type[_Class]) -> type[_Class]:
    """A frozen dataclass that works its hash out once: requests look whole trees of them up."""
    made: Any = dataclass(frozen=True)(cls)
    work_out = made.__hash__

    def remembered(self: Any) -> int:
        known = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = work_out(self)
        return int(known)

    made.__hash__ = remembered
    return made  # type: ignore[no-any-return]


class Part(StrEnum):
    """What a list can say of itself."""

    NEXT_CURSOR = "next_cursor"
    START_CURSOR = "start_cursor"
    END_CURSOR = "end_cursor"
    HAS_NEXT = "has_next"
    HAS_PREVIOUS = "has_previous"


@_shape
class Leaf:
    """One field under the key that the caller gave it."""

    key: str
    field: str
    # GraphQL names the values of enums in capitals.
    as_name: bool = False


@_shape
class Embedded:
    """The small objects inside a field: (key, member or `None` for the type's name, whether an enum) of each."""

    key: str
    field: str
    type_name: str
    members: tuple[tuple[str, str | None, bool], ...]
    is_list: bool = True


@_shape
class Constant:
    """A text that does not depend on the row: GraphQL's `__typename`."""

    key: str
    text: str


@_shape
class ToOne:
    """One referred-to object, `null` where it is absent or hidden."""

    key: str
    edge: Edge
    wanted: "Wanted"


@_shape
class ToMany:
    """A list of objects that refer to this one."""

    key: str
    column: str
    page: "Page"


@_shape
class Wanted:
    """Some fields and edges of one object."""

    resource: Resource
    items: tuple[Leaf | Embedded | Constant | ToOne | ToMany, ...]
    # Where its id is bound, if not where its place among several answers says.
    slot: str | None = None


@_shape
class Where:
    """A filter that is in use, and the slot of its value."""

    parameter: str
    slot: str
    several: bool = False


@_shape
class Nodes:
    """The objects of a list."""

    key: str
    wanted: Wanted


@_shape
class Edges:
    """The objects of a list, each in an envelope with its cursor: `items` in the caller's order."""

    key: str
    items: tuple[Nodes | Leaf | Constant, ...]


@_shape
class Says:
    """A fact about the list itself."""

    key: str
    part: Part


@_shape
class Group:
    """Facts under one key: GraphQL's `pageInfo`."""

    key: str
    items: tuple[Says | Constant, ...]


@_shape
class Page:
    """One page of a list. `scope` is what its cursors are signed over; `scope_of_parent` adds the parent's id."""

    resource: Resource
    items: tuple[Nodes | Edges | Says | Group | Constant, ...]
    sort: str
    descending: bool = False
    backward: bool = False
    wheres: tuple[Where, ...] = ()
    limit: str = "limit"
    after: str | None = None
    scope: str = "scope"
    scope_of_parent: bool = False


def everything(resource: Resource) -> Wanted:
    """All fields of one object, and nothing else."""
    return Wanted(resource, tuple(Leaf(name, name) for name in resource.fields))
