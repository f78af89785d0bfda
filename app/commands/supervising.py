"""Several API processes on one port: started, started again when one dies, stopped together."""

import asyncio
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from app import logs
from app.commands.serving import GRACEFUL_SECONDS, on_stop

# A process that ends sooner than this has not begun to serve: the next one would fare no better.
_SHORTEST_LIFE_SECONDS = 5.0
# What a process may take to end beyond the time it gives its callers.
_LEEWAY_SECONDS = 5.0

log = logs.get(__name__)


class ProcessFailed(RuntimeError):
    """An API process ended before it served; its own message stands above."""


class Supervisor:
    """Keeps `count` processes alive that share one listening socket."""

    def __init__(self, listener: socket.socket, count: int, drain_seconds: float) -> None:
        self._listener, self.count = listener, count
        self._patience_seconds = drain_seconds + GRACEFUL_SECONDS + _LEEWAY_SECONDS
        self._stopping = asyncio.Event()
        self._failed = False

    async def run(self) -> None:
        """Supervise until a signal, or until a process cannot even start. Raises `ProcessFailed`."""
        with on_stop(self._stopping.set):
            async with asyncio.TaskGroup() as places:
                for _ in range(self.count):
                    places.create_task(self._keep())
        if self._failed:
            raise ProcessFailed("An API process could not start; the lines above say why.")

    async def _keep(self) -> None:
        """Keep one place taken."""
        while not self._stopping.is_set():
            began = time.monotonic()
            process = await self._start()
            ended = asyncio.create_task(process.wait())
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if self._stopping.is_set():
                await self._end(process)
                await ended
            elif time.monotonic() - began < _SHORTEST_LIFE_SECONDS:
                self._failed = True
                self._stopping.set()
            else:
                log.error("api.died", pid=process.pid, code=process.returncode)

    async def _end(self, process: Process) -> None:
        """Let a process finish; one that does not is killed: nothing that was answered is lost by it."""
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self._patience_seconds):
                await process.wait()
        except TimeoutError:
            log.error("api.killed", pid=process.pid)
            process.kill()
            await process.wait()

    async def _start(self) -> Process:
        number = self._listener.fileno()
        command = (sys.executable, "-m", "app.cli", "api", "--on-socket", str(number))
        # Its stdin tells it that we are gone: nobody else would stop it after a kill -9 of ours.
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, pass_fds=(number,))
