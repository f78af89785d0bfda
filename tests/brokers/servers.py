"""Brokers to test with: a NATS server, started and killed as often as a test likes, and what lies in its streams."""

import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext

_PROGRAM = Path(sys.executable).with_name("nats-server")
_PORT = re.compile(r"client connections on 127\.0\.0\.1:(\d+)")


class NatsServer:
    """A server with JetStream whose streams outlive it, on a port that stays the same."""

    def __init__(self, store: Path, *options: str) -> None:
        self._store, self._options = store, options
        self.port = -1
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """What `FLIPSIDE_BROKER_URL` says."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Be there, if it is not."""
        if self._process is not None:
            return
        address = ("-a", "127.0.0.1", "-p", str(self.port))
        command: list[str | Path] = [_PROGRAM, *address, "-js", "-sd", self._store, *self._options]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := _PORT.search(line):
                self.port = int(found[1])
            if "Server is ready" in line:
                break

    def kill(self) -> None:
        """Be gone, without a farewell."""
        if self._process is not None:
            assert self._process.stderr is not None
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process.stderr.close()
            self._process = None

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[JetStreamContext]:
        """JetStream, as somebody else sees it."""
        client = await nats.connect(self.url)
        try:
            yield client.jetstream()
        finally:
            await client.close()

    async def stored(self, topic: str) -> list[Msg]:
        """What the stream of a topic holds, in its order."""
        async with self.looking() as stream:
            if not (count := (await stream.stream_info(topic)).state.messages):
                return []
            consumer = await stream.pull_subscribe(f"{topic}.>")
            return await consumer.fetch(count)
