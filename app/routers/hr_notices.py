"""Notices of HR systems: no credential of ours is needed, the signature is one."""

from starlette.requests import Request
from starlette.responses import Response

from app.auth.actor import Actor
from app.domain.connectors import notices
from app.domain.connectors.notices import Notice
from app.quotas import admission
from app.routers import bodies

PATH = "/v1/hr-notices/{organisation_id}/{id}"
LARGEST_BYTES = 256 * 1024


async def take(request: Request) -> Response:
    """`POST /v1/hr-notices/{organisation}/{source}`."""
    body, found = await bodies.raw(request, LARGEST_BYTES), list[Notice]()

    async def sender() -> Actor:
        path = request.path_params
        found.append(await notices.known(path["organisation_id"], path["id"], request.headers, body))
        return found[0].actor

    await admission.admit(request.scope, sender())
    await notices.take(found[0])
    return Response(status_code=204)
