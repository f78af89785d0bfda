"""The REST door: every route, from the list of resources and the list of intents."""

from collections import defaultdict

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.acting.intent import Intent
from app.declared import BY_PREFIX, INTENTS, RESOURCES
from app.ids import prefix_of
from app.reading.run import Absent
from app.routers import health, openapi
from app.routers.reads import Endpoint, read_list, read_one
from app.routers.writes import METHODS, path_of, write


def mount(app: FastAPI) -> None:
    """Add every route of the REST door."""
    app.router.routes.append(Route("/health/live", health.live, methods=["GET"]))
    app.router.routes.append(Route("/health/ready", health.ready, methods=["GET"]))
    app.router.routes.append(Route(openapi.ADDRESS, openapi.serve, methods=["GET"]))
    app.router.routes.append(Route("/docs", openapi.docs, methods=["GET"]))
    app.router.routes.append(Route("/v1/nodes/{id}", node, methods=["GET"]))
    app.router.routes.extend(Route(path, one_of(methods), methods=list(methods)) for path, methods in table().items())


def table() -> dict[str, dict[str, Endpoint]]:
    """Every path with the endpoint of each of its methods."""
    paths: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for resource in RESOURCES:
        paths[f"/v1/{resource.path}"]["GET"] = read_list(resource)
        paths[f"/v1/{resource.path}/{{id}}"]["GET"] = read_one(resource)
    for intent in INTENTS:
        _add(paths, intent)
    return paths


def _add(paths: dict[str, dict[str, Endpoint]], intent: Intent) -> None:
    methods, method = paths[path_of(intent)], METHODS[intent.kind]
    if method in methods:
        raise ValueError(f"{method} {path_of(intent)} is declared twice")
    methods[method] = write(intent)


def one_of(methods: dict[str, Endpoint]) -> Endpoint:
    """One route per path: what is not in it is answered 405 with the complete list."""

    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await methods[method](request)

    return endpoint


_ONE = {prefix: read_one(resource) for prefix, resource in BY_PREFIX.items()}


async def node(request: Request) -> Response:
    """Read any object by its id, whatever it is: where the links of events lead."""
    endpoint = _ONE.get(prefix_of(request.path_params["id"]) or "")
    if endpoint is None:
        raise Absent
    return await endpoint(request)
