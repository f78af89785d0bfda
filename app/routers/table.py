"""All paths of the REST door as one route: one look-up, however many there are, instead of pattern after pattern."""

from collections import defaultdict
from typing import NoReturn

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.routers.reads import Endpoint

_ROOT = ["", "v1"]
# "", "v1", the collection, an id, a verb.
_LONGEST, _WITH_ID = 5, 4
_BEFORE_NAME = 3


class Table(BaseRoute):
    """Paths of the forms `/v1/things`, `/v1/things/{id}`, `/v1/things/{id}/verb` and `/v1/things/by-name/{name}`."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[str, Endpoint]] = defaultdict(dict)
        # Paths that end with a name, by what stands before it.
        self._named: dict[str, str] = {}

    def add(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Put an endpoint in its place. Raises `ValueError` for a place that is taken."""
        if method in self.paths[path]:
            raise ValueError(f"{method} {path} is declared twice")
        self.paths[path][method] = endpoint
        head, _, tail = path.rpartition("/")
        if tail.startswith("{") and head.count("/") == _BEFORE_NAME:
            self._named[head] = path

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether there is such a path, and such a method at it."""
        parts = scope["path"].split("/")
        if scope["type"] != "http" or parts[:2] != _ROOT or len(parts) > _LONGEST:
            return Match.NONE, {}
        # An encoded slash is text inside one part (RFC 3986 section 2.2): it must not make another operation of it.
        if b"%2f" in (scope.get("raw_path") or b"").lower():
            return Match.NONE, {}
        parameters = {}
        path = self._named.get("/".join(parts[:-1]))
        if path is not None:
            parameters["name"] = parts[-1]
        elif len(parts) >= _WITH_ID:
            parameters["id"], parts[3] = parts[3], "{id}"
        methods = self.paths.get(path or "/".join(parts))
        if methods is None:
            return Match.NONE, {}
        endpoint = methods.get("GET" if scope["method"] == "HEAD" else scope["method"])
        child = {"path_params": parameters, "endpoint": endpoint or _refuse(methods)}
        return (Match.PARTIAL if endpoint is None else Match.FULL), child

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await scope["endpoint"](Request(scope, receive, send))
        await response(scope, receive, send)


def _refuse(methods: dict[str, Endpoint]) -> Endpoint:
    allowed = sorted({*methods, *(["HEAD"] if "GET" in methods else [])})

    async def endpoint(_request: Request) -> NoReturn:
        raise HTTPException(405, headers={"Allow": ", ".join(allowed)})

    return endpoint
