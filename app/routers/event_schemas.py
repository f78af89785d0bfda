"""The JSON Schema of each type of event, where CloudEvents say that it is; no credential is needed."""

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app import config
from app.reading.run import Absent
from app.routers import openapi_events
from app.webhooks import catalogue, formats

PATH = formats.schema_url("{type}", "")


async def serve(request: Request) -> Response:
    """The schema of an envelope, as `openapi/events/` holds it but for our address."""
    event_type = request.path_params["type"]
    if event_type not in catalogue.BY_TYPE:
        raise Absent
    return Response(
        _body(event_type), headers={"Cache-Control": "public, max-age=300"}, media_type="application/schema+json"
    )


@cache
def _body(event_type: str) -> bytes:
    return orjson.dumps(openapi_events.standalone(catalogue.BY_TYPE[event_type], config.settings().base_url))
