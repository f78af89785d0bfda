"""Roles of the service as processes of their own: started, called, stopped, killed."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.commands.serving import listen


def free_port() -> int:
    """A port that nobody listens on."""
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
    return port


async def eventually(holds: Callable[[], bool | Awaitable[bool]], *, seconds: float = 60, pause: float = 0.02) -> None:
    """Wait until something holds. Nobody tells us: it happens in another process."""
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(pause)


@dataclass
class Service:
    """A role as a process, and how to reach it."""

    environment: dict[str, str]
    base_url: str
    process: Process | None = None

    async def start(self, *arguments: str) -> Process:
        """Start a role; it is ready once this returns, unless it is a worker."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.cli", *arguments),
            env=self.environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        if arguments[0] != "worker":
            await self.until(200)
        return self.process

    async def until(self, status: int) -> None:
        """Wait until readiness says so."""

        async def says_so() -> bool:
            if self.process is not None and self.process.returncode is not None:
                pytest.fail((await self.process.communicate())[1].decode())
            with suppress(httpx.TransportError):
                return (await client.get(f"{self.base_url}/health/ready")).status_code == status
            return False

        async with httpx.AsyncClient(timeout=2) as client:
            await eventually(says_so)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int | None, str]:
        """Send a signal, wait; the exit code and what it said."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(how)
        async with asyncio.timeout(30):
            said = await self.process.communicate()
        return self.process.returncode, b"".join(said).decode()

    async def run(self, *arguments: str) -> str:
        """Run a command to its end; what it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.cli", *arguments), env=self.environment, stdout=PIPE, stderr=PIPE
        )
        said, complained = await process.communicate()
        assert process.returncode == 0, complained.decode()
        return said.decode()


def a_service(folder: Path, **settings: str) -> Service:
    """A service with its data in `folder`."""
    port = free_port()
    # Without bytecode each process would compile every library anew.
    left_out = ("FLIPSIDE_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    chosen = {"data_dir": str(folder), "port": str(port), **settings}
    environment = {**kept, **{f"FLIPSIDE_{name.upper()}": value for name, value in chosen.items()}}
    return Service(environment, f"http://127.0.0.1:{port}")


@asynccontextmanager
async def calling(service: Service, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=service.base_url, headers=headers, timeout=10) as client:
        yield client


async def founded(service: Service) -> str:
    """A new organisation; the key of its administrator."""
    return str(re.findall(r"fsk_live_\w+", await service.run("organisations", "create", "Acme"))[0])


async def every(client: httpx.AsyncClient, path: str, **query: str) -> list[dict[str, Any]]:
    """A whole list, page by page."""
    found: list[dict[str, Any]] = []
    query["limit"] = "100"
    while True:
        page = (await client.get(path, params=query)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def children_of(pid: int) -> set[int]:
    """The processes under another."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie: the children of a killed process are not ours to bury."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
