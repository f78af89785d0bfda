"""The REST door: every route, from the list of resources and the list of intents."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.declared import BY_PREFIX, INQUIRIES, INTENTS, RESOURCES
from app.ids import prefix_of
from app.reading.run import Absent
from app.routers import (
    asyncapi,
    calendars,
    event_schemas,
    exports,
    feed,
    health,
    hr_notices,
    inquiries,
    me,
    oauth,
    openapi,
    programme_templates,
    scim,
    webhook_keys,
)
from app.routers.reads import read_list, read_one
from app.routers.table import Table
from app.routers.writes import METHODS, path_of, write
from app.webhooks.feed import EVENTS


def mount(app: FastAPI) -> None:
    """Add every route of the REST door; first the one that most requests are for."""
    app.router.routes.append(table())
    app.router.routes.append(Route("/health/live", health.live, methods=["GET"]))
    app.router.routes.append(Route("/health/ready", health.ready, methods=["GET"]))
    app.router.routes.append(Route(oauth.TOKEN, oauth.token, methods=["POST"]))
    app.router.routes.append(Route(oauth.KEYS, oauth.key_set, methods=["GET"]))
    app.router.routes.append(Route(oauth.METADATA, oauth.metadata, methods=["GET"]))
    app.router.routes.append(Route(webhook_keys.PATH, webhook_keys.key_set, methods=["GET"]))
    app.router.routes.append(Route(calendars.PATH, calendars.calendar, methods=["GET"]))
    app.router.routes.append(Route(hr_notices.PATH, hr_notices.take, methods=["POST"]))
    app.router.routes.append(Route(f"{scim.PATH}{{path:path}}", scim.serve, methods=scim.METHODS))
    app.router.routes.append(Route(openapi.ADDRESS, openapi.serve, methods=["GET"]))
    app.router.routes.append(Route(asyncapi.ADDRESS, asyncapi.serve, methods=["GET"]))
    app.router.routes.append(Route(event_schemas.PATH, event_schemas.serve, methods=["GET"]))
    app.router.routes.append(Route("/docs", openapi.docs, methods=["GET"]))


def table() -> Table:
    """Every path of the door with the endpoint of each of its methods."""
    found = Table()
    found.add("GET", "/v1/nodes/{id}", node)
    found.add("GET", me.PATH, me.read)
    found.add("GET", exports.PATH, exports.content)
    found.add("GET", feed.TYPES, feed.types)
    found.add("GET", feed.TYPE, feed.one_type)
    found.add("GET", programme_templates.EVERY, programme_templates.every)
    found.add("GET", programme_templates.ONE, programme_templates.one)
    for resource in RESOURCES:
        found.add("GET", f"/v1/{resource.path}", feed.events if resource is EVENTS else read_list(resource))
        found.add("GET", f"/v1/{resource.path}/{{id}}", read_one(resource))
    for inquiry in INQUIRIES:
        found.add("GET", inquiries.path_of(inquiry), inquiries.inquire(inquiry))
    for intent in INTENTS:
        found.add(METHODS[intent.kind], path_of(intent), write(intent))
    return found


_ONE = {prefix: read_one(resource) for prefix, resource in BY_PREFIX.items()}


async def node(request: Request) -> Response:
    """Read any object by its id, whatever it is: where the links of events lead."""
    endpoint = _ONE.get(prefix_of(request.path_params["id"]) or "")
    if endpoint is None:
        raise Absent
    return await endpoint(request)
