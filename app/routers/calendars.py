"""Calendar feeds: no credential is needed, the address is one."""

from starlette.requests import Request
from starlette.responses import Response

from app.auth.actor import Actor
from app.domain.calendars import subscribing
from app.domain.calendars.feeds import PATH
from app.domain.calendars.subscribing import Subscription
from app.errors import Unauthenticated
from app.quotas import admission
from app.reading.run import Absent

# A calendar may keep it, nobody between us and it may.
_HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
__all__ = ["PATH", "calendar"]


async def calendar(request: Request) -> Response:
    """`GET /calendars/{organisation}/{feed}/{secret}.ics`. What opens nothing is answered as what does not exist."""
    found = list[Subscription]()

    async def subscriber() -> Actor:
        path = request.path_params
        found.append(await subscribing.known(path["organisation_id"], path["id"], path["secret"]))
        return found[0].actor

    try:
        await admission.admit(request.scope, subscriber())
    except Unauthenticated:
        raise Absent from None
    headers = {**_HEADERS, "ETag": f'"{found[0].tag}"'}
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    text = await subscribing.text(found[0])
    return Response(text, headers=headers, media_type="text/calendar; charset=utf-8")


def _is_known(given: str, tag: str) -> bool:
    """Whether a caller has this version (RFC 9110 section 13.1.2)."""
    return given.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in given.split(","))
