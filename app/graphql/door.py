"""The GraphQL door: `POST /graphql`."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import config
from app.graphql.executing import answer
from app.graphql.http import respond


def mount(app: FastAPI) -> None:
    """Add the route. Every method leads to it: the transport knows which to refuse, and how."""
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    app.router.routes.append(Route("/graphql", endpoint, methods=methods))


async def endpoint(request: Request) -> Response:
    """Answer one request (GraphQL over HTTP, draft specification)."""
    settings = config.settings()
    response = await respond(
        request, answer, allow_get=settings.graphql_get, body_limit_bytes=settings.body_limit_bytes
    )
    response.headers["Cache-Control"] = "no-store"
    return response
