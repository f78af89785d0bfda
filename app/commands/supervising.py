"""Several API processes on one port: started, started again when one dies, stopped together."""

import asyncio
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process

from app import logs
from app.commands.serving import on_stop

# A process that ends sooner than this has not begun to serve: the next one would fare no better.
_SHORTEST_LIFE_SECONDS = 5.0

log = logs.get(__name__)


class ProcessFailed(RuntimeError):
    """An API process ended before it served; its own message stands above."""


class Supervisor:
    """Keeps `count` processes alive that share one listening socket."""

    def __init__(self, listener: socket.socket, count: int) -> None:
        self._listener, self.count = listener, count
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
                _terminate(process)
                await ended
            elif time.monotonic() - began < _SHORTEST_LIFE_SECONDS:
                self._failed = True
                self._stopping.set()
            else:
                log.error("api.died", pid=process.pid, code=process.returncode)

    async def _start(self) -> Process:
        number = self._listener.fileno()
        command = (sys.executable, "-m", "app.cli", "api", "--on-socket", str(number))
        # Its stdin tells it that we are gone: nobody else would stop it after a kill -9 of ours.
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, pass_fds=(number,))


def _terminate(process: Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
