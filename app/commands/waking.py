"""Waking workers at a change: at once in this process, by a NOTIFY in others (docs/decisions/0026).

The NOTIFY is a statement of its own, after the change and for all changes of a moment: inside their transactions it
would make them commit one after the other. Who hears nothing looks at the queues by itself, twice a second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from app import logs
from app.failures import LOST

# Changes come in bursts: one look at the queue serves all that were answered meanwhile.
NUDGE_SECONDS = 0.02
CONNECT_SECONDS, AGAIN_SECONDS = 5.0, 5.0
_CHANNEL = "flipside_changes"
_AWAY = (*LOST, OSError, TimeoutError)

log = logs.get(__name__)


class Nudge:
    """Wakes somebody at a change, and then once for all changes of the next moment."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._rested_at = 0.0
        self._pending: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """A change was answered."""
        if self._pending is None:
            loop = asyncio.get_running_loop()
            self._pending = loop.call_at(max(self._rested_at, loop.time()), self._done)

    def _done(self) -> None:
        self._pending, self._rested_at = None, asyncio.get_running_loop().time() + NUDGE_SECONDS
        self._wake()


class Caller:
    """Calls the workers of other processes, on a connection that it opens at the first change."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: asyncpg.Connection | None = None
        self._telling: asyncio.Task[None] | None = None
        self._is_wanted = False

    def __call__(self) -> None:
        """Call soon; once more after the call that is under way, which may have been heard already."""
        self._is_wanted = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._address, timeout=CONNECT_SECONDS)
            while self._is_wanted:
                self._is_wanted = False
                await self._connection.execute(f"notify {_CHANNEL}", timeout=CONNECT_SECONDS)
        except _AWAY as error:
            log.info("workers.not_called", error=type(error).__name__)

    async def aclose(self) -> None:
        """Finish the call that is under way, and let go."""
        if self._telling is not None:
            await self._telling
        if self._connection is not None:
            self._connection.terminate()


@asynccontextmanager
async def hearing(address: str, wake: Callable[[], None]) -> AsyncIterator[None]:
    """Let calls of other processes wake somebody, for as long as the block runs."""
    ear = asyncio.create_task(_hear(address, wake))
    try:
        yield
    finally:
        ear.cancel()
        with suppress(asyncio.CancelledError):
            await ear


async def _hear(address: str, wake: Callable[[], None]) -> None:
    def called(*_: Any) -> None:
        wake()

    while True:
        try:
            connection = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
        except _AWAY as error:
            log.info("calls.not_heard", error=type(error).__name__)
        else:
            await _listen(connection, called)
        await asyncio.sleep(AGAIN_SECONDS)


async def _listen(connection: asyncpg.Connection, called: Callable[..., None]) -> None:
    """Hear calls until the connection ends."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    try:
        with suppress(*_AWAY):
            await connection.add_listener(_CHANNEL, called)
            # What was written before we listened.
            called()
            await ended.wait()
    finally:
        connection.terminate()
