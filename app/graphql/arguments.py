"""The arguments of a connection: checked like REST's parameters, bound to slots of the shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from strawberry.utils.str_converters import to_snake_case

from app.reading import asking
from app.reading.asking import BadQuery
from app.reading.resource import Resource
from app.reading.shape import Page, Where


@dataclass(frozen=True)
class Asked:
    """What a connection's arguments say, free of values but for `values`."""

    slot: str
    sort: str
    backward: bool
    has_cursor: bool
    wheres: tuple[Where, ...]
    values: dict[str, Any]

    def page(self, resource: Resource, items: tuple[Any, ...]) -> Page:
        """The page with what is wanted of it."""
        return Page(
            resource,
            items,
            sort=self.sort.removeprefix("-"),
            descending=self.sort.startswith("-"),
            backward=self.backward,
            wheres=self.wheres,
            limit=f"{self.slot}_limit",
            after=f"{self.slot}_after" if self.has_cursor else None,
            scope=f"{self.slot}_scope",
        )


def asked(resource: Resource, arguments: Mapping[str, Any], slot: str, organisation_id: str, column: str) -> Asked:
    """Check the arguments of a list of `resource`; `column` is the reference that a nested list follows.

    Raises `BadQuery` or `BadCursor`.
    """
    first, last, after, before = (arguments.get(name) for name in ("first", "last", "after", "before"))
    if first is not None and last is not None:
        raise BadQuery("last", "cannot go with first")
    if after is not None and before is not None:
        raise BadQuery("before", "cannot go with after")
    backward = last is not None or (before is not None and first is None)
    if (backward and after is not None) or (not backward and before is not None):
        raise BadQuery("before" if before else "after", "goes with last" if before else "goes with first")
    limit = asking.limit(last if backward else first, "last" if backward else "first")
    order = arguments.get("orderBy")
    sort = asking.order(resource, order.value if isinstance(order, Enum) else order)
    filters = asking.filters(resource, _texts(arguments.get("filter") or {}), f"{slot}_w")
    scope = asking.scope(organisation_id, resource, sort, "&".join(filter(None, (filters.text, column))))
    values = {**filters.values, f"{slot}_limit": limit, f"{slot}_scope": scope}
    cursor = before if backward else after
    if cursor is not None:
        values |= asking.after(scope, cursor, f"{slot}_after", "before" if backward else "after")
    return Asked(slot, sort, backward, cursor is not None, filters.wheres, values)


def _texts(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """A filter's members by our names, each as the texts that REST would send."""
    texts = {}
    for name, value in given.items():
        if value is not None:
            items = value if isinstance(value, list) else [value]
            texts[to_snake_case(name)] = [str(item.value if isinstance(item, Enum) else item) for item in items]
    return texts
