"""Searching at the root: users and groups in one answer (RFC 7644 section 3.4.2.1)."""

from collections.abc import Awaitable, Callable
from typing import Any

from scim2_models import (
    InvalidCursorException,
    InvalidFilterException,
    NotImplementedException,
    ResourceType,
    SearchRequest,
)
from scim2_server.storage import SearchPage

Search = Callable[[list[ResourceType], SearchRequest[Any], Any], Awaitable[SearchPage]]


async def over_all(
    search: Search, resource_types: list[ResourceType], request: SearchRequest[Any], position: Any
) -> SearchPage:
    """A page over several kinds, one after the other: without an order of the caller's."""
    if request.sort_by is not None:
        raise NotImplementedException
    if request.cursor is not None:
        return await _along(search, resource_types, request, position)
    whole, first, refusals = SearchPage(0, []), request.start_index or 1, 0
    for resource_type in resource_types:
        seen = whole.total or 0
        size = None if request.count is None else request.count - len(whole.resources)
        here = request.model_copy(update={"start_index": max(1, first - seen), "count": size})
        try:
            found = await search([resource_type], here, None)
        except InvalidFilterException:
            # Whoever has no such attribute is not among those whom the filter means.
            refusals += 1
            continue
        whole = SearchPage(seen + (found.total or 0), whole.resources + found.resources)
    if refusals == len(resource_types):
        raise InvalidFilterException
    return whole


async def _along(
    search: Search, resource_types: list[ResourceType], request: SearchRequest[Any], position: Any
) -> SearchPage:
    """A page of one kind, from which a cursor leads on, at its end to the next kind. Nobody is counted."""
    match position or {"kind": 0, "at": None}:
        case {"kind": int() as number, "at": at} if number < len(resource_types):
            page = await search(resource_types[number : number + 1], request, at)
        case _:
            raise InvalidCursorException
    is_last = number + 1 == len(resource_types) or not request.count
    following = None if is_last else {"kind": number + 1, "at": None}
    behind, before = ({"kind": number, "at": place} if place else None for place in (page.next, page.previous))
    return SearchPage(None, page.resources, behind or following, before)
