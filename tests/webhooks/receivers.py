"""HTTP servers in the raw: they keep what they are sent and answer whatever a test wants, sense or nonsense."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from app.webhooks.sender import Outcome, Sender

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Receiver:
    """One server: its port, the requests it had, and over how many connections."""

    def __init__(self, answer: bytes | Answer) -> None:
        self.requests: list[bytes] = []
        self.port = 0
        self._answer = answer
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connections(self) -> int:
        """How many connections were opened to it."""
        return len(self._writers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read and answer the requests of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        self._writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.lower().split(b"\r\n")
                length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
                self.requests.append(head + await reader.readexactly(length))
                if isinstance(self._answer, bytes):
                    writer.write(self._answer)
                    await writer.drain()
                else:
                    await self._answer(reader, writer)

    async def close(self) -> None:
        """Drop every connection, and wait until nobody is left who could still be answering."""
        # Whom the loop has let in already is heard of some turns later.
        for _ in range(5):
            await asyncio.sleep(0)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks)


@asynccontextmanager
async def receiver(
    answer: bytes | Answer, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Receiver]:
    """A receiver on a free port, for as long as the block runs."""
    it = Receiver(answer)
    server = await asyncio.start_server(it.serve, host, 0, ssl=tls)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        await it.close()


async def post(sender: Sender, to: Receiver, path: str = "/in", *, seconds: float = 5) -> Outcome:
    """Send a small event to `path` of a receiver."""
    headers = {"webhook-id": "evt_1"}
    return await sender.post(f"http://127.0.0.1:{to.port}{path}", headers, b'{"a":1}', timeout=seconds)
