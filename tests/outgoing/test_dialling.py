"""Names and addresses: what is dialled is what was checked, and TLS still speaks of the name."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest

from app.outgoing import addresses
from app.outgoing.dialling import Address, Resolver
from app.webhooks.sender import Failure, Outcome, Sender
from tests.certificates import certificate
from tests.webhooks.receivers import Receiver, receiver

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
NAME = "hooks.example.com"


@dataclass
class Names:
    """A resolver that gives one list of answers after the other, then the last for ever."""

    answers: list[Sequence[str]]
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append((host, port))
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(answer) for answer in now]


@dataclass
class Authority:
    """A certificate for one name, and a client that trusts its issuer."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    asked_for: list[str | None] = field(default_factory=list)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    pem = certificate(tmp_path, NAME)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    authority = Authority(server, ssl.create_default_context(cafile=pem))

    def note(_socket: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        authority.asked_for.append(name)

    server.sni_callback = note
    return authority


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["64:ff9b::a9fe:a9fe"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["2606:4700:4700::1111", "::ffff:127.0.0.1"],
        ["8.8.8.8"] * 10 + ["10.0.0.1"],
    ],
)
async def test_one_answer_that_is_not_public_blocks_the_name(answers: list[str]) -> None:
    names = Names([answers])

    async with Sender(allow_private=False, resolve=names) as sender:
        outcome = await sender.post(f"https://{NAME}/in", {}, b"{}", timeout=5)

    assert (outcome.status, outcome.error) == (None, Failure.BLOCKED_ADDRESS)
    assert outcome.is_final
    # The log of deliveries is read by outsiders: it does not map our network for them.
    assert outcome.address is None
    assert names.asked == [(NAME, 443)]


async def test_a_name_that_turns_inside_between_two_attempts_is_caught_when_dialled() -> None:
    names = Names([["127.0.0.1"], ["10.0.0.1"]])

    async with receiver(OK) as hooks:
        async with Sender(allow_private=True, resolve=names) as sender:
            first = await sender.post(f"http://{NAME}:{hooks.port}/", {}, b"", timeout=5)
        async with Sender(allow_private=False, resolve=names) as sender:
            second = await sender.post(f"https://{NAME}/", {}, b"", timeout=5)

    assert first.delivered
    assert second.error is Failure.BLOCKED_ADDRESS
    assert len(hooks.requests) == 1


async def test_the_checked_address_is_dialled_and_the_name_is_not_looked_up_again() -> None:
    names = Names([["127.0.0.1"], ["10.0.0.1"]])

    async with receiver(OK) as hooks, Sender(allow_private=True, resolve=names) as sender:
        outcome = await sender.post(f"http://{NAME}:{hooks.port}/", {}, b"", timeout=5)

    assert outcome.delivered
    assert outcome.address == "127.0.0.1"
    assert names.asked == [(NAME, hooks.port)]
    assert f"host: {NAME}:{hooks.port}".encode() in hooks.requests[0].lower()


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://127.0.0.1/", "https://hooks.example.com:9/"])
async def test_the_rules_for_urls_hold_at_every_attempt(url: str) -> None:
    names = Names([["8.8.8.8"]])

    async with Sender(allow_private=False, resolve=names) as sender:
        outcome = await sender.post(url, {}, b"", timeout=5)

    assert outcome.error is Failure.URL_REFUSED
    assert names.asked == []


async def test_an_address_that_a_url_names_is_checked_when_it_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "check_url", lambda _url, **_: None)

    async with receiver(OK) as hooks, Sender(allow_private=False, resolve=Names([["8.8.8.8"]])) as sender:
        outcome = await sender.post(f"http://127.0.0.1:{hooks.port}/", {}, b"", timeout=5)

    assert (outcome.error, outcome.address) == (Failure.BLOCKED_ADDRESS, None)
    assert hooks.connections == 0


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    async with receiver(OK, host="127.0.0.2") as hooks:
        names = Names([["127.0.0.1", "127.0.0.2"]])
        async with Sender(allow_private=True, resolve=names) as sender:
            outcome = await sender.post(f"http://{NAME}:{hooks.port}/", {}, b"", timeout=5)

    assert outcome.delivered
    assert outcome.address == "127.0.0.2"


@pytest.mark.parametrize("answers", [[], ["127.0.0.1", "not an address"]])
async def test_a_name_without_an_address(answers: list[str]) -> None:
    async with Sender(allow_private=True, resolve=Names([answers])) as sender:
        outcome = await sender.post(f"https://{NAME}/", {}, b"", timeout=5)

    assert (outcome.error, outcome.address) == (Failure.DNS, None)
    assert not outcome.is_final


