"""Certificates for tests: an authority of one's own, what it signs, and a TLS server that asks who calls."""

import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

from app import clock

NAME = "hooks.example.com"
_DAY = timedelta(days=1)


def pem_of(key: CertificateIssuerPrivateKeyTypes, passphrase: bytes | None = None) -> str:
    """A private key as text."""
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked).decode()


@dataclass
class Authority:
    """Signs certificates that servers and clients show each other."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def name(self) -> x509.Name:
        """Its own."""
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority")])

    @property
    def certificate(self) -> str:
        """Its own, signed by itself."""
        return self.signed("Authority", self.key, is_authority=True)[0]

    def signed(
        self,
        name: str = NAME,
        key: CertificateIssuerPrivateKeyTypes | None = None,
        *,
        is_authority: bool = False,
        days: float = 3650,
    ) -> tuple[str, str]:
        """A certificate for a name, by default of a key of its own, and the key."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(clock.now() - 3 * _DAY)
            .not_valid_after(clock.now() + days * _DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode(), pem_of(key)

    def serving(self, folder: Path) -> ssl.SSLContext:
        """For a server with a certificate of this authority."""
        pem = folder / "server.pem"
        pem.write_text("".join(self.signed()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    def asking(self, folder: Path) -> ssl.SSLContext:
        """As `serving`, and it wants a certificate from its callers, too."""
        context = self.serving(folder)
        context.load_verify_locations(cadata=self.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def trusting(self) -> ssl.SSLContext:
        """For a client that trusts this authority alone."""
        return ssl.create_default_context(cadata=self.certificate)
