"""GET of one and of a list, for every resource alike: authenticate, build the wish, run one statement, bytes out."""

from collections.abc import Awaitable, Callable, Mapping

import orjson
import xxhash
from starlette.requests import Request
from starlette.responses import Response

from app import pagination
from app.auth.actor import Actor
from app.auth.bearer import authenticate
from app.quotas import admission
from app.reading import run
from app.reading.resource import Resource
from app.routers import accepting, problems, wishes
from app.routers.wishes import Wish

Endpoint = Callable[[Request], Awaitable[Response]]
PRIVATE = {"Cache-Control": "no-store"}


async def actor_of(request: Request) -> Actor:
    """Who sends this request. Raises `BadCredential`."""
    # Two are none: joined as RFC 9110 section 5.3 has it, they are no credential that we know.
    credential = ", ".join(request.headers.getlist("authorization"))
    return await authenticate(credential, request.client.host if request.client else None)


def entity_tag(resource: Resource, version: int, body: bytes, *, is_default: bool = True) -> str:
    """The strong entity tag of one object: its version, and what else its bytes depend on."""
    # What is computed from other rows changes without a new version.
    return f'"{version}"' if is_default and not resource.computed else f'"{version}-{_digest(body)}"'


def read_one(resource: Resource) -> Endpoint:
    """`GET /v1/things/{id}`."""

    async def endpoint(request: Request) -> Response:
        actor = await admission.admit(request.scope, actor_of(request))
        accepting.require_json(request.headers)
        wish = wishes.of_one(resource, request.scope["query_string"], actor.organisation_id)
        return await show_one(request, actor, wish, request.path_params["id"])

    return endpoint


async def show_one(request: Request, actor: Actor, wish: Wish, object_id: str) -> Response:
    """What is wanted of one object. Raises `Absent`, or `ScopeMissing`."""
    _require(actor, wish)
    answer = await run.one(actor, wish.wanted, object_id, dict(wish.values))
    tag = entity_tag(wish.wanted.resource, answer.version, answer.body, is_default=wish.is_default)
    return tagged(request, answer.body, tag)


def read_list(resource: Resource) -> Endpoint:
    """`GET /v1/things`."""

    async def endpoint(request: Request) -> Response:
        actor = await admission.admit(request.scope, actor_of(request))
        accepting.require_json(request.headers)
        wish = wishes.of_page(resource, request.scope["query_string"], actor.organisation_id)
        _require(actor, wish)
        assert wish.page is not None  # noqa: S101
        rows = await run.page(actor, wish.page, dict(wish.values))
        if rows.next_keys is None:
            return tagged(request, listed(rows.body, b"null"))
        cursor = pagination.seal(wish.scope, rows.next_keys)
        asked = f"{wish.text}&" if wish.text else ""
        link = f'<{problems.address(request.scope)}?{asked}cursor={cursor}>; rel="next"'
        return tagged(request, listed(rows.body, orjson.dumps(cursor)), caching={**PRIVATE, "Link": link})

    return endpoint


def _require(actor: Actor, wish: Wish) -> None:
    for scope in wish.scopes:
        actor.require(scope)


def listed(items: bytes, cursor: bytes) -> bytes:
    """The body of a list, of JSON values."""
    return b'{"items":' + items + b',"next_cursor":' + cursor + b"}"


def _digest(body: bytes) -> str:
    # Not for secrecy: whoever makes two bodies alike deceives nobody's cache but their own.
    return xxhash.xxh3_128_hexdigest(body)


def tagged(request: Request, body: bytes, tag: str | None = None, caching: Mapping[str, str] = PRIVATE) -> Response:
    """The answer with its entity tag, or 304 when the caller has it already (RFC 9110 section 13.1.2)."""
    tag = tag or f'"{_digest(body)}"'
    headers = {"ETag": tag, **caching}
    known = request.headers.get("if-none-match")
    if known is not None and (
        known.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in known.split(",")}
    ):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
