"""Is this process alive, and can it serve? No credential, no detail that a stranger could use."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import db as database
from app.errors import DomainError

_PATIENCE_SECONDS = 0.2


async def live(_request: Request) -> Response:
    """The process answers; the database is not asked."""
    return JSONResponse({"status": "ok"})


async def ready(_request: Request) -> Response:
    """The database answers and has the schema that this code needs."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await database.current().reads.fetch("", "select 1 from credential limit 1", ())
    except (TimeoutError, DomainError, RuntimeError, OSError):
        return JSONResponse({"status": "unavailable"}, 503, {"Retry-After": "1"})
    return JSONResponse({"status": "ok"})
