"""Client certificates: what is refused when they come, and who we are to a receiver that asks."""

import os
import ssl
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.outgoing import identities
from app.outgoing.dialling import Address
from app.webhooks.sender import Failure, Outcome, Sender
from tests.outcomes import refused
from tests.outgoing.authorities import NAME, Authority, pem_of
from tests.webhooks.receivers import Answer, Receiver, receiver

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture
def authority() -> Authority:
    return Authority()


def examined(certificate: str, private_key: str) -> identities.Identity:
    return identities.examined(certificate, private_key, "/c")


def test_what_is_told_of_a_certificate(authority: Authority) -> None:
    certificate, key = authority.signed("client.example.com")
    parsed = x509.load_pem_x509_certificate(certificate.encode())

    found = examined(certificate + authority.certificate, f"{key}\nand a note")

    assert found.subject == "CN=client.example.com"
    assert found.fingerprint == parsed.fingerprint(hashes.SHA256()).hex()
    assert found.expires_at == parsed.not_valid_after_utc
    assert found.pem is not None
    assert (found.pem.count("BEGIN CERTIFICATE"), found.pem.count("PRIVATE"), "note" in found.pem) == (2, 2, False)


@pytest.mark.parametrize(
    "text", ["", "MIIB", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "a private key"]
)
def test_what_is_no_certificate_is_refused(authority: Authority, text: str) -> None:
    with refused("bad_client_certificate", "/c/certificate"):
        examined(text, authority.signed()[1])


def test_a_chain_has_an_end(authority: Authority) -> None:
    certificate, key = authority.signed()

    with refused("bad_client_certificate", "/c/certificate"):
        examined(certificate + authority.certificate * identities.LONGEST_CHAIN, key)


def test_an_expired_certificate_is_refused(authority: Authority) -> None:
    with refused("bad_client_certificate", "/c/certificate"):
        examined(*authority.signed(days=-1))


def test_a_key_of_another_certificate_is_refused(authority: Authority) -> None:
    with refused("bad_client_certificate", "/c/private_key"):
        examined(authority.signed()[0], authority.signed()[1])


def test_what_is_no_key_is_refused(authority: Authority) -> None:
    with refused("bad_client_certificate", "/c/private_key"):
        examined(authority.signed()[0], "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n")


def test_a_key_with_a_passphrase_is_refused(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())

    with refused("bad_client_certificate", "/c/private_key"):
        examined(authority.signed(key=key)[0], pem_of(key, b"open sesame"))


def test_a_key_that_tls_does_not_accept_is_refused(authority: Authority) -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505

    with refused("bad_client_certificate", "/c/private_key"):
        examined(*authority.signed(key=short))


def test_no_file_is_left_behind(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    examined(*authority.signed())

    assert os.listdir(tmp_path) == []


class Caller:
    """A sender to one receiver, under its name."""

    def __init__(self, sender: Sender, to: Receiver) -> None:
        self._sender, self._url = sender, f"https://{NAME}:{to.port}/in"

    async def __call__(self, identity: str | None) -> Outcome:
        return await self._sender.post(self._url, {}, b"{}", timeout=5, identity=identity)


async def _here(_host: str, _port: int) -> Sequence[Address]:
    return [ip_address("127.0.0.1")]


def sender_of(authority: Authority) -> Sender:
    return Sender(allow_private=True, resolve=_here, tls=authority.trusting())


class Door:
    """Answers, and notes who called."""

    def __init__(self) -> None:
        self.callers: list[str] = []

    @property
    def answer(self) -> Answer:
        async def answered(_reader: object, writer: object) -> None:
            certificate = writer.get_extra_info("peercert")  # type: ignore[attr-defined]
            self.callers.append(certificate["subject"][0][0][1])
            writer.write(OK)  # type: ignore[attr-defined]

        return answered


def identity_of(authority: Authority, name: str) -> str | None:
    return examined(*authority.signed(name)).pem


async def test_a_receiver_that_asks_is_shown_the_certificate(authority: Authority, tmp_path: Path) -> None:
    door, (one, other) = Door(), (identity_of(authority, name) for name in ("one", "other"))

    async with receiver(door.answer, tls=authority.asking(tmp_path)) as hooks, sender_of(authority) as sender:
        call = Caller(sender, hooks)
        outcomes = [await call(identity) for identity in (one, other, one, other)]

    assert all(outcome.delivered for outcome in outcomes)
    # Nobody goes out over a connection that speaks for somebody else.
    assert door.callers == ["one", "other", "one", "other"]
    assert hooks.connections == 2


@pytest.mark.parametrize(
    ("version", "error"),
    # Since the latter a receiver speaks up after the handshake only, or just hangs up.
    [(ssl.TLSVersion.TLSv1_2, Failure.TLS), (ssl.TLSVersion.TLSv1_3, Failure.PROTOCOL)],
)
async def test_without_a_certificate_or_with_one_of_somebody_else_a_receiver_refuses(
    authority: Authority, tmp_path: Path, version: ssl.TLSVersion, error: Failure
) -> None:
    server = authority.asking(tmp_path)
    server.minimum_version = server.maximum_version = version

    async with receiver(OK, tls=server) as hooks, sender_of(authority) as sender:
        call = Caller(sender, hooks)
        outcomes = [await call(None), await call(identity_of(Authority(), "stranger"))]

    assert [outcome.error for outcome in outcomes] == [error] * 2
    assert hooks.requests == []


async def test_a_certificate_changes_nothing_about_whom_we_trust(authority: Authority, tmp_path: Path) -> None:
    async with receiver(OK, tls=Authority().asking(tmp_path)) as hooks, sender_of(authority) as sender:
        outcome = await Caller(sender, hooks)(identity_of(authority, "one"))

    assert outcome.error is Failure.TLS
    assert hooks.requests == []


async def test_certificates_that_are_not_used_are_forgotten(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "MOST_KEPT", 1)
    door, (one, other) = Door(), (identity_of(authority, name) for name in ("one", "other"))

    async with receiver(door.answer, tls=authority.asking(tmp_path)) as hooks, sender_of(authority) as sender:
        call = Caller(sender, hooks)
        outcomes = [await call(identity) for identity in (one, other, one)]

    assert all(outcome.delivered for outcome in outcomes)
    assert hooks.connections == 3
