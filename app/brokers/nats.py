"""NATS JetStream: each event under a subject of its own, repetitions dropped by the stream."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any, Final

import nats
from nats.aio.client import Client
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import Header, StreamConfig
from nats.js.errors import NotFoundError

from app.brokers.choosing import Place
from app.brokers.port import BrokerFailed, Message
from app.config import Settings

CONNECT_SECONDS, ACK_SECONDS = 5, 5.0
# Of the stream that we make where there is none. A worker that was killed is followed by another within the lease.
REPEATS_KNOWN_SECONDS: Final = 600.0
KEPT_SECONDS: Final = 7 * 24 * 3600.0
# What the client raises; the texts of some name the server.
_FAILED = (Error, OSError, TimeoutError)


def made(place: Place, settings: Settings) -> "Nats":
    """The broker of these settings."""
    return Nats(place, settings.broker_topic)


class Nats:
    """One connection, and none when it is lost: whoever publishes next opens another."""

    def __init__(self, place: Place, topic: str) -> None:
        self._place, self._topic = place, topic
        self._client: Client | None = None
        self._stream: JetStreamContext | None = None
        self._unconfirmed: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Be connected, to a server that has a stream for us."""
        if self._client is not None and self._client.is_connected:
            return
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                self._client = await nats.connect(**self._options())
                await self._require_stream(self._client.jetstream())
        except _FAILED as error:
            await self.close()
            raise BrokerFailed(f"NATS cannot be had ({type(error).__name__}).") from error

    async def publish(self, messages: Sequence[Message]) -> Sequence[BrokerFailed | None]:
        """Send these in their order, and wait for what the stream says of each."""
        # A task writes before it waits, so they write in their order. (The client's own `publish_async` has a future
        # for each, too, but never resolves it when the stream refuses: nats-io/nats.py, issue 985.)
        sending = [asyncio.create_task(self._send(message)) for message in messages]
        self._unconfirmed.update(sending)
        outcomes = await asyncio.gather(*sending, return_exceptions=True)
        self._unconfirmed.difference_update(sending)
        return [_judged(outcome) for outcome in outcomes]

    async def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            await self._client.close()

    async def _send(self, message: Message) -> None:
        if self._stream is None:
            raise BrokerFailed("not open")
        headers = {Header.MSG_ID: message.id, **message.headers}
        await self._stream.publish(message.subject, message.body, timeout=ACK_SECONDS, headers=headers)

    def _options(self) -> dict[str, Any]:
        place, scheme = self._place, "tls" if self._place.is_tls else "nats"
        # A password without a name is a token.
        known = {"user": place.user, "password": place.password} if place.user else {"token": place.password}
        return {
            "servers": [f"{scheme}://{host}" for host in place.hosts],
            "name": "flipside",
            "connect_timeout": CONNECT_SECONDS,
            "tls": ssl.create_default_context(cafile=place.ca_file) if place.is_tls else None,
            # To go on by itself, the client would keep what it could not send, and we could not tell what became of it.
            "allow_reconnect": False,
            "max_reconnect_attempts": 1,
            "reconnect_time_wait": 0,
            "closed_cb": self._lost,
            "error_cb": _said_by_whoever_asked,
            **known,
        }

    async def _require_stream(self, jetstream: JetStreamContext) -> None:
        """Find the stream for our subjects, or make one."""
        try:
            await jetstream.find_stream_name_by_subject(f"{self._topic}.>")
        except NotFoundError:
            config = StreamConfig(
                name=self._topic.replace(".", "_"),
                subjects=[f"{self._topic}.>"],
                max_age=KEPT_SECONDS,
                duplicate_window=REPEATS_KNOWN_SECONDS,
            )
            await jetstream.add_stream(config)
        self._stream = jetstream

    async def _lost(self) -> None:
        """What is not confirmed by now never will be."""
        for sending in self._unconfirmed:
            sending.cancel()


async def _said_by_whoever_asked(_error: Exception) -> None:
    """The client's own word for it would go to the log with the server's address."""


def _judged(outcome: BaseException | None) -> BrokerFailed | None:
    return None if outcome is None else BrokerFailed(f"not confirmed ({type(outcome).__name__})")
