"""Drives a server with a file of requests: by wrk where it is installed, else by a generator of our own.

A line of the file: method, target, body, authorization and idempotency key, between tabs.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import uvloop

Request = tuple[str, str, str, str, str]
_SCRIPT = Path(__file__).with_name("replay.lua")


@dataclass(frozen=True)
class Load:
    """What one run came to. Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def write(path: Path, requests: Iterable[Request]) -> None:
    """Write a file of requests."""
    path.write_text("".join("\t".join(request) + "\n" for request in requests))


def generator() -> str:
    """What will drive."""
    return "wrk" if shutil.which("wrk") else "bundled"


def drive(port: int, path: Path, *, seconds: float, concurrency: int) -> Load:
    """Put one server under load, from a process of its own."""
    driver = _wrk if generator() == "wrk" else _bundled
    return driver(port, path, seconds, concurrency)


def _wrk(port: int, path: Path, seconds: float, concurrency: int) -> Load:
    command = ["wrk", "-t1", f"-c{concurrency}", f"-d{max(1, round(seconds))}s", "-s", str(_SCRIPT)]
    said = subprocess.run(
        [*command, f"http://127.0.0.1:{port}", "--", str(path)], capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(said.rpartition("JSON ")[2])
    return Load(found["requests"], found["us"] / 1e6, found["p50"] / 1e3, found["p99"] / 1e3, found["errors"])


def _bundled(port: int, path: Path, seconds: float, concurrency: int) -> Load:
    command = [sys.executable, "-m", "bench.load", str(port), str(path), str(seconds), str(concurrency)]
    return Load(**json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


class _Driver:
    """The requests in their order, and what came of those that were sent."""

    def __init__(self, requests: list[bytes], ends_at: float) -> None:
        self._requests, self._next, self.ends_at = requests, 0, ends_at
        self.times: list[float] = []
        self.errors = 0

    def take(self) -> bytes:
        request = self._requests[self._next % len(self._requests)]
        self._next += 1
        return request


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way."""

    def __init__(self, driver: _Driver, over: asyncio.Future[None]) -> None:
        self._driver, self._over = driver, over
        self._missing, self._began = 0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._driver.take())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        # Heads of our answers come in one piece, bodies in any number.
        if self._missing == 0:
            head, _, body = data.partition(b"\r\n\r\n")
            at = head.lower().index(b"content-length:") + 15
            end = head.find(b"\r", at)
            self._missing = int(head[at : end if end > 0 else None]) - len(body)
            if head[9:10] != b"2" or body.startswith(b'{"errors"'):
                self._driver.errors += 1
        else:
            self._missing -= len(data)
        if self._missing == 0:
            now = time.perf_counter()
            self._driver.times.append(now - self._began)
            if now < self._driver.ends_at:
                self._send()
            else:
                self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if time.perf_counter() < self._driver.ends_at:
            self._driver.errors += 1
        if not self._over.done():
            self._over.set_result(None)


def _encoded(line: str, port: int) -> bytes:
    method, target, body, authorization, key = line.split("\t")
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {authorization}\r\n"
    if key:
        head += f"Idempotency-Key: {key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return f"{head}\r\n{body}".encode()


async def _drive(port: int, requests: list[bytes], seconds: float, concurrency: int) -> Load:
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    driver, over = _Driver(requests, began + seconds), [loop.create_future() for _ in range(concurrency)]
    for done in over:
        await loop.create_connection(lambda done=done: _Connection(driver, done), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*over)
    took, times = time.perf_counter() - began, sorted(driver.times)
    return Load(len(times), took, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3, driver.errors)


def main(port: str, path: str, seconds: str, concurrency: str) -> None:
    """Drive in this process and print what came of it as JSON."""
    requests = [_encoded(line, int(port)) for line in Path(path).read_text().splitlines()]
    load = uvloop.run(_drive(int(port), requests, float(seconds), int(concurrency)))
    os.write(1, json.dumps(vars(load)).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
