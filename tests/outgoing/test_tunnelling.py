"""Calls through the proxy of a deployment: where they lead, who is spoken to, and whose fault it is when they fail."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app import config
from app.config import Settings
from app.outgoing import fetching
from app.webhooks.sender import Failure, Outcome, Sender
from tests.outgoing.authorities import NAME, Authority
from tests.outgoing.test_dialling import Names
from tests.webhooks.receivers import OK, receiver

LED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass
class Proxy:
    """A proxy that leads where it is asked to, or answers something else."""

    answer: bytes = LED
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lead one caller."""
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head)
            writer.write(self.answer)
            if self.answer != LED:
                return
            address, _, port = head.split(b" ")[1].decode().rpartition(":")
            back, forth = await asyncio.open_connection(address.strip("[]"), int(port))
            await asyncio.gather(_pump(reader, forth), _pump(back, writer))

    @property
    def targets(self) -> list[str]:
        """Where it was asked to lead."""
        return [head.split(b" ")[1].decode() for head in self.asked]


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65536):
            to.write(chunk)
            await to.drain()
    to.close()


@asynccontextmanager
async def proxying(answer: bytes = LED) -> AsyncIterator[Proxy]:
    """A proxy on a free port, for as long as the block runs."""
    it = Proxy(answer)
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    async with server:
        yield it


class Deployment:
    """Chooses the proxy that everything goes through."""

    def __init__(self, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self._settings, self._patch = settings, patch

    def goes_through(self, url: str) -> None:
        """Have it named in the settings."""
        chosen = self._settings.model_copy(update={"egress_proxy": SecretStr(url)})
        self._patch.setattr(config, "settings", lambda: chosen)


@pytest.fixture
def deployment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return Deployment(settings, monkeypatch)


async def post(
    url: str, *, answers: Sequence[str] = ("127.0.0.1",), authority: Authority | None = None, times: int = 1
) -> list[Outcome]:
    tls = authority.trusting() if authority else None
    async with Sender(allow_private=True, resolve=Names([answers]), tls=tls) as sender:
        return [await sender.post(url, {}, b"{}", timeout=5) for _ in range(times)]


async def test_the_proxy_is_asked_for_the_address_that_was_checked(deployment: Deployment) -> None:
    async with receiver(OK) as hooks, proxying() as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        outcomes = await post(f"http://{NAME}:{hooks.port}/in", times=2)

    assert [outcome.delivered for outcome in outcomes] == [True, True]
    assert proxy.targets == [f"127.0.0.1:{hooks.port}"]
    assert f"host: {NAME}:{hooks.port}".encode() in hooks.requests[0].lower()
    # Nobody learns where the proxy stands. Of a connection that is used again nothing is known.
    assert [outcome.address for outcome in outcomes] == ["127.0.0.1", None]


async def test_tls_speaks_to_the_receiver_through_the_tunnel(deployment: Deployment, tmp_path: Path) -> None:
    authority = Authority()
    async with receiver(OK, tls=authority.serving(tmp_path)) as hooks, proxying() as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        (outcome,) = await post(f"https://{NAME}:{hooks.port}/in", authority=authority)
        (stranger,) = await post(f"https://other.example.com:{hooks.port}/in", authority=authority)

    assert outcome.delivered
    assert stranger.error is Failure.TLS


async def test_the_proxy_is_told_who_we_are_and_the_receiver_is_not(deployment: Deployment) -> None:
    async with receiver(OK) as hooks, proxying() as proxy:
        deployment.goes_through(f"http://flip:p%40ss@127.0.0.1:{proxy.port}")
        await post(f"http://{NAME}:{hooks.port}/in")

    assert b"proxy-authorization: Basic " + base64.b64encode(b"flip:p@ss") in proxy.asked[0]
    assert b"proxy-authorization" not in hooks.requests[0].lower()


async def test_an_address_that_is_not_public_is_refused_before_the_proxy_hears_of_it(deployment: Deployment) -> None:
    async with proxying() as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        async with Sender(allow_private=False, resolve=Names([["8.8.8.8", "10.0.0.1"]])) as sender:
            outcome = await sender.post(f"https://{NAME}/in", {}, b"", timeout=5)

    assert outcome.error is Failure.BLOCKED_ADDRESS
    assert proxy.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        b"HTTP/1.1 403 Forbidden\r\n\r\n",
        b"HTTP/1.1 500 Oh\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 20_000,
        b"HTTP/1.1 200 OK\r\n",
        b"",
    ],
)
async def test_a_proxy_that_does_not_let_us_through_is_named_as_the_cause(
    deployment: Deployment, answer: bytes
) -> None:
    async with receiver(OK) as hooks, proxying(answer) as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        (outcome,) = await post(f"http://{NAME}:{hooks.port}/in")

    assert (outcome.status, outcome.error) == (None, Failure.EGRESS_PROXY)
    assert not outcome.is_final
    assert hooks.requests == []


async def test_a_proxy_that_is_not_there_is_named_as_the_cause(deployment: Deployment) -> None:
    with socket.socket() as held:
        # Bound and not listening: nobody else can take the port while we knock.
        held.bind(("127.0.0.1", 0))
        deployment.goes_through(f"http://127.0.0.1:{held.getsockname()[1]}")
        (outcome,) = await post(f"http://{NAME}:9/in")

    assert outcome.error is Failure.EGRESS_PROXY


@pytest.mark.parametrize("status", [b"502 Bad Gateway", b"503 Service Unavailable", b"504 Gateway Timeout"])
async def test_a_destination_that_the_proxy_does_not_reach_is_the_destination_s_fault(
    deployment: Deployment, status: bytes
) -> None:
    async with proxying(b"HTTP/1.1 " + status + b"\r\n\r\n") as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        (outcome,) = await post(f"http://{NAME}:9/in", answers=("127.0.0.2", "::1"))

    assert outcome.error is Failure.CONNECT
    # Each of its addresses was tried.
    assert proxy.targets == ["127.0.0.2:9", "[::1]:9"]


async def test_a_document_is_fetched_through_it_too(deployment: Deployment) -> None:
    answer = b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"keys":[]}'
    async with receiver(answer) as issuer, proxying() as proxy:
        deployment.goes_through(f"http://127.0.0.1:{proxy.port}")
        found = await fetching.document(f"http://127.0.0.1:{issuer.port}/keys")

    assert found == {"keys": []}
    assert proxy.targets == [f"127.0.0.1:{issuer.port}"]


@pytest.mark.parametrize(
    "url", ["proxy:3128", "https://proxy:3128", "http://proxy", "http://proxy:1/x", "http://a b:1"]
)
def test_what_is_no_proxy_is_refused_when_the_service_starts(url: str) -> None:
    with pytest.raises(ValidationError, match="http://host:port"):
        Settings(egress_proxy=SecretStr(url))
