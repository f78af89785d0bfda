"""GraphQL over HTTP: a request becomes an `Operation`, a `Result` a response; what a query means is not known here.

It follows the draft of the GraphQL-over-HTTP specification and the audits of the npm package `graphql-http`.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.graphql.limits import LIMITS
from app.graphql.negotiation import GRAPHQL, JSON, is_utf8_json, preferred
from app.repeated import repeated_member

BODY_LIMIT_BYTES = 1024 * 1024

# Deeper variables are refused here, before anything that walks them by recursion.
_VARIABLE_LEVELS = 64
_URL_PARAMETERS = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """What a caller asks for. `only_query` forbids effects: it came by a method that promises none."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None
    only_query: bool
    request: Request


@dataclass(frozen=True, slots=True)
class Result:
    """A complete JSON answer. A `request_error` was refused before execution began, so it holds no `data`."""

    body: bytes
    kind: Literal["executed", "request_error"]


Execute = Callable[[Operation], Awaitable[Result]]


class Refusal(Exception):
    """No GraphQL was spoken: the request is answered with this status. `execute` may raise it, too.

    The text is written for the caller and never repeats what was sent.
    """

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def not_a_query() -> Refusal:
    """For `execute` to raise when `only_query` is set and the chosen operation is none."""
    return Refusal(405, "method_not_allowed", "GET answers queries only; send this by POST.", headers={"Allow": "POST"})


async def respond(
    request: Request, execute: Execute, *, allow_get: bool, body_limit_bytes: int = BODY_LIMIT_BYTES
) -> Response:
    """Answer one request. Errors that are bugs pass through to the application's own handler."""
    media_type = JSON
    try:
        _require_method(request, allow_get=allow_get)
        media_type = _negotiated(request)
        by_url = request.method == "GET"
        members = _url_members(request) if by_url else await _body_members(request, body_limit_bytes)
        result = await execute(_operation(members, request, only_query=by_url))
    except Refusal as refusal:
        return _response(_error_body(refusal), media_type, status=refusal.status, headers=refusal.headers)
    # The older media type says 200 for every well-formed request, and leaves it to the body to tell.
    refused = result.kind == "request_error" and media_type == GRAPHQL
    return _response(result.body, media_type, status=400 if refused else 200)


def _require_method(request: Request, *, allow_get: bool) -> None:
    allowed = ("GET", "POST") if allow_get else ("POST",)
    if request.method not in allowed:
        raise Refusal(
            405, "method_not_allowed", "This method is not answered here.", headers={"Allow": ", ".join(allowed)}
        )


def _negotiated(request: Request) -> str:
    media_type = preferred(request.headers.getlist("accept"))
    if media_type is None:
        raise Refusal(406, "not_acceptable", f"The answer can be {GRAPHQL} or {JSON}, in UTF-8.")
    return media_type


def _url_members(request: Request) -> dict[str, object]:
    """The parameters of a GET, where objects are written as JSON."""
    try:
        query_string = request.scope["query_string"].decode("ascii")
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=_URL_PARAMETERS)
    except ValueError:
        raise Refusal(400, "malformed_url", "The query string is malformed.") from None
    members: dict[str, object] = dict(pairs)
    if len(members) < len(pairs):
        raise Refusal(400, "malformed_url", "A parameter is given more than once.")
    for name in ("variables", "extensions"):
        text = members.get(name)
        if isinstance(text, str):
            # Empty means left out, as it does for the operation's name.
            members[name] = _decoded(text, f"`{name}`") if text else None
    return members


async def _body_members(request: Request, limit_bytes: int) -> dict[str, object]:
    """The members of a POST's body."""
    if not is_utf8_json(request.headers.getlist("content-type")):
        raise Refusal(415, "unsupported_media_type", f"The body must be {JSON}, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "unsupported_media_type", "The body must not be compressed.")
    members = _decoded(await _body(request, limit_bytes), "The body")
    if isinstance(members, list):
        raise Refusal(400, "batch_not_supported", "Send one operation per request: arrays of them are not answered.")
    if not isinstance(members, dict):
        raise Refusal(400, "malformed_body", "The body must be a JSON object.")
    return members


async def _body(request: Request, limit_bytes: int) -> bytes:
    body = bytearray()
    try:
        async with aclosing(request.stream()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > limit_bytes:
                    raise Refusal(413, "body_too_large", f"The body is larger than {limit_bytes:,} bytes.")
    except ClientDisconnect:
        # Nobody reads this answer; it keeps a caller's hanging up from being logged as a fault of ours.
        raise Refusal(400, "malformed_body", "The body is incomplete.") from None
    return bytes(body)


def _decoded(text: bytes | str, what: str) -> object:
    """Strict JSON. orjson refuses NaN, huge integers, lone surrogates, bad UTF-8 and, past 1,024 levels, nesting."""
    try:
        decoded: object = orjson.loads(text)
        repeated = repeated_member(text.decode() if isinstance(text, bytes) else text)
    except (orjson.JSONDecodeError, RecursionError):
        # Its text would quote the input.
        raise Refusal(400, "malformed_json", f"{what} must be well-formed JSON.") from None
    if repeated is not None:
        raise Refusal(400, "repeated_member", f"{what} names a member twice.")
    return decoded


def _operation(members: Mapping[str, object], request: Request, *, only_query: bool) -> Operation:
    query = members.get("query")
    if not isinstance(query, str):
        raise _malformed("query", "must be a string")
    if len(query.encode()) > LIMITS.source_bytes:
        raise Refusal(413, "query_too_large", f"The query is larger than {LIMITS.source_bytes:,} bytes.")
    if "\x00" in query:
        raise _malformed("query", "must not contain NUL")
    variables = members.get("variables")
    if not (variables is None or isinstance(variables, dict)):
        raise _malformed("variables", "must be an object or null")
    if _nests_deeper(variables, _VARIABLE_LEVELS):
        raise _malformed("variables", f"must not nest deeper than {_VARIABLE_LEVELS} levels")
    operation_name = members.get("operationName")
    if not (operation_name is None or isinstance(operation_name, str)):
        raise _malformed("operationName", "must be a string or null")
    if not isinstance(members.get("extensions"), dict | None):
        raise _malformed("extensions", "must be an object or null")
    return Operation(
        query=query,
        variables=variables or {},
        operation_name=operation_name or None,
        only_query=only_query,
        request=request,
    )


def _malformed(member: str, complaint: str) -> Refusal:
    return Refusal(400, "malformed_request", f"`{member}` {complaint}.")


def _nests_deeper(value: object, levels: int) -> bool:
    """Whether objects and lists lie within each other more than `levels` times; layer by layer, not by recursion."""
    layer, depth = _containers([value]), 0
    while layer and depth < levels:
        layer, depth = [child for parent in layer for child in _containers(parent)], depth + 1
    return bool(layer)


def _containers(parent: object) -> list[object]:
    children = parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ()
    return [child for child in children if isinstance(child, dict | list)]


def _error_body(refusal: Refusal) -> bytes:
    return orjson.dumps({"errors": [{"message": refusal.message, "extensions": {"code": refusal.code}}]})


def _response(body: bytes, media_type: str, *, status: int, headers: Mapping[str, str] | None = None) -> Response:
    # What is read here is about people: no cache may keep it.
    fixed = {"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store"}
    return Response(body, status, headers={**fixed, **(headers or {})})
