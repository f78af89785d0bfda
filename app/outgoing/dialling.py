"""Opening a connection to somebody outside: resolve now, check every answer, dial what was checked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

import httpcore

from app.outgoing import addresses

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

MAX_DIALLED: Final = 4
RESOLVER_THREADS: Final = 64


class AddressBlocked(Exception):
    """At least one answer for the host's name is not public."""


class NameUnresolved(Exception):
    """The host's name has no address."""


@dataclass(slots=True)
class Dial:
    """What one exchange learns while connecting; untouched when an idle connection is used again."""

    address: str | None = None
    is_attempted: bool = False
    is_connected: bool = False


# httpcore tells a backend where to connect, not for which request; both run in one task.
current: ContextVar[Dial] = ContextVar("current_dial")


class Resolver:
    """The system's resolver, on threads of its own.

    A lookup cannot be cancelled. On the loop's few default threads, half a dozen names with a silent name server
    would hold up everything else that goes out.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Every address of `host`, in the system's order of preference."""
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._threads, _look_up, host, port)
        return [ip_address(answer[4][0]) for answer in answers]

    def close(self) -> None:
        """Let go of the threads; a lookup under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's network, except that names become addresses here and nowhere else.

    TLS is started by httpcore on the stream, with the name of the URL: SNI, certificate and `Host` speak of the name.
    """

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers, if all of them are public."""
        dial = current.get()
        dial.is_attempted = True
        async with asyncio.timeout(timeout):
            answers = await self._checked_answers(host, port)
            return await self._first(dial, answers[:MAX_DIALLED], port, timeout)

    async def _checked_answers(self, host: str, port: int) -> Sequence[Address]:
        try:
            answers = await self._resolve(host, port)
        except (OSError, ValueError) as error:
            raise NameUnresolved from error
        if not answers:
            raise NameUnresolved
        # One bad answer spoils all: a name with two faces is how a second lookup is lured inside.
        # The address stays unrecorded, or the delivery log would tell outsiders how we number our network.
        if not self._allow_private and not all(addresses.is_public(answer) for answer in answers):
            raise AddressBlocked
        return answers

    async def _first(
        self, dial: Dial, answers: Sequence[Address], port: int, limit: float | None
    ) -> httpcore.AsyncNetworkStream:
        # An equal share of the time each, so that one that swallows packets leaves some to the next.
        share = None if limit is None else limit / len(answers)
        for address in answers[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._connect(dial, address, port, share)
        return await self._connect(dial, answers[-1], port, share)

    async def _connect(
        self, dial: Dial, address: Address, port: int, share: float | None
    ) -> httpcore.AsyncNetworkStream:
        dial.address = str(address)
        stream = await self._network.connect_tcp(str(address), port, share)
        dial.is_connected = True
        return stream


def _look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
