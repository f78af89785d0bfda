"""Receivers under measure, in a process of their own: every address of 127/8 on one port is one of them.

`python -m bench.receiver` prints its port. It answers 204 to every POST but those to `/hang`, which it never answers,
keeps when each `webhook-id` came first and which deliveries came more than once. `GET /kept` tells it and forgets it,
`GET /count` says how many came.
"""

import asyncio
import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvloop

from app import clock

_BACKLOG = 4096
_OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Receivers:
    """Those that run."""

    port: int
    pid: int

    def url(self, number: int, path: str = "/in") -> str:
        """The address of one of them; each is another origin."""
        return f"http://127.{1 + number // 65_000}.{number // 250 % 260}.{1 + number % 250}:{self.port}{path}"

    def kept(self) -> dict[str, Any]:
        """What came since the last time: `count`, `first` and `last` (seconds), `twice`, `arrived` by event."""
        return self._told("/kept")

    def count(self) -> int:
        """How many came since then."""
        return int(self._told("/count")["count"])

    def _told(self, path: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            return found
        finally:
            connection.close()


@contextmanager
def running() -> Iterator[Receivers]:
    """Receivers, for as long as the block runs."""
    process = subprocess.Popen([sys.executable, "-m", "bench.receiver"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Receivers(int(process.stdout.readline()), process.pid)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


class _Kept:
    """What came."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.deliveries: Counter[str] = Counter()
        self.count, self.first, self.last = 0, 0.0, 0.0

    def note(self, head: bytes) -> None:
        """One POST."""
        self.last = clock.now().timestamp()
        self.first = self.first or self.last
        self.count += 1
        self.arrived.setdefault(_value(head, b"\nwebhook-id:"), self.last)
        self.deliveries[_value(head, b"\nflipside-delivery-id:")] += 1

    def told(self) -> bytes:
        """All of it as JSON."""
        found = {
            "count": self.count,
            "first": self.first,
            "last": self.last,
            "twice": sum(count > 1 for count in self.deliveries.values()),
            "arrived": self.arrived,
        }
        return json.dumps(found).encode()


def _value(head: bytes, name: bytes) -> str:
    _, found, rest = head.partition(name)
    return rest.partition(b"\r")[0].decode().strip() if found else ""


class _Connection(asyncio.Protocol):
    """One keep-alive connection; heads come before their bodies, in any number of pieces."""

    def __init__(self, kept: _Kept) -> None:
        self._kept = kept
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            # Names come in any case; values hold nothing that lower case would spoil.
            head = self._held[:end].lower() + b"\r"
            whole = end + 4 + int(_value(head, b"\ncontent-length:") or 0)
            if len(self._held) < whole:
                return
            self._held = self._held[whole:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if head.startswith(b"post /hang"):
            return
        if head.startswith(b"post"):
            self._kept.note(head)
            self._transport.write(_OK)  # type: ignore[attr-defined]
            return
        if head.startswith(b"get /count"):
            body = json.dumps({"count": self._kept.count}).encode()
        else:
            body = self._kept.told()
            self._kept.__init__()  # type: ignore[misc]
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))  # type: ignore[attr-defined]


async def _serve() -> None:
    kept = _Kept()
    # All of 127/8, and nobody looks for us anywhere else.
    everywhere = "0.0.0.0"  # noqa: S104
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(kept), everywhere, 0, backlog=_BACKLOG)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve())
