"""The outermost layer, pure ASGI: what all requests keep to and all answers carry, one log line, no bug explained."""

import re
import time

import orjson
import structlog
import uuid_utils
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import config, logs
from app.errors import DomainError
from app.quotas import admission
from app.routers import hardening, problems

_log = logs.get(__name__)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_SLOW_SECONDS = 1.0
# For the log alone, as proxies write it.
_HUNG_UP = 499


class Gate:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        settings = config.settings()
        self._app, self._hosts, self._body_seconds = app, settings.hosts, settings.body_seconds
        self._notes_all = settings.log_level == "debug"
        self._standing = hardening.answer_headers(is_development=settings.is_development)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began, status = time.perf_counter(), 0
        stamp = (b"x-request-id", request_id.encode())

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message["headers"]
                message["headers"] = [*given, stamp, *self._standing_beside(given), *admission.headers(scope)]
            await send(message)

        try:
            hosts = hardening.require_modest(scope)
            hardening.require_host(scope["path"], hosts, self._hosts)
            await self._app(scope, hardening.in_time(scope, receive, self._body_seconds), stamped)
        except DomainError as refusal:
            await problems.response(refusal, problems.address(scope))(scope, receive, stamped)
        except ClientDisconnect:
            # They hung up in the middle of their body: nothing failed, and nobody is there to be told.
            status = status or _HUNG_UP
        except Exception:
            _log.exception("request.failed", method=scope["method"], path=problems.address(scope))
            if status:
                raise
            await _apologise(stamped, problems.address(scope), request_id)
        finally:
            seconds = time.perf_counter() - began
            # What went well and fast is noise; ask for it with FLIPSIDE_LOG_LEVEL=debug.
            if self._notes_all or status >= 400 or seconds > _SLOW_SECONDS:
                _note(scope, status, seconds)
            structlog.contextvars.unbind_contextvars("request_id")

    def _standing_beside(self, given: hardening.Headers) -> hardening.Headers:
        if any(name == hardening.POLICY for name, _ in given):
            return [header for header in self._standing if header[0] != hardening.POLICY]
        return self._standing


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return uuid_utils.uuid4().hex


def _note(scope: Scope, status: int, seconds: float) -> None:
    # Quoted again: what a caller wrote into a path must neither begin a line of the log nor steer a terminal.
    _log.info(
        "request", method=scope["method"], path=problems.address(scope), status=status, ms=round(seconds * 1000, 1)
    )


async def _apologise(send: Send, path: str, request_id: str) -> None:
    body = orjson.dumps(
        {
            "type": "urn:flipside:problem:internal",
            "title": "Internal error",
            "status": 500,
            "detail": "Something went wrong on our side. Name the request_id when you report it.",
            "instance": path,
            "code": "internal",
            "request_id": request_id,
        }
    )
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
