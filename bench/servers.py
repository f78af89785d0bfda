"""The two servers under measure: one uvicorn process each, with the same loop, parser and size of pool."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.data import ENVIRONMENT, ROOT, Data
from bench.limit import POOL
from bench.load import Request

LIMIT_PORT, SERVICE_PORT, UNGUARDED_PORT = 8951, 8952, 8953
_LIMIT = ["uvicorn", "bench.limit:app", "--port", str(LIMIT_PORT), "--loop", "uvloop", "--http", "httptools"]
_QUIET = ["--lifespan", "on", "--no-proxy-headers", "--no-access-log", "--log-level", "warning", "--no-server-header"]


@dataclass(frozen=True)
class Server:
    """One that runs."""

    port: int
    pid: int

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Status and body of one request."""
        method, target, body, authorization, key = request
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, target, body.encode() or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def running(data: Data) -> Iterator[tuple[Server, Server]]:
    """The limit and the service, for as long as the block runs."""
    environment = _environment(data, SERVICE_PORT)
    with (
        process([*_LIMIT, *_QUIET], LIMIT_PORT, environment) as limit,
        process(["app.cli", "api"], SERVICE_PORT, environment) as service,
    ):
        yield limit, service


@contextmanager
def unguarded(data: Data) -> Iterator[Server]:
    """The service without authentication and policy."""
    with process(["bench.unguarded", "api"], UNGUARDED_PORT, _environment(data, UNGUARDED_PORT)) as server:
        yield server


@contextmanager
def unlimited(data: Data) -> Iterator[Server]:
    """The service without budgets, as an operator may have it."""
    none = {f"FLIPSIDE_RATE_LIMIT_{kind}": "0" for kind in ("CREDENTIAL", "ORGANISATION", "OPERATION", "ADDRESS")}
    with process(["app.cli", "api"], UNGUARDED_PORT, _environment(data, UNGUARDED_PORT) | none) as server:
        yield server


def _environment(data: Data, port: int) -> dict[str, str]:
    return {
        **os.environ,
        **ENVIRONMENT,
        "BENCH_ADDRESS": data.address,
        "FLIPSIDE_DATABASE_URL": data.address,
        "FLIPSIDE_ENVIRONMENT": "production",
        "FLIPSIDE_DRAIN_SECONDS": "0",
        "FLIPSIDE_PORT": str(port),
        "FLIPSIDE_READ_POOL_SIZE": str(POOL),
        "FLIPSIDE_WRITE_POOL_SIZE": str(POOL),
        # At most as many wait as the load keeps under way.
        "FLIPSIDE_POOL_WAIT_SECONDS": "10",
    }


@contextmanager
def process(module: list[str], port: int, environment: dict[str, str], folder: Path = ROOT) -> Iterator[Server]:
    """A server of its own, which answers by the time that the block begins. What it says is kept in `folder`."""
    log = (folder / f"server-{port}.log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", *module], env=environment, stdout=log, stderr=log)
    try:
        _await(process, port)
        yield Server(port, process.pid)
    finally:
        stop(process)
        log.close()


def stop(process: subprocess.Popen[bytes]) -> None:
    """Let a process finish what it has under way; break it off after longer than ours ever take."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise SystemExit(f"The server on port {port} did not start: see {ROOT / f'server-{port}.log'}")
