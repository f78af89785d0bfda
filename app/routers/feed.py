"""Events by asking: a list like any other, which `after` makes a feed that one can wait at; and the types there are."""

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.errors import Fault, Invalid
from app.pagination import DEFAULT_LIMIT
from app.quotas import admission
from app.reading import asking
from app.reading.asking import BadQuery
from app.reading.run import Absent
from app.routers import accepting, wishes
from app.routers.reads import actor_of, listed, read_list, tagged
from app.webhooks import event_types, feed
from app.webhooks.feed import EVENTS, LATEST, LONGEST_WAIT_SECONDS, Wish

TYPES, TYPE = "/v1/event-types", "/v1/event-types/{id}"
_list = read_list(EVENTS)
# What a list has and a feed has not.
_OF_LISTS = ("fields", "expand", "sort", "cursor")


class NotInFeed(Invalid):
    """A parameter of the list beside one that makes it a feed: each is right, but not with the other."""

    code, title = "not_in_feed", "Not in a feed"

    def __init__(self, parameter: str) -> None:
        super().__init__(
            "The feed, which after and wait make of the list, comes whole and in its own order.",
            faults=(Fault("does not go with after or wait", code=self.code, parameter=parameter),),
        )


async def events(request: Request) -> Response:
    """`GET /v1/events`."""
    if "after" not in request.query_params and "wait" not in request.query_params:
        return await _list(request)
    actor = await admission.admit(request.scope, actor_of(request))
    accepting.require_json(request.headers)
    wish, seconds = _wish(request.scope["query_string"])
    actor.require(EVENTS.scope)
    if seconds:
        found = await feed.follow(actor, wish, seconds, request.is_disconnected)
    else:
        found = await feed.look(actor, wish)
    return tagged(request, listed(found.items, orjson.dumps(found.cursor)))


def _wish(query: bytes) -> tuple[Wish, int]:
    """What is asked of the feed, and for how many seconds one would wait. Raises `Malformed` or `BadQuery`."""
    given = wishes.parameters(query, (*_OF_LISTS, "after", "limit", "wait", *EVENTS.parameters))
    for name in _OF_LISTS:
        if name in given:
            raise NotInFeed(name)
    # Who only waits, waits for what is new.
    after = given.pop("after", LATEST)
    limit = _number(given.pop("limit", str(DEFAULT_LIMIT)), "limit", 1, EVENTS.largest_page)
    seconds = _number(given.pop("wait", "0"), "wait", 0, LONGEST_WAIT_SECONDS)
    filters = asking.filters(EVENTS, {name: text.split(",") for name, text in given.items()})
    return Wish(after, filters, limit), seconds


def _number(text: str, parameter: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise BadQuery(parameter, f"must be a whole number from {least} to {most}")
    return int(text)


async def types(request: Request) -> Response:
    """`GET /v1/event-types`."""
    await _welcome(request)
    return tagged(request, listed(b"[" + b",".join(_types().values()) + b"]", b"null"))


async def one_type(request: Request) -> Response:
    """`GET /v1/event-types/{id}`."""
    await _welcome(request)
    found = _types().get(request.path_params["id"])
    if found is None:
        raise Absent
    return tagged(request, found)


async def _welcome(request: Request) -> None:
    # It tells nothing of anybody, so any credential will do.
    await admission.admit(request.scope, actor_of(request))
    accepting.require_json(request.headers)
    wishes.parameters(request.scope["query_string"])


@cache
def _types() -> dict[str, bytes]:
    return {each.type: each.model_dump_json().encode() for each in event_types.every()}
