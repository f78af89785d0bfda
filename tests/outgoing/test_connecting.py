"""Sockets are opened to what was checked, by nobody's resolver, and none is left open."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Thread

import pytest

from app.outgoing import connecting
from app.outgoing.connecting import Info, raced
from app.webhooks.sender import Outcome, Sender
from tests.webhooks.receivers import OK


class Unasked(asyncio.SelectorEventLoop):
    """A loop that looks nothing up and opens no socket: uvloop would do both with each address."""

    async def sock_connect(self, *_: object) -> None:
        """Not this way."""
        raise AssertionError

    async def getaddrinfo(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]
        """Nor this."""
        raise AssertionError


class Sockets:
    """Makes them, and keeps them."""

    def __init__(self) -> None:
        self.made: list[socket.socket] = []

    def __call__(self, info: Info) -> socket.socket:
        family, kind, protocol, *_ = info
        self.made.append(socket.socket(family, kind, protocol))
        return self.made[-1]

    @property
    def are_closed(self) -> bool:
        """Whether none is open."""
        return all(one.fileno() == -1 for one in self.made)


def info(address: str, port: int) -> Info:
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)


@contextmanager
def deaf() -> Iterator[int]:
    """A port of 127.0.0.1 that lets nobody in any more, and turns nobody away."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_no_loop_is_asked_for_an_address_that_is_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with suppress(OSError), listener.accept()[0] as caller:
                caller.recv(4096)
                caller.sendall(OK)

        async def send() -> Outcome:
            async with Sender(allow_private=True) as sender:
                return await sender.post(f"http://127.0.0.1:{listener.getsockname()[1]}/in", {}, b"", timeout=5)

        answering = Thread(target=answer)
        answering.start()
        with asyncio.Runner(loop_factory=Unasked) as runner:
            outcome = runner.run(send())
        # It is no longer waited for if nobody came.
        listener.shutdown(socket.SHUT_RDWR)
        answering.join()

    assert outcome.delivered


async def test_who_does_not_answer_is_overtaken_by_the_next_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "HEAD_START_SECONDS", 0.01)
    make = Sockets()
    with deaf() as port, socket.create_server(("127.0.0.2", port)):
        led = await raced([info("127.0.0.1", port), info("127.0.0.2", port)], make)

        assert led.getpeername() == ("127.0.0.2", port)
        led.close()
    assert len(make.made) == 2
    assert make.are_closed


async def test_a_connection_that_is_given_up_leaves_no_socket() -> None:
    make = Sockets()
    with deaf() as port, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await raced([info("127.0.0.1", port)], make)

    assert len(make.made) == 1
    assert make.are_closed


async def test_who_refuses_is_said_to_refuse() -> None:
    make = Sockets()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        await raced([info("127.0.0.1", port)], make)

    assert make.are_closed
