"""One GET of a small JSON document from somebody outside: capped in size and time, and never led elsewhere."""

import asyncio
import ssl
from functools import cache
from typing import Any, Final

import httpcore
import orjson

from app import config
from app.outgoing import addresses, dialling

LARGEST_BYTES: Final = 64 * 1024
LONGEST_SECONDS: Final = 5.0
_OK: Final = 200
# Identity, or a few kilobytes could unfold into gigabytes. A redirect is an answer like any other: not 200.
_HEADERS: Final = (("accept", "application/json"), ("accept-encoding", "identity"), ("user-agent", "Flipside/1"))


class FetchFailed(Exception):
    """Nothing usable came. The text says why, in words that may be logged."""


async def document(url: str) -> dict[str, Any]:
    """The JSON object at `url`. Raises `FetchFailed`, whatever happens."""
    allow_private = config.settings().private_webhooks_allowed
    resolver = dialling.Resolver()
    backend = dialling.CheckedBackend(resolver, allow_private=allow_private)
    token = dialling.current.set(dialling.Dial())
    try:
        addresses.check_url(url, allow_private=allow_private)
        async with (
            asyncio.timeout(LONGEST_SECONDS),
            httpcore.AsyncConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
            pool.stream("GET", url, headers=_HEADERS) as response,
        ):
            return _object(await _body(response))
    except FetchFailed:
        raise
    # The client beneath has many ways to fail, and who asked for the document goes on without it after each.
    except Exception as error:
        raise FetchFailed(type(error).__name__) from error
    finally:
        dialling.current.reset(token)
        resolver.close()


async def _body(response: httpcore.Response) -> bytes:
    if response.status != _OK:
        raise FetchFailed(f"status {response.status}")
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise FetchFailed(f"more than {LARGEST_BYTES} bytes")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    found = orjson.loads(body)
    if not isinstance(found, dict):
        raise FetchFailed("no JSON object")
    return found


@cache
def _tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()
