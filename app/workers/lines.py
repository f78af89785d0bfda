"""How one endpoint's requests leave: one after the other while the receiver is quick, side by side while it is slow."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, cast

from app.workers.loading import Load, Parcel
from app.workers.tries import Try

# Whatever waits longer for those before it is worth a connection more.
PATIENCE_SECONDS: Final = 0.02

Send = Callable[[Load, Parcel], Awaitable[Try]]


class Lines:
    """Sends what it is given and keeps what came back, on as few lines as the receiver's answers need.

    Each line has one request on its way, so it keeps one connection.
    """

    def __init__(self, send: Send) -> None:
        # How many were given and not taken back yet.
        self.under_way = 0
        self._send, self._width = send, 1
        self._waiting: deque[tuple[Load, Parcel]] = deque()
        self._open: set[asyncio.Task[None]] = set()
        self._back: list[Try] = []
        self._news: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._error: BaseException | None = None

    def give(self, load: Load) -> None:
        """Put parcels on their way. No more lines are ever open than parcels are under way."""
        self.under_way += len(load.parcels)
        self._waiting.extend((load, parcel) for parcel in load.parcels)
        self._widen()
        self._wait()

    async def take(self, seconds: float) -> list[Try]:
        """What has come back; waits for the first, and no longer than that. Raises what a line raised.

        While something waits to be sent, answers are gathered for as long as our patience lasts: to write down several
        costs little more than one.
        """
        if (self._waiting or not self._back) and self._error is None:
            loop = asyncio.get_running_loop()
            self._news = loop.create_future()
            timer = loop.call_later(seconds, self._tell)
            try:
                await self._news
            finally:
                timer.cancel()
        if self._error is not None:
            raise self._error
        back, self._back = self._back, []
        self.under_way -= len(back)
        return back

    def cancel(self) -> None:
        """Break off what is on its way."""
        for line in self._open:
            line.cancel()
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._hurry)

    def _hurry(self) -> None:
        """Open more lines, if something still waits."""
        self._timer = None
        if self._waiting:
            self._width *= 2
            self._widen()
            self._wait()
        self._tell()

    def _widen(self) -> None:
        while len(self._open) < min(self._width, self.under_way - len(self._back)) and self._waiting:
            line = asyncio.ensure_future(self._line(*self._waiting.popleft()))
            self._open.add(line)
            line.add_done_callback(self._ended)

    async def _line(self, load: Load, parcel: Parcel) -> None:
        while True:
            done = await self._send(load, parcel)
            self._back.append(done)
            if not self._waiting:
                self._tell()
                # Not in its callback, which comes a moment later: what is given meanwhile would find a line too many.
                self._open.discard(cast("asyncio.Task[None]", asyncio.current_task()))
                return
            load, parcel = self._waiting.popleft()

    def _ended(self, line: asyncio.Task[None]) -> None:
        if not line.cancelled() and (error := line.exception()):
            self._error = error
            self._tell()

    def _tell(self) -> None:
        if self._news and not self._news.done():
            self._news.set_result(None)
