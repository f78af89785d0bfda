"""A receiver that plays an LRS and the authorisation server before it: it keeps statements, and refuses on demand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from tests.webhooks.receivers import Receiver, receiver
from tests.workers.lms import Hook

Json = dict[str, Any]


def answer(line: str, body: Any = None) -> bytes:
    """An answer with a body of JSON: `answer("200 OK", {"a": 1})`."""
    text = b"" if body is None else orjson.dumps(body)
    return b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n%b" % (line.encode(), len(text), text)


class Lrs:
    """What it keeps, and what it was asked. It never takes an id twice, and calls an array with one a conflict."""

    def __init__(self) -> None:
        self.kept: dict[str, Json] = {}
        self.asked: list[tuple[str, str, Hook]] = []
        self.script: list[bytes] = []
        self.grants: list[bytes] = []
        self.server: Receiver | None = None

    @property
    def root(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}"

    def of(self, method: str, path: str = "/xAPI/statements") -> list[Hook]:
        """The requests of a kind, in the order of arrival."""
        return [hook for found, target, hook in self.asked if (found, urlsplit(target).path) == (method, path)]

    @property
    def bodies(self) -> list[list[Json]]:
        """What it was sent."""
        return [orjson.loads(hook.body) for hook in self.of("POST")]

    async def answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep what came, then answer."""
        assert self.server is not None
        request = self.server.requests[-1]
        method, target, _ = request.split(b"\r\n")[0].decode().split(" ")
        hook = Hook.parse(request)
        self.asked.append((method, target, hook))
        writer.write(self._answered(method, target, hook))
        await writer.drain()

    def _answered(self, method: str, target: str, hook: Hook) -> bytes:
        if target == "/token":
            granted = {"access_token": f"token-{len(self.of('POST', '/token'))}", "token_type": "Bearer"}
            return self.grants.pop(0) if self.grants else answer("200 OK", {**granted, "expires_in": 3600})
        if method == "GET":
            (statement_id,) = parse_qs(urlsplit(target).query)["statementId"]
            found = self.kept.get(statement_id)
            return answer("404 Not Found") if found is None else answer("200 OK", found)
        if self.script:
            return self.script.pop(0)
        statements = orjson.loads(hook.body)
        if any(it["id"] in self.kept for it in statements):
            return answer("409 Conflict")
        self.kept |= {it["id"]: {**it, "stored": it["timestamp"], "version": "1.0.0"} for it in statements}
        return answer("200 OK", [it["id"] for it in statements])


@asynccontextmanager
async def listening() -> AsyncIterator[Lrs]:
    """An LRS on a free port, for as long as the block runs."""
    lrs = Lrs()
    async with receiver(lrs.answer) as lrs.server:
        yield lrs
