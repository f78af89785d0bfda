"""An identity provider in the small: its keys, its tokens, and a server that hands out its documents."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa
from jwt.algorithms import get_default_algorithms

from app import clock

CONFIGURATION = "/.well-known/openid-configuration"


def private_key(algorithm: str, number: int = 0) -> Any:
    """A key for signing; another one for every number."""
    return _made(algorithm, number)


@cache
def _made(algorithm: str, _number: int) -> Any:
    if algorithm == "EdDSA":
        return Ed25519PrivateKey.generate()
    return elliptic(SECP256R1()) if algorithm == "ES256" else rsa(65537, 2048)


def encoded(value: Any) -> str:
    """A part of a token."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def public_jwk(algorithm: str, key_id: str, number: int = 0, **members: Any) -> dict[str, Any]:
    """The public half as a provider shows it."""
    shown: dict[str, Any] = orjson.loads(
        get_default_algorithms()[algorithm].to_jwk(private_key(algorithm, number).public_key())
    )
    # The library says what a key may be used for; providers say rather who signs with it.
    shown.pop("key_ops", None)
    return shown | {"kid": key_id, "use": "sig", "alg": algorithm} | members


class Issuer:
    """A provider: what it shows, and how often it was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.keys = [public_jwk("RS256", "one")]
        self.answers: dict[str, bytes] = {}
        self.status = 200

    @property
    def url(self) -> str:
        """Its name."""
        return f"http://127.0.0.1:{self.port}"

    def claims(self, audience: str, **claims: Any) -> dict[str, Any]:
        """What a good token says; `...` leaves a claim out."""
        now = int(clock.now().timestamp())
        given = {"iss": self.url, "aud": audience, "sub": "e-1", "iat": now, "exp": now + 600} | claims
        return {name: value for name, value in given.items() if value is not ...}

    def token(
        self,
        audience: str,
        *,
        key: Any = None,
        algorithm: str = "RS256",
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A token: a good one, unless something else is asked for."""
        headers = {"alg": algorithm, "typ": "at+jwt", "kid": "one"} | (header or {})
        headers = {name: value for name, value in headers.items() if value is not None}
        body = f"{encoded(headers)}.{encoded(self.claims(audience, **claims))}"
        # By hand: a library would not write half of what a test wants to see refused.
        signer = get_default_algorithms()[algorithm]
        return f"{body}.{encoded(signer.sign(body.encode(), private_key(algorithm) if key is None else key))}"

    def answer(self, path: str) -> bytes:
        """The document at a path."""
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == CONFIGURATION:
            return orjson.dumps({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})
        return orjson.dumps({"keys": self.keys})


@asynccontextmanager
async def serving(issuer: Issuer) -> AsyncIterator[Issuer]:
    """The provider's server, for as long as the block runs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            # Whoever has what they need may hang up without a question.
            writer.close()
            return
        body = issuer.answer(head.split()[1].decode())
        length = f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 {issuer.status} It\r\nlocation: {issuer.url}/keys\r\n{length}".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    issuer.port = server.sockets[0].getsockname()[1]
    try:
        yield issuer
    finally:
        server.close()
        await server.wait_closed()


def at(moment: datetime) -> int:
    """A moment as tokens write it."""
    return int(moment.timestamp())
