"""A webhook receiver for one's own machine: verifies, shows what came, and fails when it is told to."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import typer
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.webhooks import signing

_CHANCE = secrets.SystemRandom()
TAKEN, UNSIGNED = 204, 401


@dataclass(frozen=True)
class Mood:
    """How a receiver answers: at once and well, unless it is to play one that is slow or broken."""

    fail: int = 503
    fail_rate: float = 0.0
    delay: float = 0.0
    retry_after: int | None = None

    def status(self, chance: float) -> int:
        """What it answers to a delivery that it could take; `chance` is in [0, 1)."""
        return self.fail if chance < self.fail_rate else TAKEN

    def headers(self, status: int) -> dict[str, str]:
        """What goes with an answer."""
        return {"retry-after": str(self.retry_after)} if status != TAKEN and self.retry_after is not None else {}


class Receiver:
    """Takes deliveries until it had `count` of them; without one, until it is stopped."""

    def __init__(
        self, secret: str, mood: Mood, count: int | None = None, *, chance: Callable[[], float] = _CHANCE.random
    ) -> None:
        self.taken, self.unsigned = 0, 0
        self.is_done = asyncio.Event()
        self._secret, self._mood, self._count, self._chance = secret, mood, count, chance
        self._seen: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if request.method != "POST":
            await Response(status_code=405, headers={"allow": "POST"})(scope, receive, send)
            return
        status = await self._take(request.headers, await request.body())
        await Response(status_code=status, headers=self._mood.headers(status))(scope, receive, send)
        if self._count is not None and self.taken >= self._count:
            self.is_done.set()

    async def _take(self, headers: Mapping[str, str], body: bytes) -> int:
        self.taken += 1
        is_signed = signing.verify(headers, body, self._secret)
        self.unsigned += not is_signed
        status = self._mood.status(self._chance()) if is_signed else UNSIGNED
        self._show(status, headers, body if is_signed else b"")
        await asyncio.sleep(self._mood.delay)
        return status

    def _show(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """One line about the delivery, then its body; of what nobody signed, the line alone."""
        event_id = headers.get("webhook-id", "without webhook-id")
        words = [str(status), headers.get("flipside-event-type", "?"), event_id]
        words.append(f"try {headers.get('flipside-attempt', '?')}")
        if not body:
            words.append("NOT SIGNED with this secret, or longer than five minutes ago")
        elif event_id in self._seen:
            words.append("seen before")
        typer.echo("  ".join(words))
        if body:
            typer.echo(pretty(orjson.loads(body)))
            if status == TAKEN:
                self._seen.add(event_id)


def pretty(event: Any) -> str:
    """An event, for reading."""
    return orjson.dumps(event, option=orjson.OPT_INDENT_2).decode()


async def run(receiver: Receiver, listener: Any) -> None:
    """Serve on a socket that listens, until the receiver is done or a signal comes."""
    config = uvicorn.Config(receiver, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    done = asyncio.create_task(receiver.is_done.wait())
    await asyncio.wait([serving, done], return_when=asyncio.FIRST_COMPLETED)
    done.cancel()
    server.should_exit = True
    await serving
