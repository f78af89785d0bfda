"""One GET of a small JSON document from somebody outside: capped in size and time, and never led elsewhere."""

import asyncio
from typing import Any, Final

import aiohttp
import orjson

from app import config
from app.outgoing import addresses, dialling

LARGEST_BYTES: Final = 64 * 1024
LONGEST_SECONDS: Final = 5.0
_OK: Final = 200
# Identity, or a few kilobytes could unfold into gigabytes. A redirect is an answer like any other: not 200.
_HEADERS: Final = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "Flipside/1"}


class FetchFailed(Exception):
    """Nothing usable came. The text says why, in words that may be logged; `status` is that of an answer, if any."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


async def document(url: str, authorization: str | None = None) -> dict[str, Any]:
    """The JSON object at `url`. Raises `FetchFailed`, whatever happens."""
    headers = _HEADERS if authorization is None else {**_HEADERS, "authorization": authorization}
    allow_private = config.settings().private_webhooks_allowed
    resolver = dialling.Resolver()
    dialler = dialling.Dialler(resolver, allow_private=allow_private)
    token = dialling.current.set(dialling.Dial())
    try:
        addresses.check_url(url, allow_private=allow_private)
        async with (
            asyncio.timeout(LONGEST_SECONDS),
            dialler.session(dialling.public_tls(), headers=headers) as session,
            session.get(url, allow_redirects=False) as response,
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


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.status != _OK:
        raise FetchFailed(f"status {response.status}", response.status)
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise FetchFailed(f"more than {LARGEST_BYTES} bytes")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    found = orjson.loads(body)
    if not isinstance(found, dict):
        raise FetchFailed("no JSON object")
    return found
