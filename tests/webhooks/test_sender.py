"""One POST against receivers of every kind, on real sockets."""

import asyncio
import gzip
import socket
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from app.webhooks.sender import KEPT_BYTES, READ_BYTES, Directive, Failure, Outcome, Sender

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Receiver:
    """An HTTP server in the raw: it keeps what it was sent and answers what it is told."""

    def __init__(self, answer: Handler) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                )
                self.requests.append(head + await reader.readexactly(length))
                await self._answer(reader, writer)
                if writer.is_closing():
                    break
        writer.close()


@asynccontextmanager
async def receiver(answer: bytes | Handler) -> AsyncIterator[Receiver]:
    async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(answer, bytes)
        writer.write(answer)
        await writer.drain()

    stand_in = Receiver(say if isinstance(answer, bytes) else answer)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    stand_in.port = server.sockets[0].getsockname()[1]
    try:
        yield stand_in
    finally:
        server.close()


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(allow_private=True) as it:
        yield it


async def post(sender: Sender, to: Receiver, path: str = "/in", timeout: float = 5) -> Outcome:  # noqa: ASYNC109
    return await sender.post(f"http://127.0.0.1:{to.port}{path}", {"webhook-id": "evt_1"}, b'{"a":1}', timeout=timeout)


def with_status(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {line}", "content-length: 0", *headers, "", ""]).encode()


async def test_what_arrives_is_what_was_sent(sender: Sender) -> None:
    async with receiver(OK) as hooks:
        outcome = await post(sender, hooks, "/in?token=a%20b")

    (request,) = hooks.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert head.startswith(b"POST /in?token=a%20b HTTP/1.1\r\n")
    assert body == b'{"a":1}'
    assert f"host: 127.0.0.1:{hooks.port}".encode() in lines
    assert b"webhook-id: evt_1" in lines
    assert b"accept-encoding: identity" in lines
    assert b"user-agent: flipside-webhooks/1" in lines
    assert not any(line.startswith(b"cookie") for line in lines)
    assert (outcome.status, outcome.error, outcome.address, outcome.body) == (200, None, "127.0.0.1", b"ok")
    assert outcome.delivered
    assert 0 <= outcome.elapsed_ms < 5000


@pytest.mark.parametrize("line", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "299 Fine"])
async def test_any_2xx_is_delivered(sender: Sender, line: str) -> None:
    async with receiver(with_status(line)) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.delivered


@pytest.mark.parametrize("line", ["400 No", "401 No", "404 No", "410 Gone", "429 Slow", "500 Oh", "503 Oh", "600 What"])
async def test_any_other_status_is_reported_and_not_delivered(sender: Sender, line: str) -> None:
    async with receiver(with_status(line)) as hooks:
        outcome = await post(sender, hooks)

    assert (outcome.status, outcome.error) == (int(line[:3]), None)
    assert not outcome.delivered
    assert not outcome.is_final


@pytest.mark.parametrize("location", ["/elsewhere", "http://169.254.169.254/", "http://[broken", "\x01"])
async def test_a_redirect_is_a_failure_and_never_followed(sender: Sender, location: str) -> None:
    async with receiver(with_status("307 Temporary Redirect", f"location: {location}")) as hooks:
        outcome = await post(sender, hooks)

    assert len(hooks.requests) == 1
    assert not outcome.delivered
    assert outcome.status == (None if location == "\x01" else 307)


async def test_a_cookie_is_not_brought_back(sender: Sender) -> None:
    async with receiver(with_status("200 OK", "set-cookie: who=you; Path=/")) as hooks:
        await post(sender, hooks)
        await post(sender, hooks)

    assert b"who=you" not in hooks.requests[1]


async def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async with Sender(allow_private=True) as sender, receiver(OK) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.delivered


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("retry-after: 120", timedelta(minutes=2)),
        ("Retry-After: 31536000", timedelta(days=1)),
        ("retry-after: soon", None),
        ("retry-after: 1\r\nretry-after: 2", None),
        ("x-other: 120", None),
    ],
)
async def test_retry_after_is_read(sender: Sender, header: str, asked: timedelta | None) -> None:
    async with receiver(with_status("503 Busy", header)) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.retry_after == asked


@pytest.mark.parametrize(
    ("value", "directive"),
    [("disable", Directive.DISABLE), ("Abort-Message", Directive.ABORT_MESSAGE), ("explode", None), ("", None)],
)
async def test_a_receiver_can_ask_to_be_left_alone(sender: Sender, value: str, directive: Directive | None) -> None:
    async with receiver(with_status("400 No", f"webhook-delivery: {value}")) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.directive is directive


async def test_a_connection_is_used_again(sender: Sender) -> None:
    async with receiver(OK) as hooks:
        outcomes = [await post(sender, hooks) for _ in range(3)]

    assert hooks.connections == 1
    assert [outcome.address for outcome in outcomes] == ["127.0.0.1"] * 3
    assert all(outcome.delivered for outcome in outcomes)


