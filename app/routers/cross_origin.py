"""Which pages of other origins may call us from a browser: none, unless the operator names them."""

from fastapi.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id")
_ANSWER_HEADERS = (
    *("ETag", "Link", "Location", "Idempotency-Replayed", "Retry-After"),
    *("RateLimit", "RateLimit-Policy", "WWW-Authenticate", "X-Request-Id"),
)


def allowing(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    """`app`, open to pages of these origins, without cookies: credentials of ours travel in `Authorization` only."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=_REQUEST_HEADERS,
        expose_headers=_ANSWER_HEADERS,
    )
