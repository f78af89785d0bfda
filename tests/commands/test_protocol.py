"""A head of a request ends: nobody fills our memory or holds our connections with one that does not."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from app.commands import protocol
from app.commands.protocol import MOST_HEAD_BYTES, Gathering, Protocol

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
REFUSAL = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 26\r\nconnection: close\r\n\r\nThe headers are too large."
)
WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
async def streams() -> AsyncIterator[Streams]:
    """A connection to a server that answers everything with OK."""
    config = uvicorn.Config(PlainTextResponse("ok"), log_config=None, lifespan="off")
    config.load()
    state = ServerState()
    listening = await asyncio.get_running_loop().create_server(lambda: Protocol(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
    yield reader, writer
    writer.close()
    listening.close()
    await listening.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    # A server that closes on what it did not read resets the connection, and its answer may be lost.
    with suppress(ConnectionResetError):
        async with asyncio.timeout(10):
            return await reader.read()
    return b""


async def _served(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        return await reader.readuntil(b"ok")


@pytest.mark.parametrize("line", [b"X-A: a\r\n", b"a", b"a" * 70_000])
async def test_a_head_without_end_is_not_read(line: bytes, streams: Streams) -> None:
    reader, writer = streams

    writer.write(WHOLE[:-2] + b"X-B: " + line * (2 * MOST_HEAD_BYTES // len(line)))

    assert await _answer(reader) in (b"", REFUSAL)


async def test_a_head_that_does_not_come_is_not_waited_for(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = streams
    writer.write(WHOLE)
    assert (await _served(reader)).startswith(b"HTTP/1.1 200 ")
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.01)

    writer.write(WHOLE[:-2])

    assert await _answer(reader) == b""


async def test_heads_one_after_the_other_and_in_pieces_are_read(streams: Streams) -> None:
    reader, writer = streams

    for _ in range(3):
        writer.write(WHOLE[:5])
        await writer.drain()
        writer.write(WHOLE[5:] + WHOLE)
        for _ in range(2):
            assert (await _served(reader)).startswith(b"HTTP/1.1 200 ")


async def test_a_body_is_no_head(streams: Streams) -> None:
    reader, writer = streams
    size = 2 * MOST_HEAD_BYTES

    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"a" * (size - 1))
    writer.write(b"a")

    assert (await _served(reader)).startswith(b"HTTP/1.1 200 ")


class Wire(asyncio.Transport):
    """Writes down in what pieces it is written to."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1)})
        self.seen: list[list[bytes] | str] = []

    def writelines(self, pieces: Iterable[bytes | bytearray | memoryview]) -> None:
        self.seen.append([bytes(piece) for piece in pieces])

    def write_eof(self) -> None:
        self.seen.append("eof")

    def close(self) -> None:
        self.seen.append("close")


async def test_what_is_written_in_one_turn_leaves_together_and_before_the_end() -> None:
    wire, turn = Wire(), asyncio.Event()
    gathering = Gathering(wire, asyncio.get_running_loop())

    gathering.write(b"head")
    gathering.write(b"body")
    asyncio.get_running_loop().call_soon(turn.set)
    await turn.wait()
    gathering.write(b"last")
    gathering.write_eof()
    gathering.close()

    assert wire.seen == [[b"head", b"body"], [b"last"], "eof", "close"]
    assert gathering.get_extra_info("peername") == ("192.0.2.1", 1)
