"""Going out through a proxy: a tunnel (CONNECT) to an address that we have checked ourselves."""

import asyncio
import base64
import re
import socket
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from app import config

PROXY_SECONDS: Final = 3.0
LONGEST_HEAD: Final = 16 * 1024
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})[ \r]")
_OPEN: Final = range(200, 300)
# The proxy found nobody at the destination, and that is the destination's fault (docs/decisions/0025).
_UNREACHED: Final = frozenset({502, 503, 504})


class ProxyFailed(Exception):
    """The proxy cannot be reached, or does not let us through."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it listens, and what it is told of us."""

    host: str
    port: int
    authorization: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """One that is written as `http://user:password@host:port`."""
        parts, said = urlsplit(url), ""
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            said = f"proxy-authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
        return cls(parts.hostname or "", parts.port or 0, said)

    async def tunnel(self, address: str, port: int) -> socket.socket:
        """A socket that leads to an address. Raises `ProxyFailed`, or `ConnectionRefusedError` if nobody is there."""
        led = await self._reached()
        try:
            status = await self._asked(led, f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
        except BaseException:
            led.close()
            raise
        if status in _OPEN:
            return led
        led.close()
        raise ConnectionRefusedError if status in _UNREACHED else ProxyFailed

    async def _reached(self) -> socket.socket:
        # Whatever its address: the operator named it.
        try:
            return await asyncio.to_thread(socket.create_connection, (self.host, self.port), PROXY_SECONDS)
        except OSError as error:
            raise ProxyFailed from error

    async def _asked(self, led: socket.socket, authority: str) -> int:
        """The proxy's answer to the wish to be led there; 0 for one that is none."""
        led.setblocking(False)
        loop, head = asyncio.get_running_loop(), b""
        wish = f"CONNECT {authority} HTTP/1.1\r\nhost: {authority}\r\n{self.authorization}\r\n"
        try:
            await loop.sock_sendall(led, wish.encode())
            # Whoever is there waits for us to speak, so nothing of theirs comes along.
            while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
                if not (more := await loop.sock_recv(led, LONGEST_HEAD)):
                    break
                head += more
        except OSError as error:
            raise ProxyFailed from error
        answer = _STATUS.match(head) if head.endswith(b"\r\n\r\n") else None
        return int(answer[1]) if answer else 0


def configured() -> Proxy | None:
    """The one of this deployment. Those that the environment names are none of ours."""
    url = config.settings().egress_proxy
    return Proxy.parse(url.get_secret_value()) if url else None