async def test_a_connection_closed_while_idle_costs_no_attempt(sender: Sender) -> None:
    async def hang_up_on_the_second(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(hooks.requests) == 2:
            writer.close()
        else:
            writer.write(OK)

    async with receiver(hang_up_on_the_second) as hooks:
        first, second = await post(sender, hooks), await post(sender, hooks)

    assert first.delivered
    assert second.delivered
    assert len(hooks.requests) == 3
    assert hooks.connections == 2


async def test_a_fresh_connection_that_is_closed_is_a_failure(sender: Sender) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with receiver(hang_up) as hooks:
        outcome = await post(sender, hooks)

    assert len(hooks.requests) == 1
    assert (outcome.status, outcome.error, outcome.address) == (None, Failure.PROTOCOL, "127.0.0.1")


async def test_a_dripping_body_meets_the_wall_clock(sender: Sender) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiver(drip) as hooks:
        outcome = await post(sender, hooks, timeout=0.3)

    assert (outcome.status, outcome.error) == (200, Failure.TIMEOUT)
    assert not outcome.delivered
    assert 250 <= outcome.elapsed_ms < 1000
    assert set(outcome.body) == set(b".")


async def test_a_receiver_that_says_nothing_meets_the_wall_clock(sender: Sender) -> None:
    done = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await done.wait()

    async with receiver(wait) as hooks:
        outcome = await post(sender, hooks, timeout=0.2)
        done.set()

    assert (outcome.status, outcome.error, outcome.address) == (None, Failure.TIMEOUT, "127.0.0.1")


async def test_an_endless_body_is_read_up_to_the_limit(sender: Sender) -> None:
    sent = 0

    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
            await writer.drain()
            sent += 0x2000

    async with receiver(pour) as hooks:
        outcome = await post(sender, hooks)
        again = await post(sender, hooks)

    assert outcome.delivered
    assert again.delivered
    assert outcome.body == b"x" * KEPT_BYTES
    # The rest fits the buffers of two sockets; and a connection left in mid-answer is not used again.
    assert READ_BYTES <= sent < 64 * 1024 * 1024
    assert hooks.connections == 2


async def test_a_gzip_bomb_stays_packed(sender: Sender) -> None:
    bomb = gzip.compress(bytes(16 * 1024 * 1024))
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n".encode()

    async with receiver(head + bomb) as hooks:
        tracemalloc.start()
        outcome = await post(sender, hooks)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert outcome.delivered
    assert outcome.body == bomb[:KEPT_BYTES]
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
    ],
)
async def test_an_answer_that_is_not_http(sender: Sender, answer: bytes) -> None:
    async with receiver(answer) as hooks:
        outcome = await post(sender, hooks)

    assert (outcome.status, outcome.error, outcome.body) == (None, Failure.PROTOCOL, b"")


async def test_an_answer_cut_short_is_a_failure(sender: Sender) -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        writer.close()

    async with receiver(cut) as hooks:
        outcome = await post(sender, hooks)

    assert (outcome.status, outcome.error, outcome.body) == (200, Failure.PROTOCOL, b"half")
    assert not outcome.delivered


async def test_a_protocol_switch_is_no_delivery(sender: Sender) -> None:
    async with receiver(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n") as hooks:
        outcome = await post(sender, hooks, timeout=0.3)

    assert not outcome.delivered


async def test_a_refused_connection(sender: Sender) -> None:
    with socket.socket() as held:
        # Bound and not listening: nobody else can take the port while we knock.
        held.bind(("127.0.0.1", 0))
        outcome = await sender.post(f"http://127.0.0.1:{held.getsockname()[1]}/", {}, b"", timeout=5)

    assert (outcome.status, outcome.error, outcome.address) == (None, Failure.CONNECT, "127.0.0.1")
    assert not outcome.is_final


@pytest.mark.parametrize(
    "headers",
    [
        {"x-a": "b\r\nhost: other"},
        {"x\r\n-a": "b"},
        {"x-a": "é"},
        {"x-a": "\ud800"},
        {"content-length": "5"},
        {"": "b"},
    ],
)
async def test_headers_that_cannot_be_written_are_our_fault_and_not_raised(
    sender: Sender, headers: dict[str, str]
) -> None:
    async with receiver(OK) as hooks:
        outcome = await sender.post(f"http://127.0.0.1:{hooks.port}/", headers, b"{}", timeout=5)

    assert (outcome.status, outcome.error) == (None, Failure.INTERNAL)
    assert hooks.requests == []


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://300.1.1.1/"])
async def test_a_url_that_is_none_is_final(sender: Sender, url: str) -> None:
    outcome = await sender.post(url, {}, b"", timeout=5)

    assert (outcome.error, outcome.address) == (Failure.URL_REFUSED, None)
    assert outcome.is_final


async def test_cancellation_passes_through_and_leaves_the_sender_usable(sender: Sender) -> None:
    asked, done = asyncio.Event(), asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await done.wait()

    async with receiver(wait) as silent, receiver(OK) as hooks:
        task = asyncio.create_task(post(sender, silent))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        done.set()
        outcome = await post(sender, hooks)

    assert outcome.delivered
