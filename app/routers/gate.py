"""The outermost layer, pure ASGI: a request id for everything, one log line, and no bug explained to a caller."""

import re
import time
import uuid

import orjson
import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.routers.problems import address

_log = logs.get(__name__)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_SLOW_SECONDS = 1.0
# For the log alone, as proxies write it.
_HUNG_UP = 499


class Gate:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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
                message["headers"] = [*message["headers"], stamp]
            await send(message)

        try:
            await self._app(scope, receive, stamped)
        except ClientDisconnect:
            # They hung up in the middle of their body: nothing failed, and nobody is there to be told.
            status = status or _HUNG_UP
        except Exception:
            _log.exception("request.failed", method=scope["method"], path=address(scope))
            if status:
                raise
            await _apologise(stamped, address(scope), request_id)
        finally:
            _note(scope, status, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return uuid.uuid4().hex


def _note(scope: Scope, status: int, seconds: float) -> None:
    # What went well and fast is noise; ask for it with FLIPSIDE_LOG_LEVEL=debug.
    say = _log.info if status >= 400 or seconds > _SLOW_SECONDS else _log.debug
    # Quoted again: what a caller wrote into a path must neither begin a line of the log nor steer a terminal.
    say("request", method=scope["method"], path=address(scope), status=status, ms=round(seconds * 1000, 1))


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
