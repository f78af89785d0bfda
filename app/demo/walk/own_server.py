"""A server of the demonstration's own: a database, a process and a port, all gone again at the end."""

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx

from app.commands.serving import listen
from app.config import Settings
from app.demo.walk.caller import Refused

_START_SECONDS, _STOP_SECONDS = 60.0, 20.0


@asynccontextmanager
async def own_database(owner: str) -> AsyncIterator[str]:
    """The address of a fresh database on the server at `owner`, dropped at the end."""
    name = f"flipside_demo_{secrets.token_hex(4)}"
    try:
        await _execute(owner, f"create database {name}")
        # It does not outlive this process: no commit has to wait for the disk.
        await _execute(owner, f"alter database {name} set synchronous_commit = off")
    except asyncpg.InsufficientPrivilegeError:
        raise Refused("The account in FLIPSIDE_DATABASE_URL may not create the demonstration's database.") from None
    try:
        yield urlsplit(owner)._replace(path=f"/{name}").geturl()
    finally:
        await _execute(owner, f"drop database {name} with (force)")


async def analyse(address: str) -> None:
    """Let the planner know the tables as they are. Autovacuum comes too late to a database that grows this fast."""
    await _execute(address, "analyze")


async def _execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def own_process(address: str) -> AsyncIterator[str]:
    """The address of `flipside serve` on a free port of this machine, ready, over the database at `address`."""
    with tempfile.TemporaryDirectory(prefix="flipside-demo-") as folder:
        port, log = _free_port(), Path(folder) / "log"
        with log.open("wb") as said:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app.cli", "serve"),
                stdout=said,
                stderr=said,
                env=_environment(address, folder, port),
            )
        try:
            base_url = f"http://127.0.0.1:{port}"
            await _until_ready(base_url, process, log)
            yield base_url
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(_STOP_SECONDS):
                    await process.wait()


def _environment(address: str, folder: str, port: int) -> dict[str, str]:
    # None of the caller's settings: they may name a server of theirs, or production.
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("FLIPSIDE_")}
    ours = {name: str(Settings.model_fields[name].default) for name in ("host", "environment")}
    ours |= {"database_url": address, "data_dir": folder, "port": str(port), "drain_seconds": "0"}
    return {**kept, **{f"FLIPSIDE_{name.upper()}": value for name, value in ours.items()}}


def _free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
    return port


async def _until_ready(base_url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with httpx.AsyncClient(timeout=2) as client, asyncio.timeout(_START_SECONDS):
        while True:
            if process.returncode is not None:
                raise Refused(f"The demonstration's server did not start:\n{_tail(log)}")
            try:
                if (await client.get(f"{base_url}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
