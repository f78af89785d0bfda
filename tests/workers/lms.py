"""A receiver that plays an LMS: it keeps the webhooks it gets, checks who signed them and answers what a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook

from tests.webhooks.receivers import OK, Receiver, receiver

Reply = Callable[["Hook"], Awaitable[bytes]]


def status(line: str, *headers: str) -> bytes:
    """An answer without a body: `status("503 Busy", "retry-after: 60")`."""
    return "\r\n".join([f"HTTP/1.1 {line}", "content-length: 0", *headers, "", ""]).encode()


@dataclass(frozen=True)
class Hook:
    """One webhook as it arrived."""

    headers: dict[str, str]
    body: bytes

    @classmethod
    def parse(cls, request: bytes) -> "Hook":
        """The webhook in a raw request."""
        head, _, body = request.partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
        return cls({name.lower(): value for name, _, value in lines}, body)

    @property
    def event(self) -> dict[str, Any]:
        """The body, parsed."""
        event: dict[str, Any] = orjson.loads(self.body)
        return event

    @property
    def type(self) -> str:
        """What the event is."""
        return str(self.event["type"])

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of the signatures is what the reference library makes with `secret`."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        signature = Webhook(secret).sign(self.headers["webhook-id"], at, self.body.decode())
        return signature in self.headers["webhook-signature"].split()


class Lms:
    """What it got, and how it answers: `script` first, one answer a webhook, then `reply`."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.script: list[bytes] = []
        self.reply: Reply = _accept
        self.arrived = asyncio.Event()
        self.server: Receiver | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}/hooks"

    @property
    def types(self) -> list[str]:
        """The types of what it got, in the order of arrival."""
        return [hook.type for hook in self.hooks]

    async def answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep what came, then answer."""
        assert self.server is not None
        hook = Hook.parse(self.server.requests[-1])
        self.hooks.append(hook)
        self.arrived.set()
        writer.write(self.script.pop(0) if self.script else await self.reply(hook))
        await writer.drain()


async def _accept(_hook: Hook) -> bytes:
    return OK


@asynccontextmanager
async def listening() -> AsyncIterator[Lms]:
    """An LMS on a free port, for as long as the block runs."""
    lms = Lms()
    async with receiver(lms.answer) as lms.server:
        yield lms
