"""A tap on the wire to PostgreSQL: it passes every byte on and counts what a request really costs."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_SOCKET = ".s.PGSQL.5432"
# What a client sends at the end of a batch, before it waits for the answer.
_WAITS = b"SQH"


class Tap:
    """What went over the wire since `clear()`: round trips, and the statements that were run, in their order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.round_trips = 0
        self.statements: list[str] = []

    def clear(self) -> None:
        """Begin to count anew."""
        self.round_trips = 0
        self.statements.clear()


class _Client:
    """Reads one client's messages: each a letter, a length and a body; the first has no letter."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._buffer = b""
        self._has_begun = False
        self._prepared: dict[bytes, str] = {}

    def feed(self, data: bytes) -> None:
        self._buffer += data
        while (message := self._next()) is not None:
            kind, body = message
            if kind in _WAITS:
                self._tap.round_trips += 1
            if kind == b"P":
                name, sql, *_ = body.split(b"\0")
                self._prepared[name] = sql.decode()
            elif kind == b"B":
                self._tap.statements.append(self._prepared[body.split(b"\0")[1]])
            elif kind == b"Q":
                self._tap.statements.append(body.rstrip(b"\0").decode())

    def _next(self) -> tuple[bytes, bytes] | None:
        lead = 1 if self._has_begun else 0
        if len(self._buffer) < lead + 4:
            return None
        end = lead + int.from_bytes(self._buffer[lead : lead + 4])
        if len(self._buffer) < end:
            return None
        message = self._buffer[:lead], self._buffer[lead + 4 : end]
        self._buffer, self._has_begun = self._buffer[end:], True
        return message if lead else (b"startup", b"")


@asynccontextmanager
async def tapped(address: str) -> AsyncIterator[Tap]:
    """A tap between us and the server whose Unix socket `address` names."""
    parts = urlsplit(address)
    upstream = parse_qs(parts.query)["host"][0]
    folder = Path(tempfile.mkdtemp(prefix="tap-"))
    tap = Tap(address.replace(quote(upstream, safe=""), quote(str(folder), safe="")))
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(f"{upstream}/{_SOCKET}")
        tasks.add(asyncio.create_task(_pump(behind_reader, writer, None)))
        await _pump(reader, behind_writer, _Client(tap))

    server = await asyncio.start_unix_server(serve, f"{folder}/{_SOCKET}")
    try:
        yield tap
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        shutil.rmtree(folder)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: _Client | None) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            if client is not None:
                client.feed(data)
            writer.write(data)
            await writer.drain()
    with suppress(ConnectionError):
        writer.close()
        await writer.wait_closed()
