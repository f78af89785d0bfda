"""The templates that a programme can be made from: the same for everybody, and read-only."""

from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from app.auth.scopes import Scope
from app.domain.templates import catalogue
from app.quotas import admission
from app.reading.run import Absent
from app.routers import accepting, wishes
from app.routers.reads import actor_of, listed, tagged

EVERY, ONE = "/v1/programme-templates", "/v1/programme-templates/{id}"


async def every(request: Request) -> Response:
    """`GET /v1/programme-templates`."""
    await _welcome(request)
    return tagged(request, listed(b"[" + b",".join(_bodies().values()) + b"]", b"null"))


async def one(request: Request) -> Response:
    """`GET /v1/programme-templates/{id}`."""
    await _welcome(request)
    found = _bodies().get(request.path_params["id"])
    if found is None:
        raise Absent
    return tagged(request, found)


async def _welcome(request: Request) -> None:
    actor = await admission.admit(request.scope, actor_of(request))
    accepting.require_json(request.headers)
    wishes.parameters(request.scope["query_string"])
    actor.require(Scope.PROGRAMMES_READ)


@cache
def _bodies() -> dict[str, bytes]:
    return {key: template.model_dump_json().encode() for key, template in catalogue.every().items()}
