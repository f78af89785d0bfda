"""The form of what is sealed: AES-256-GCM (NIST SP 800-38D), bound to the place where the ciphertext lies.

An envelope is a version, the id of the data key that opens it, a nonce, ciphertext and tag.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x02"
_KEY_ID_CHARACTERS, NONCE_BYTES, _TAG_BYTES = 30, 12, 16
_KEY_ID_ENDS = 1 + _KEY_ID_CHARACTERS
_TEXT_BEGINS = _KEY_ID_ENDS + NONCE_BYTES
# Where the id stands inside an envelope, as PostgreSQL counts. `escape`, since it takes any byte.
KEY_ID_SQL = f"encode(substring({{}} from 2 for {_KEY_ID_CHARACTERS}), 'escape')"


@dataclass(frozen=True, slots=True)
class Key:
    """A data key, unwrapped: it lives in memory only."""

    id: str
    cipher: AESGCM


def seal(key: Key, clear: bytes, *place: str) -> bytes:
    """An envelope of `clear` that opens only at `place`: organisation, table, row id, column."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = key.cipher.encrypt(nonce, clear, associated(*place, key.id))
    return _VERSION + key.id.encode() + nonce + sealed


def unseal(key: Key, envelope: bytes, *place: str) -> bytes:
    """The clear bytes. Raises `cryptography.exceptions.InvalidTag` for what is of another place or key, or changed."""
    if envelope[:1] != _VERSION or len(envelope) < _TEXT_BEGINS + _TAG_BYTES:
        raise InvalidTag
    nonce, sealed = envelope[_KEY_ID_ENDS:_TEXT_BEGINS], envelope[_TEXT_BEGINS:]
    return key.cipher.decrypt(nonce, sealed, associated(*place, key_id(envelope)))


def key_id(envelope: bytes) -> str:
    """The id of the data key that opens an envelope."""
    return envelope[1:_KEY_ID_ENDS].decode("ascii", "replace")


def associated(*parts: str) -> bytes:
    """Names as one associated text. Lengths in front: ("ab", "c") and ("a", "bc") are different places."""
    return _VERSION + b"".join(len(part.encode()).to_bytes(2) + part.encode() for part in parts)
