"""The answers of the contract: every status that can really come, with its schema and its headers."""

from typing import Any

from app.routers.openapi_schemas import Json, ref

_HEADER = "#/components/headers/"


def _headers(*names: str) -> Json:
    return {_NAMES[name]: {"$ref": _HEADER + name} for name in (*names, "RequestId")}


# On every answer to somebody we know.
_BUDGET = ("RateLimitPolicy", "RateLimit")
_TO_STRANGERS = (401, 414, 431)


def good(description: str, schema: Json | None, *headers: str) -> Json:
    """An answer that went well, to somebody we know."""
    return to_anybody(description, schema, *headers, *_BUDGET)


def to_anybody(description: str, schema: Json | None, *headers: str) -> Json:
    """An answer that takes no credential."""
    answer: Json = {"description": description, "headers": _headers(*headers)}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def problems(*statuses: int) -> dict[str, Json]:
    """References to the answers that say what went wrong; some can come from any operation."""
    return {str(status): {"$ref": f"#/components/responses/{_PROBLEMS[status][0]}"} for status in sorted(statuses)}


def shared() -> dict[str, Json]:
    """Every failure, by name."""
    return {name: _problem(status, *rest) for status, (name, *rest) in _PROBLEMS.items()}


def _problem(status: int, description: str, code: str, title: str, *headers: str) -> Json:
    example: dict[str, Any] = {
        "type": f"urn:flipside:problem:{code}",
        "title": title,
        "status": status,
        "detail": description,
        "instance": "/v1/sessions",
        "code": code,
        "request_id": "0f8b1c5e9d6a4f0c8a7b3e2d1c0f9e8d",
    }
    content = {"application/problem+json": {"schema": ref("Problem"), "example": example}}
    budget = () if status in _TO_STRANGERS else _BUDGET
    return {"description": description, "headers": _headers(*headers, *budget), "content": content}


_PROBLEMS: dict[int, Any] = {
    400: (
        "Malformed",
        "The request cannot be read: no JSON, no UTF-8, or a cursor of another list.",
        "malformed_request",
        "Malformed request",
    ),
    401: (
        "Unauthenticated",
        "No credential, or one that is wrong, expired or revoked.",
        "unauthenticated",
        "Authentication required",
        "WwwAuthenticate",
    ),
    403: ("Forbidden", "The key lacks the scope, or this is not the caller's to do.", "scope_missing", "Not allowed"),
    404: ("NotFound", "There is no such object, or you may not see it.", "not_found", "Not found"),
    406: ("NotAcceptable", "The answer is JSON, which `Accept` rules out.", "not_acceptable", "Not acceptable"),
    408: ("BodyTooSlow", "The body did not arrive in time.", "body_too_slow", "Body too slow"),
    409: (
        "Conflict",
        "The present state does not allow it, or the same request is still running.",
        "session_state_conflict",
        "Conflict with the present state",
        "RetryAfter",
    ),
    410: (
        "CursorExpired",
        "Events that follow this cursor are kept no longer.",
        "cursor_expired",
        "Cursor expired",
    ),
    412: ("StaleVersion", "The object has changed since you read it.", "stale_version", "Stale version"),
    413: ("BodyTooLarge", "The body is longer than we accept.", "body_too_large", "Body too large"),
    414: ("UrlTooLong", "The address is longer than we accept.", "url_too_long", "Address too long"),
    415: (
        "UnsupportedMediaType",
        "The body is encoded, or of another type than this operation takes.",
        "unsupported_media_type",
        "Unsupported media type",
    ),
    422: (
        "Invalid",
        "Members or parameters are not as they should be, or name what does not exist; `errors` says which.",
        "invalid",
        "Invalid request",
    ),
    428: ("VersionRequired", "This change needs `If-Match`.", "version_required", "Precondition required"),
    429: (
        "RateLimited",
        "A budget of the caller is spent; `Retry-After` says when to go on.",
        "rate_limited",
        "Too many requests",
        "RetryAfter",
    ),
    431: (
        "HeadersTooLarge",
        "The headers are more, or larger, than we accept.",
        "headers_too_large",
        "Headers too large",
    ),
    500: ("Internal", "A fault of ours.", "internal", "Internal error"),
    503: (
        "Unavailable",
        "We cannot answer now; the same request may succeed shortly.",
        "unavailable",
        "Temporarily unavailable",
        "RetryAfter",
    ),
}
_NAMES = {
    "RequestId": "X-Request-Id",
    "ETag": "ETag",
    "Location": "Location",
    "Link": "Link",
    "IdempotencyReplayed": "Idempotency-Replayed",
    "RetryAfter": "Retry-After",
    "RateLimitPolicy": "RateLimit-Policy",
    "RateLimit": "RateLimit",
    "WwwAuthenticate": "WWW-Authenticate",
    "CacheControl": "Cache-Control",
}


def _header(description: str, example: str, *, required: bool = False, **schema: Any) -> Json:
    return {
        "description": description,
        "required": required,
        "schema": {"type": "string", **schema},
        "example": example,
    }


HEADERS: dict[str, Json] = {
    "RequestId": _header(
        "Yours, if you sent one of 1 to 128 letters, digits, `.`, `_` and `-`; else one of ours. Our logs know it.",
        "0f8b1c5e9d6a4f0c8a7b3e2d1c0f9e8d",
        required=True,
        pattern="^[A-Za-z0-9._-]{1,128}$",
    ),
    "ETag": _header("The version, for `If-Match` and `If-None-Match`.", '"3"', required=True),
    "Location": _header("Where the new object is.", "/v1/sessions/ses_01kd3xq8v7fy2a9m4n6p0rstwz", required=True),
    "Link": _header("The next page, if there is one (RFC 8288).", '</v1/sessions?cursor=abc>; rel="next"'),
    "IdempotencyReplayed": _header("That this answer was given before.", "true", enum=["true"]),
    "RetryAfter": _header("After how many seconds to try again.", "1"),
    "RateLimitPolicy": _header(
        "The caller's budgets: `q` units in each `w` seconds.", '"credential";q=6000;w=60, "organisation";q=60000;w=60'
    ),
    "RateLimit": _header(
        "How they stand: `r` units are left, and all are back in `t` seconds.",
        '"credential";r=5987;t=1, "organisation";r=59241;t=1',
    ),
    "WwwAuthenticate": _header("How to authenticate.", 'Bearer realm="flipside"', required=True),
    "CacheControl": _header("What is personal is not kept by caches.", "no-store", required=True),
}
