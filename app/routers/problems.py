"""Failures as problem documents (RFC 9457), the framework's own included."""

from typing import Any
from urllib.parse import quote

import orjson
import structlog
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from app.errors import DomainError, Fault, Invalid, RateLimited, Unauthenticated

_TITLES = {404: "Not found", 405: "Method not allowed", 413: "Body too large", 415: "Unsupported media type"}
_LONGEST_NAME = 100


class Malformed(Invalid):
    """The request cannot be read."""

    code, status, title = "malformed_request", 400, "Malformed request"


class UnsupportedMediaType(Invalid):
    """The body is not in a form that this operation takes."""

    code, status, title = "unsupported_media_type", 415, "Unsupported media type"


class BodyTooLarge(Invalid):
    """The body is longer than we accept."""

    code, status, title = "body_too_large", 413, "Body too large"


class BodyTooSlow(Invalid):
    """The body did not arrive in time."""

    code, status, title = "body_too_slow", 408, "Body too slow"


class UrlTooLong(Invalid):
    """The address is longer than we accept."""

    code, status, title = "url_too_long", 414, "Address too long"


class HeadersTooLarge(Invalid):
    """The headers are more, or larger, than we accept."""

    code, status, title = "headers_too_large", 431, "Headers too large"


class NotAcceptable(Invalid):
    """The caller accepts no form that we can answer in."""

    code, status, title = "not_acceptable", 406, "Not acceptable"


CALENDARS = "/calendars/"


def address(scope: Scope) -> str:
    """The path of a request, as it may stand in a URI. Asking Starlette for its URL fails on some `Host` headers."""
    path: str = scope["path"]
    # What follows is a secret: it stands in no log and in no answer.
    if path.startswith(CALENDARS):
        path = f"{CALENDARS}*"
    return quote(path, safe="/:@!$&'()*+,;=~")


def document(error: DomainError, instance: str) -> dict[str, Any]:
    """A problem document."""
    problem: dict[str, Any] = {
        "type": f"urn:flipside:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "code": error.code,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    if error.faults:
        problem["errors"] = [_fault(fault) for fault in error.faults]
    return problem


def _fault(fault: Fault) -> dict[str, str]:
    place = {"pointer": fault.pointer, "parameter": fault.parameter}
    return {"detail": fault.detail, "code": fault.code, **{name: value for name, value in place.items() if value}}


def response(error: DomainError, instance: str) -> Response:
    """A problem document as an answer."""
    headers = {"Cache-Control": "no-store"}
    if error.status == 408:
        # What is still to come of the body is nothing we wait for (RFC 9110 section 15.5.9).
        headers["Connection"] = "close"
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = error.challenge
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif error.status == 503 or error.code == "idempotency_in_progress":
        headers["Retry-After"] = "1"
    return Response(
        orjson.dumps(document(error, instance)), error.status, headers, media_type="application/problem+json"
    )


def invalid(error: ValidationError) -> DomainError:
    """What pydantic refused, by pointer, without the refused values. Text that is no JSON is `Malformed`."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    if details[0]["type"] == "json_invalid":
        return Malformed("The body is not valid JSON in UTF-8.")
    faults = tuple(
        Fault(item["msg"].removeprefix("Value error, "), code=item["type"], pointer=_pointer(item["loc"]))
        for item in details[:50]
    )
    return Invalid("The request has members that are not as they should be.", faults=faults)


def _pointer(location: tuple[int | str, ...]) -> str:
    # Of a name that is wrong, the place is the member that it names.
    parts = [str(part) for part in location if part != "[key]"]
    if parts and len(parts[-1]) > _LONGEST_NAME:
        parts.pop()
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts) or "/"


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown paths and wrong methods."""
    assert isinstance(error, HTTPException)  # noqa: S101
    refusal = DomainErrorOfFramework(error.status_code)
    answer = response(refusal, address(request.scope))
    answer.headers.update(error.headers or {})
    return answer


class DomainErrorOfFramework(DomainError):
    """A refusal by status alone."""

    kind = "invalid"

    def __init__(self, status: int) -> None:
        title = _TITLES.get(status, "Request refused")
        super().__init__(f"{title}. See /docs for what there is.")
        self.status, self.title, self.code = status, title, title.lower().replace(" ", "_")  # type: ignore[misc]
