"""Who we are to a receiver that asks: a certificate with its private key, checked when it comes, shown when we dial."""

import asyncio
import secrets
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from app import clock
from app.errors import Fault, Invalid

LONGEST_CHAIN: Final = 10
MOST_KEPT: Final = 256
_PEM, _PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
_SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


class BadIdentity(Invalid):
    """A client certificate cannot be used; the fault says what is wrong with which part of it."""

    code = "bad_client_certificate"


@dataclass(frozen=True, slots=True)
class Identity:
    """What may be told of a client certificate, and all of it as `context` wants it."""

    subject: str | None = None
    fingerprint: str | None = None
    expires_at: datetime | None = None
    pem: str | None = None


NOBODY: Final = Identity()


def examined(certificate: str, private_key: str, pointer: str) -> Identity:
    """Both parts as PEM, found fit for use. Raises `BadIdentity` with a pointer below `pointer`."""
    chain, key = _chain(certificate, f"{pointer}/certificate"), _key(private_key, f"{pointer}/private_key")
    leaf = chain[0]
    if leaf.not_valid_after_utc <= clock.now():
        _refuse(f"{pointer}/certificate", "certificate_expired", "has expired")
    if leaf.public_key().public_bytes(_PEM, _SPKI) != key.public_key().public_bytes(_PEM, _SPKI):
        _refuse(f"{pointer}/private_key", "key_does_not_fit", "does not belong to the first certificate")
    # What stood beside them is not kept.
    parts = [key.private_bytes(_PEM, _PKCS8, serialization.NoEncryption()), *(one.public_bytes(_PEM) for one in chain)]
    pem = b"".join(parts).decode()
    try:
        context(pem, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    except ssl.SSLError:
        # A key that is too short, or of a kind that is not spoken here.
        _refuse(f"{pointer}/private_key", "key_refused", "is of a kind or a length that TLS does not accept")
    return Identity(
        leaf.subject.rfc4514_string(), leaf.fingerprint(hashes.SHA256()).hex(), leaf.not_valid_after_utc, pem
    )


def context(pem: str, trusting: ssl.SSLContext) -> ssl.SSLContext:
    """For connections that show this certificate, and trust whom another context trusts."""
    fresh = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if roots := trusting.get_ca_certs(binary_form=True):
        fresh.load_verify_locations(cadata=b"".join(roots))
    fresh.set_alpn_protocols(["http/1.1"])
    key = serialization.load_pem_private_key(pem.encode(), None)
    certificates = pem[pem.index("-----BEGIN CERTIFICATE") :]
    # The library reads from files alone, and what lies in one must open nothing, even if we die now.
    passphrase = secrets.token_bytes(32).hex().encode()
    sealed = key.private_bytes(_PEM, _PKCS8, serialization.BestAvailableEncryption(passphrase))
    with tempfile.NamedTemporaryFile() as file:
        file.write(sealed + certificates.encode())
        file.flush()
        fresh.load_cert_chain(file.name, password=passphrase)
    return fresh


class Contexts:
    """Contexts for many certificates, kept for those that were used last."""

    def __init__(self, trusting: ssl.SSLContext) -> None:
        self._trusting = trusting
        self._kept: dict[str, ssl.SSLContext] = {}
        self._making = asyncio.Lock()

    async def context(self, pem: str) -> ssl.SSLContext:
        """The one for a certificate: the same every time, so that its connections can be used again."""
        async with self._making:
            found = self._kept.pop(pem, None)
            if found is None:
                # Reading all whom we trust takes its time.
                found = await asyncio.to_thread(context, pem, self._trusting)
            self._kept[pem] = found
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return found


def _chain(text: str, pointer: str) -> list[x509.Certificate]:
    try:
        chain = x509.load_pem_x509_certificates(text.encode())
        for one in chain:
            one.public_key()
    except (ValueError, UnsupportedAlgorithm):
        _refuse(pointer, "not_a_certificate", "is no certificate in PEM")
    if len(chain) > LONGEST_CHAIN:
        _refuse(pointer, "chain_too_long", f"holds more than {LONGEST_CHAIN} certificates")
    return chain


def _key(text: str, pointer: str) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(text.encode(), None)
    except TypeError:
        _refuse(pointer, "key_has_passphrase", "is protected by a passphrase: send it without")
    except (ValueError, UnsupportedAlgorithm):
        _refuse(pointer, "not_a_private_key", "is no private key in PEM")


def _refuse(pointer: str, code: str, what: str) -> NoReturn:
    raise BadIdentity("This client certificate cannot be used.", faults=(Fault(what, code=code, pointer=pointer),))