async def test_a_resolver_that_hangs_meets_the_wall_clock() -> None:
    async def hang(_host: str, _port: int) -> Sequence[Address]:
        await asyncio.Event().wait()
        return []

    async with Sender(allow_private=True, resolve=hang) as sender:
        outcome = await sender.post(f"https://{NAME}/", {}, b"", timeout=0.1)

    assert outcome.error is Failure.TIMEOUT


async def test_the_resolver_of_the_system() -> None:
    resolver = Resolver()

    assert ip_address("127.0.0.1") in await resolver("localhost", 80)
    assert await resolver("2130706433", 80) == [ip_address("127.0.0.1")]
    resolver.close()


async def test_a_name_that_does_not_exist() -> None:
    async with Sender(allow_private=True) as sender:
        outcome = await sender.post("http://label-too-long" + "g" * 60 + ":1/", {}, b"", timeout=5)
        missing = await sender.post("http://[::ffff:127.0.0.1]:1/", {}, b"", timeout=5)

    assert outcome.error is Failure.URL_REFUSED
    assert missing.error is Failure.CONNECT


async def post_over_tls(to: Receiver, tls: ssl.SSLContext | None, name: str = NAME) -> Outcome:
    async with Sender(allow_private=True, resolve=Names([["127.0.0.1"]]), tls=tls) as sender:
        return await sender.post(f"https://{name}:{to.port}/", {}, b"", timeout=5)


async def test_tls_and_host_speak_of_the_name_though_the_address_is_dialled(authority: Authority) -> None:
    async with receiver(OK, tls=authority.server) as hooks:
        outcome = await post_over_tls(hooks, authority.client)

    assert outcome.delivered
    assert outcome.address == "127.0.0.1"
    assert authority.asked_for == [NAME]
    assert f"host: {NAME}:{hooks.port}".encode() in hooks.requests[0].lower()


async def test_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    async with receiver(OK, tls=authority.server) as hooks:
        outcome = await post_over_tls(hooks, authority.client, "other.example.com")

    assert (outcome.error, outcome.address) == (Failure.TLS, "127.0.0.1")
    assert hooks.requests == []


async def test_a_certificate_of_an_unknown_issuer_is_refused(authority: Authority) -> None:
    async with receiver(OK, tls=authority.server) as hooks:
        outcome = await post_over_tls(hooks, None)

    assert outcome.error is Failure.TLS
    assert hooks.requests == []


async def test_a_receiver_that_wants_a_certificate_of_ours(authority: Authority) -> None:
    authority.server.verify_mode = ssl.CERT_REQUIRED
    # Later versions say so after the handshake only.
    authority.server.maximum_version = ssl.TLSVersion.TLSv1_2

    async with receiver(OK, tls=authority.server) as hooks:
        outcome = await post_over_tls(hooks, authority.client)

    assert outcome.error is Failure.TLS
    assert hooks.requests == []


async def test_a_receiver_that_speaks_no_tls() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Sender(allow_private=True, resolve=Names([["127.0.0.1"]])) as sender:
        outcome = await sender.post(f"https://{NAME}:{port}/", {}, b"", timeout=5)
    server.close()

    assert outcome.error is Failure.TLS


async def test_a_receiver_that_hangs_up_during_the_handshake() -> None:
    async def slam(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_server(slam, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Sender(allow_private=True, resolve=Names([["127.0.0.1"]])) as sender:
        outcome = await sender.post(f"https://{NAME}:{port}/", {}, b"", timeout=5)
    server.close()

    assert (outcome.error, outcome.address) == (Failure.TLS, "127.0.0.1")


async def test_a_receiver_that_drops_out_of_tls(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_the_clear() -> None:
            plain, _ = listener.accept()
            with plain:
                wrapped = authority.server.wrap_socket(plain, server_side=True)
                wrapped.recv(4096)
                with socket.socket(fileno=wrapped.detach()) as bare:
                    bare.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        server = asyncio.create_task(asyncio.to_thread(answer_in_the_clear))
        async with Sender(allow_private=True, resolve=Names([["127.0.0.1"]]), tls=authority.client) as sender:
            outcome = await sender.post(f"https://{NAME}:{listener.getsockname()[1]}/", {}, b"", timeout=5)
        await server

    assert (outcome.status, outcome.error) == (None, Failure.TLS)
