"""How the API begins to listen, and how it closes its door."""

import asyncio
import signal
import socket

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.commands.serving import Door, PortTaken, Server, listen, stoppable


def test_a_port_in_use_is_said_to_be() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(PortTaken, match=f"Port {port} of 127.0.0.1 is in use .* FLIPSIDE_PORT={port + 1}"):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_this_machine_is_refused() -> None:
    with pytest.raises(PortTaken, match="Mend FLIPSIDE_HOST"):
        listen("192.0.2.1", 8000)


def test_a_port_that_needs_privileges_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)

    with pytest.raises(PortTaken, match="above 1023"):
        listen("127.0.0.1", 80)


async def answer(request: Request) -> Response:
    """Says `yes`, after as long as it is told to wait."""
    await asyncio.sleep(float(request.query_params.get("wait", "0")))
    return PlainTextResponse("yes")


class Served:
    """An application behind a door, served on a free port."""

    def __init__(self, drain_seconds: float) -> None:
        self.written = 0
        routes = [Route(path, answer, methods=["GET", "POST"]) for path in ("/health/ready", "/slow")]
        self.door = Door(Starlette(routes=routes), self.note)
        self.server = Server(
            uvicorn.Config(self.door, log_config=None, access_log=False, timeout_graceful_shutdown=5),
            self.door,
            drain_seconds,
        )
        self.listener = listen("127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def note(self) -> None:
        self.written += 1

    async def __aenter__(self) -> "Served":
        self.serving = asyncio.create_task(self.server.serve([self.listener]))
        # The socket listens already: whoever comes early waits until the server is up.
        async with httpx.AsyncClient(base_url=self.base_url, timeout=30) as client:
            await client.get("/slow")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = True
        await self.serving


async def test_readiness_says_no_while_everybody_is_still_served() -> None:
    async with Served(drain_seconds=30) as served, httpx.AsyncClient(base_url=served.base_url, timeout=30) as client:
        open_before = await client.get("/health/ready")
        served.server.handle_exit(signal.SIGTERM, None)

        ready, work = await client.get("/health/ready"), await client.get("/slow")

        assert (open_before.status_code, ready.status_code) == (200, 503)
        assert (work.text, work.headers["connection"]) == ("yes", "close")


async def test_a_request_under_way_is_finished_after_the_door_has_closed() -> None:
    async with Served(drain_seconds=0) as served, httpx.AsyncClient(base_url=served.base_url, timeout=30) as client:
        slow = asyncio.create_task(client.get("/slow?wait=0.6"))
        await asyncio.sleep(0.2)
        served.server.handle_exit(signal.SIGTERM, None)
        await asyncio.sleep(0.3)

        with pytest.raises(httpx.ConnectError):
            await client.get("/slow")

        assert (await slow).text == "yes"
        await served.serving


async def test_a_second_interrupt_stops_at_once() -> None:
    async with Served(drain_seconds=30) as served, httpx.AsyncClient(base_url=served.base_url, timeout=30) as client:
        slow = asyncio.create_task(client.get("/slow?wait=20"))
        await asyncio.sleep(0.1)
        served.server.handle_exit(signal.SIGINT, None)
        served.server.handle_exit(signal.SIGTERM, None)
        assert not served.server.should_exit

        served.server.handle_exit(signal.SIGINT, None)
        await served.serving

        slow.cancel()


async def test_only_changes_wake_the_worker() -> None:
    async with Served(drain_seconds=0) as served, httpx.AsyncClient(base_url=served.base_url, timeout=30) as client:
        await client.get("/slow")
        await client.post("/slow")

        assert served.written == 1


def test_a_stop_before_anything_is_served_is_an_ordinary_end() -> None:
    with pytest.raises(SystemExit) as ended, stoppable():
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)

    assert ended.value.code == 0


def test_who_is_not_asked_to_stop_keeps_what_it_did_before(terminating: object) -> None:
    with stoppable():
        assert signal.getsignal(signal.SIGTERM) is not terminating

    assert signal.getsignal(signal.SIGTERM) is terminating
