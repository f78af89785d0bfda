"""The content of an export: the one answer that is no JSON, since it is a file."""

from starlette.requests import Request
from starlette.responses import Response

from app.domain.privacy import exports
from app.quotas import admission
from app.routers.reads import PRIVATE, actor_of

PATH = "/v1/exports/{id}/content"
TYPE = "application/zip"


async def content(request: Request) -> Response:
    """`GET /v1/exports/{id}/content`."""
    actor = await admission.admit(request.scope, actor_of(request))
    export_id = request.path_params["id"]
    file = f'attachment; filename="{export_id}.zip"'
    packed = await exports.content(actor, export_id)
    return Response(packed, headers={"Content-Disposition": file, **PRIVATE}, media_type=TYPE)
