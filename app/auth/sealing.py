"""Encrypted columns: AES-256-GCM (NIST SP 800-38D), bound to the place where the ciphertext lies."""

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config, secret

_VERSION = b"\x01"
_NONCE_BYTES = 12


@cache
def _cipher() -> AESGCM:
    return AESGCM(secret.derive(config.settings(), "sealing"))


def seal(clear: bytes, *place: str) -> bytes:
    """Ciphertext of `clear` that opens only at `place` (table, row, column): version, nonce, ciphertext, tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher().encrypt(nonce, clear, _associated(place))


def unseal(sealed: bytes, *place: str) -> bytes:
    """The clear bytes. Raises `cryptography.exceptions.InvalidTag` for what is of another place or key, or changed."""
    version, nonce, text = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if version != _VERSION or not text:
        raise InvalidTag
    return _cipher().decrypt(nonce, text, _associated(place))


def _associated(place: tuple[str, ...]) -> bytes:
    # Lengths in front: ("ab", "c") and ("a", "bc") are different places.
    return _VERSION + b"".join(len(part.encode()).to_bytes(2) + part.encode() for part in place)
