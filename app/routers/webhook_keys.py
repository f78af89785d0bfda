"""The public keys that sign an organisation's webhooks, for whoever receives them: no credential is needed."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.domain.organisations.resource import ORGANISATIONS
from app.ids import prefix_of
from app.reading.run import Absent
from app.routers.reads import tagged
from app.webhooks import rotating

PATH = "/.well-known/webhook-keys/{id}"
_PUBLIC = {"Cache-Control": "public, max-age=300"}


async def key_set(request: Request) -> Response:
    """`GET /.well-known/webhook-keys/{organisation}`."""
    organisation_id = request.path_params["id"]
    if prefix_of(organisation_id) != ORGANISATIONS.prefix:
        raise Absent
    # One that does not exist has no keys, as one that signs with none: nobody learns which it is.
    return tagged(request, orjson.dumps(await rotating.key_set(organisation_id)), caching=_PUBLIC)
