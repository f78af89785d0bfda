"""Receivers that stall, flood, lie or hang up: the sender reports, and never raises."""

import asyncio
import gzip
import socket
import struct
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from app.webhooks.sender import KEPT_BYTES, READ_BYTES, Failure, Sender
from tests.webhooks.receivers import OK, post, receiver


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(allow_private=True) as it:
        yield it


async def test_a_dripping_body_meets_the_wall_clock(sender: Sender) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiver(drip) as hooks:
        outcome = await post(sender, hooks, seconds=0.3)

    assert (outcome.status, outcome.error) == (200, Failure.TIMEOUT)
    assert not outcome.delivered
    assert 250 <= outcome.elapsed_ms < 1000
    assert set(outcome.body) == set(b".")


async def test_a_receiver_that_says_nothing_meets_the_wall_clock(sender: Sender) -> None:
    async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with receiver(wait) as hooks:
        outcome = await post(sender, hooks, seconds=0.2)

    assert (outcome.status, outcome.error, outcome.address) == (None, Failure.TIMEOUT, "127.0.0.1")


async def test_an_endless_body_is_read_up_to_the_limit(sender: Sender) -> None:
    sent = 0

    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
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


@pytest.mark.parametrize("headers", [b"x: y\r\n" * 10_000, b"x: " + b"y" * 60_000 + b"\r\n"])
async def test_headers_without_end_are_read_up_to_a_limit(sender: Sender, headers: bytes) -> None:
    async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(headers)
            await writer.drain()

    async with receiver(flood) as hooks:
        tracemalloc.start()
        outcome = await post(sender, hooks)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert (outcome.status, outcome.error) == (None, Failure.PROTOCOL)
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize(
    ("begin", "piece"), [(b"HTTP/1.1 200 OK\r\nx", b"x"), (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")]
)
async def test_an_answer_that_never_begins_meets_the_wall_clock(sender: Sender, begin: bytes, piece: bytes) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiver(drip) as hooks:
        outcome = await post(sender, hooks, seconds=0.3)

    assert (outcome.status, outcome.error) == (None, Failure.TIMEOUT)
    assert 250 <= outcome.elapsed_ms < 1000


async def test_an_answer_cut_short_is_a_failure(sender: Sender) -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        writer.close()

    async with receiver(cut) as hooks:
        outcome = await post(sender, hooks)

    assert (outcome.status, outcome.error, outcome.body) == (200, Failure.PROTOCOL, b"half")
    assert not outcome.delivered


async def test_a_reset_after_the_whole_answer_takes_nothing_back(sender: Sender) -> None:
    async def answer_and_slam_the_door(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        if len(hooks.requests) == 2:
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.close()

    async with receiver(answer_and_slam_the_door) as hooks:
        first, second = await post(sender, hooks), await post(sender, hooks)

    assert hooks.connections == 1
    assert (first.status, first.error) == (second.status, second.error) == (200, None)
    # Used again and gone: nobody is left to say where it led.
    assert second.address in ("127.0.0.1", None)


async def test_a_protocol_switch_is_no_delivery(sender: Sender) -> None:
    async with receiver(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n") as hooks:
        outcome = await post(sender, hooks, seconds=0.3)

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
    asked = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async with receiver(wait) as silent, receiver(OK) as hooks:
        task = asyncio.create_task(post(sender, silent))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        outcome = await post(sender, hooks)

    assert outcome.delivered
