"""The long-running roles, API and worker, alone or in one process: how they begin, and how they end without a loss.

A stop goes: readiness says no, while everybody is still served; then the door closes, and what is under way
is finished, by the worker too; then the database is let go.
"""

import asyncio
import errno
import gc
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, aclosing, contextmanager, nullcontext
from types import FrameType
from typing import Any

import uvicorn
import uvloop
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.commands.hosting import opened
from app.commands.protocol import Protocol
from app.commands.waking import Caller, Nudge, hearing
from app.config import Settings
from app.events import bell
from app.quotas import exchange
from app.workers.run import Worker

GRACEFUL_SECONDS = 10
# Longer than the idle time of usual load balancers: whoever closes first must not be us, between two of their requests.
_KEEP_ALIVE_SECONDS = 75
_MOST_CONNECTIONS = 2000
_LARGEST_FRAME = 1024 * 1024
_YOUNG_OBJECTS = 20_000
_SWITCH_SECONDS = 0.0005
_READY = "/health/ready"
_asked_to_leave = threading.Event()

log = logs.get(__name__)


class PortTaken(RuntimeError):
    """The address that the API should listen on is not to be had."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens: taken first of all, so that a taken port costs nobody the start of a database."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as unless_done:
            listener = unless_done.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(_MOST_CONNECTIONS)
            unless_done.pop_all()
    except OSError as error:
        raise PortTaken(_refusal(host, port, error)) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use by another program. Choose another: FLIPSIDE_PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this account. Choose one above 1023 in FLIPSIDE_PORT."
    return f"{host}:{port} cannot be listened on ({error.strerror}). Mend FLIPSIDE_HOST or FLIPSIDE_PORT."


class Door:
    """The application as callers meet it: open, or closing. Tells `on_write` when a change was answered."""

    def __init__(self, app: ASGIApp, on_write: Callable[[], None]) -> None:
        self._app, self._on_write = app, on_write
        self.is_closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse readiness while closing."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self.is_closing and scope["path"] == _READY:
            await JSONResponse({"status": "stopping"}, 503, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, receive, self._parting(send))
        if scope["method"] != "GET":
            self._on_write()

    def _parting(self, send: Send) -> Send:
        async def part(message: Message) -> None:
            # Whoever keeps a connection open would find it closed in the middle of a later request.
            if self.is_closing and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        return part


class Server(uvicorn.Server):
    """uvicorn's server with a moment between the signal and the closing of the door."""

    def __init__(
        self, config: uvicorn.Config, door: Door, drain_seconds: float, on_close: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(config)
        self._door, self._drain_seconds, self._on_close = door, drain_seconds, on_close
        self._closes_at: float | None = None

    def begin_closing(self) -> None:
        """Say that we are going; the door closes a moment later."""
        if self._closes_at is None:
            self._door.is_closing = True
            self._closes_at = time.monotonic() + self._drain_seconds

    # Not remembered in uvicorn's way: it would raise the signal again at the end, and the worker is not done by then.
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second Ctrl-C stops at once."""
        if sig == signal.SIGINT and self._closes_at is not None:
            self.should_exit = self.force_exit = True
        self.begin_closing()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether it is time to close."""
        is_over = self._closes_at is not None and time.monotonic() >= self._closes_at
        return await super().on_tick(counter) or is_over

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        _settle_down()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door and finish what is under way; `on_close` learns of it at once, and so does who only waits."""
        self._on_close()
        bell.dismiss()
        await super().shutdown(sockets)


def _server(settings: Settings, wake: Callable[[], None], on_close: Callable[[], None] = lambda: None) -> Server:
    from app.main import create_app  # noqa: PLC0415 - both doors take seconds to build; who serves neither does without

    door = Door(create_app(), Nudge(wake))
    config = uvicorn.Config(
        door,
        http=Protocol,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
        ws_max_size=_LARGEST_FRAME,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    return Server(config, door, settings.drain_seconds, on_close)


async def serve_api(settings: Settings, address: str, listener: socket.socket, *, parented: bool = False) -> None:
    """The API alone. With `parented` it stops, too, when the process at the other end of its stdin is gone."""
    async with opened(address, settings), exchange.running(), aclosing(Caller(address)) as caller:
        server = _server(settings, caller)
        with on_end_of_input(server.begin_closing) if parented else nullcontext():
            await server.serve(sockets=[listener])


async def serve_worker(settings: Settings, address: str) -> None:
    """The worker alone."""
    async with opened(address, settings):
        worker = Worker()
        _settle_down()
        with on_stop(worker.stop):
            async with hearing(address, worker.wake):
                await worker.run()


async def serve_both(settings: Settings, address: str, listener: socket.socket) -> None:
    """API and worker in one process. A change wakes the worker; if either fails, both end."""
    async with opened(address, settings), exchange.running():
        worker = Worker()
        # The two finish side by side, so that a stop takes as long as the slower of them.
        server = _server(settings, worker.wake, worker.stop)
        working = asyncio.create_task(worker.run())
        working.add_done_callback(lambda _: server.begin_closing())
        try:
            await server.serve(sockets=[listener])
        finally:
            worker.stop()
            await working


def _settle_down() -> None:
    """What was made by now lives as long as the process: collections need not walk it again."""
    if _asked_to_leave.is_set():
        raise SystemExit(0)
    gc.collect()
    gc.freeze()
    # A burst of deliveries makes and keeps a hundred thousand objects for a moment, of which hardly one is in a cycle.
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)


def configure_log(settings: Settings) -> None:
    """Our log lines; of the libraries' only those that somebody should see."""
    logs.configure(settings)
    for name in ("uvicorn.error", "alembic.runtime.migration"):
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def on_stop(do: Callable[[], None]) -> Iterator[None]:
    """Do something when a signal asks this process to stop."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        loop.add_signal_handler(number, do)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


@contextmanager
def on_end_of_input(do: Callable[[], None]) -> Iterator[None]:
    """Do something when the process that holds the other end of our stdin is gone."""
    loop, number = asyncio.get_running_loop(), sys.stdin.fileno()

    def gone() -> None:
        # Once: an end can be read again and again.
        loop.remove_reader(number)
        do()

    loop.add_reader(number, gone)
    try:
        yield
    finally:
        loop.remove_reader(number)


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGTERM into an ordinary end while nothing is served yet, so that what was started is cleared away.

    Who asks a second time does not cut that short: from the first on the signal is ignored, until the process is gone.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Python drops what is raised within a destructor or a library's callback: it is asked for again before serving.
        _asked_to_leave.set()
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is leave:
            signal.signal(signal.SIGTERM, before)
        _asked_to_leave.clear()


def run(role: Coroutine[Any, Any, None]) -> None:
    """Run a role to its end; what is left then is to clear away, which no second SIGTERM cuts short."""
    # A request takes the interpreter's lock some ten times: beside a thread at work, each waits for so long.
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(role)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
