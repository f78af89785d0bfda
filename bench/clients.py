"""HTTP clients compared for the sender's work: `python -m bench.clients [names] [--endpoints 2000] [--seconds 4]`.

Each posts the same signed bodies to thousands of origins over connections that are kept, fifty at once, with the same
guards: every address that a name leads to is checked when it is dialled, one wall clock, an answer read up to a limit.
They take turns; what counts is CPU per delivery, of this process alone.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import cycle
from statistics import median
from typing import Any

import aiohttp
import httpcore
import httpx
import httpx_aiohttp
import uvloop

from app import clock
from app.outgoing import addresses, dialling
from app.webhooks import signing
from app.webhooks.sender import READ_BYTES, Sender
from bench import receiver

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
_TIMEOUT = 20.0
_POOLS = 32
_ACCEPTED = 204


async def sender(stack: AsyncExitStack) -> Post:
    """What the service sends with."""
    it = await stack.enter_async_context(Sender(allow_private=True))

    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        return (await it.post(url, headers, body, timeout=_TIMEOUT)).status or 0

    return post


class _Checked(httpcore.AsyncNetworkBackend):
    """httpcore's network, checked as the sender's is."""

    def __init__(self) -> None:
        self._resolve, self._network = dialling.Resolver(), httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        answers = await self._resolve(host, port)
        assert all(addresses.is_public(answer) or answer.is_loopback for answer in answers)
        return await self._network.connect_tcp(str(answers[0]), port, dialling.CONNECT_SECONDS)


class _Pools(httpx.AsyncBaseTransport):
    """httpx over many small pools: one large one is walked, twice, for every request."""

    def __init__(self) -> None:
        backend, kept = _Checked(), {"max_connections": None, "max_keepalive_connections": 80, "keepalive_expiry": 15}
        self._pools = [httpcore.AsyncConnectionPool(network_backend=backend, **kept) for _ in range(_POOLS)]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = await self._pools[hash(url.raw_host) % _POOLS].handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._answer.stream)

    async def aclose(self) -> None:
        await self._answer.aclose()


async def httpx_alone(stack: AsyncExitStack) -> Post:
    """httpx over its own connections, in the best way that we know."""
    return _over(await stack.enter_async_context(_client(_Pools())))


async def httpx_over_aiohttp(stack: AsyncExitStack) -> Post:
    """httpx over aiohttp's connections."""
    transport = httpx_aiohttp.AiohttpTransport(client=_session())
    return _over(await stack.enter_async_context(_client(transport)))


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    # One wall clock is kept around each request instead.
    return httpx.AsyncClient(transport=transport, timeout=None, trust_env=False)  # noqa: S113


def _over(client: httpx.AsyncClient) -> Post:
    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        async with asyncio.timeout(_TIMEOUT):
            response = await client.send(client.build_request("POST", url, headers=headers, content=body), stream=True)
            try:
                size = 0
                async for chunk in response.aiter_raw():
                    size += len(chunk)
                    if size >= READ_BYTES:
                        break
            finally:
                await response.aclose()
            return response.status_code

    return post


async def aiohttp_alone(stack: AsyncExitStack) -> Post:
    """aiohttp itself."""
    session = await stack.enter_async_context(_session(skip_auto_headers=("accept", "accept-encoding")))

    async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
        async with (
            asyncio.timeout(_TIMEOUT),
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            await response.content.read(READ_BYTES)
            return response.status

    return post


def _session(**wishes: Any) -> aiohttp.ClientSession:
    return dialling.Dialler(dialling.Resolver(), allow_private=True).session(dialling.public_tls(), **wishes)


CLIENTS: Mapping[str, Callable[[AsyncExitStack], Awaitable[Post]]] = {
    "httpx": httpx_alone,
    "httpx-aiohttp": httpx_over_aiohttp,
    "aiohttp": aiohttp_alone,
    "sender": sender,
}


def signed(count: int) -> list[tuple[dict[str, str], bytes]]:
    """Bodies as long as an event usually is, signed."""
    secret, made = signing.new_secret(), []
    for number in range(count):
        body = b'{"id":"evt_%026d","data":"%s"}' % (number, b"x" * 500)
        headers = {"content-type": "application/json", "user-agent": "flipside-webhooks/1"}
        made.append(({**headers, **signing.headers(f"evt_{number:026}", clock.now(), body, [secret])}, body))
    return made


async def loop(post: Post, urls: Sequence[str], *, seconds: float, at_once: int = 50) -> tuple[int, float, float]:
    """Post to one after the other for so long: how many were accepted, seconds, seconds of CPU of this process."""
    places, messages = cycle(urls), cycle(signed(200))
    began, cpu, accepted = time.perf_counter(), time.process_time(), 0

    async def run() -> None:
        nonlocal accepted
        while time.perf_counter() < began + seconds:
            headers, body = next(messages)
            status = await post(next(places), headers, body)
            accepted += status == _ACCEPTED

    await asyncio.gather(*(run() for _ in range(at_once)))
    return accepted, time.perf_counter() - began, time.process_time() - cpu


async def warm(post: Post, urls: Sequence[str]) -> None:
    """Post to each once, so that connections are there."""
    dialling.current.set(dialling.Dial())
    for at in range(0, len(urls), 100):
        await asyncio.gather(*(post(url, {"webhook-id": "evt_0"}, b"{}") for url in urls[at : at + 100]))


async def _measure(name: str, urls: Sequence[str], seconds: float) -> tuple[float, float]:
    async with AsyncExitStack() as stack:
        post = await CLIENTS[name](stack)
        await warm(post, urls)
        accepted, took, cpu = await loop(post, urls, seconds=seconds)
    return accepted / took, cpu / accepted * 1e6


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="bench.clients", description="Compare HTTP clients for sending webhooks.")
    parser.add_argument("clients", nargs="*", metavar=" | ".join(CLIENTS), help="which; all when none is named")
    parser.add_argument("--endpoints", type=int, nargs="*", default=[20, 2000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    chosen = parser.parse_args()
    print("| endpoints | client | requests/s | CPU µs each | CPU ratio |\n| --- | --- | --- | --- | --- |")
    with receiver.running() as receivers:
        for count in chosen.endpoints:
            urls, found = [receivers.url(number) for number in range(count)], dict[str, list[tuple[float, float]]]()
            for _ in range(chosen.rounds):
                for name in chosen.clients or CLIENTS:
                    found.setdefault(name, []).append(uvloop.run(_measure(name, urls, chosen.seconds)))
            base = None
            for name, rounds in found.items():
                rate, cpu = (median(column) for column in zip(*rounds, strict=True))
                base = base or cpu
                print(f"| {count:,} | {name} | {rate:,.0f} | {cpu:.0f} | {cpu / base:.2f} |", flush=True)


if __name__ == "__main__":
    main()
