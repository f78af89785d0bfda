"""The SCIM door (RFC 7644): an HR system's request becomes one of the protocol's, the answer goes back as it is."""

from typing import Any

import orjson
from scim2_models import InvalidSyntaxException
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app import config
from app.auth.actor import Actor, Role
from app.auth.scopes import Scope
from app.errors import Forbidden, RateLimited, Unauthenticated
from app.quotas import admission
from app.routers import bodies
from app.routers.reads import PRIVATE, actor_of
from app.scim import models, protocol, quirks

PATH = models.PATH
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def serve(request: Request) -> Response:
    """`/scim/v2/...`: every request of an HR system."""
    try:
        answer = await _answer(request)
    except ClientDisconnect:
        raise
    except Exception as error:  # a bug too is told in the words of the protocol
        answer = protocol.service().error_response(error)
        answer.headers |= _headers(error)
    content = b"" if answer.body is None else orjson.dumps(answer.body)
    return Response(content, int(answer.status), {**answer.headers, **PRIVATE})


async def _answer(request: Request) -> ScimResponse:
    actor = await admission.admit(request.scope, actor_of(request))
    _require_service(actor)
    body = await bodies.raw(request, models.LARGEST_BODY)
    said = quirks.mend(_read(body)) if body else None
    if more := _operations(said):
        admission.charge(request.scope, actor, more)
    handler = protocol.Handler(actor, moves_lines=b"manager" in body.lower())
    return await handler.handle(
        ScimRequest(
            method=request.method,
            base_url=f"{config.settings().base_url}{PATH}",
            path=request.path_params["path"],
            query=dict(request.query_params),
            headers=request.headers.items(),
            body=body if said is None else orjson.dumps(said),
        )
    )


def _require_service(actor: Actor) -> None:
    actor.require(Scope.SCIM)
    if actor.role is not Role.SERVICE_ACCOUNT:
        raise Forbidden("Only a service account keeps the directory over SCIM.")


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidSyntaxException from None


def _operations(said: Any) -> int:
    """How many requests a bulk request stands for, beyond the one that it is."""
    operations = said.get("Operations") if isinstance(said, dict) else None
    return len(operations) - 1 if isinstance(operations, list) and operations else 0


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": error.challenge}
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {}
