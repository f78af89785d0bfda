"""Opening a connection to somebody outside: resolve now, check every answer, dial what was checked."""

import asyncio
import resource
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final
from weakref import WeakSet

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult

from app.outgoing import addresses, connecting, tunnelling
from app.outgoing.connecting import Connector, Info
from app.outgoing.tunnelling import Proxy

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

CONNECT_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 15.0
MAX_DIALLED: Final = 4
RESOLVER_THREADS: Final = 64
# An answer with more of either is none: real ones stay far below.
MOST_HEADERS: Final = 128
LONGEST_HEADER: Final = 16 * 1024


class AddressBlocked(Exception):
    """At least one answer for the host's name is not public."""


class NameUnresolved(Exception):
    """The host's name has no address."""


@dataclass(slots=True)
class Dial:
    """What one exchange learns while connecting; untouched when an idle connection is used again."""

    address: str | None = None
    is_attempted: bool = False


# The client beneath tells a resolver what to look up, not for which request; both run in one context.
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


class Dialler(AbstractResolver):
    """Where names become addresses, and addresses sockets: here and nowhere else.

    TLS speaks of the name in the URL, as `Host` does, whatever address is dialled.
    """

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        # Whatever goes out, of whichever process, goes through it.
        self.proxy = tunnelling.configured()
        self._open: WeakSet[socket.socket] = WeakSet()
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._most_open = sys.maxsize if files == resource.RLIM_INFINITY else files // 2

    @property
    def is_crowded(self) -> bool:
        """Whether so many connections are open that no more should be kept for later."""
        return len(self._open) > self._most_open

    def session(self, tls: ssl.SSLContext, **wishes: Any) -> aiohttp.ClientSession:
        """A client that connects through here: no proxy, no cookies, nothing unpacked, no address remembered."""
        connector = Connector(
            partial(self._tunnel, self.proxy) if self.proxy else partial(connecting.raced, make=self._socket),
            ssl=tls,
            resolver=self,
            use_dns_cache=False,
            # Who sends decides how much runs at once; waiting here would count against the receiver.
            limit=0,
            keepalive_timeout=IDLE_SECONDS,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            max_headers=MOST_HEADERS,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            **wishes,
        )

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host` that may be dialled: all of them, or none."""
        current.get().is_attempted = True
        return [
            ResolveResult(hostname=host, host=str(answer), port=port, family=family, proto=0, flags=0)
            for answer in (await self._checked_answers(host, port))[:MAX_DIALLED]
        ]

    async def close(self) -> None:
        """Nothing is held here."""

    async def _checked_answers(self, host: str, port: int) -> Sequence[Address]:
        try:
            answers = await self._resolve(host, port)
        except (OSError, ValueError) as error:
            raise NameUnresolved from error
        if not answers:
            raise NameUnresolved
        # One bad answer spoils all: a name with two faces is how a second lookup is lured inside.
        # The address stays unrecorded, or the delivery log would tell outsiders how we number our network.
        if not all(map(self._is_allowed, answers)):
            raise AddressBlocked
        return answers

    def _socket(self, info: Info) -> socket.socket:
        """A socket for one address."""
        family, kind, protocol, _, (address, *_) = info
        self._admit(address)
        made = socket.socket(family, kind, protocol)
        self._open.add(made)
        return made

    async def _tunnel(self, proxy: Proxy, infos: list[Info]) -> socket.socket:
        """A socket that leads to the first of these addresses where anybody is."""
        for info in infos[:-1]:
            with suppress(OSError):
                return await self._led(proxy, info)
        return await self._led(proxy, infos[-1])

    async def _led(self, proxy: Proxy, info: Info) -> socket.socket:
        """As `_socket`, and it leads there already."""
        address, port, *_ = info[4]
        self._admit(address)
        made = await proxy.tunnel(address, port)
        self._open.add(made)
        return made

    def _admit(self, address: str) -> None:
        """Let an address be dialled. Asked again: a URL that names its address is never resolved."""
        if not self._is_allowed(ip_address(address)):
            raise AddressBlocked
        dial = current.get()
        dial.is_attempted, dial.address = True, address

    def _is_allowed(self, address: Address) -> bool:
        return self._allow_private or addresses.is_public(address)


@cache
def public_tls() -> ssl.SSLContext:
    """TLS with whoever the browsers' authorities vouch for, whatever this machine trusts."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def _look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
