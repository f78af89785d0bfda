"""Key-encryption keys: they wrap data keys and nothing else, and never touch the database.

`Wrapper` is the port. The built-in one takes its keys from `FLIPSIDE_KEY_ENCRYPTION_KEYS`. To put a key management
service behind it, implement the three members (`wrap` is the service's Encrypt, `unwrap` its Decrypt, `context` its
encryption context) and hand the object to `use` before the first request. Both may be called inside a transaction:
answer within milliseconds, or fail.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from functools import cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config, secret
from app.config import Settings
from app.sealing.envelope import NONCE_BYTES

_KEY_BYTES = 32
_LONGEST_ID = 64
# The key that is there when none is named: derived from the secret key of the installation.
DERIVED = "derived"


class KeysUnfit(RuntimeError):
    """The key-encryption keys are malformed, or not those that the database was sealed under."""


class Wrapper(Protocol):
    """Wraps data keys. What is wrapped says itself which key-encryption key opens it."""

    @property
    def kek_id(self) -> str:
        """The key-encryption key that wraps from now on."""

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """The key as it may lie in the database, bound to its context."""

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key itself. Raises `KeysUnfit`."""


class Keyring:
    """The built-in wrapper: key-encryption keys held in memory, of which the first wraps."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {kek_id: AESGCM(key) for kek_id, key in keys.items()}
        self.kek_id = next(iter(keys))

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Length and id of the key-encryption key, a nonce, ciphertext and tag."""
        name, nonce = self.kek_id.encode(), os.urandom(NONCE_BYTES)
        return bytes([len(name)]) + name + nonce + self._ciphers[self.kek_id].encrypt(nonce, key, context)

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key itself. Raises `KeysUnfit`."""
        named = 1 + wrapped[0]
        kek_id, nonce, sealed = wrapped[1:named].decode(), wrapped[named : named + NONCE_BYTES], wrapped[named:]
        if kek_id not in self._ciphers:
            raise KeysUnfit(
                f"Data keys are wrapped by the key-encryption key {kek_id!r}, which this process does not have. "
                "Add it to FLIPSIDE_KEY_ENCRYPTION_KEYS."
            )
        try:
            return self._ciphers[kek_id].decrypt(nonce, sealed[NONCE_BYTES:], context)
        except InvalidTag:
            given = "FLIPSIDE_SECRET_KEY" if kek_id == DERIVED else "FLIPSIDE_KEY_ENCRYPTION_KEYS"
            raise KeysUnfit(
                f"The key-encryption key {kek_id!r} is another than the one that wrapped the data keys of this "
                f"database. Mend {given}."
            ) from None


def keyring(settings: Settings) -> Keyring:
    """The keys of the settings, and behind them the derived one, so that what it wrapped can be wrapped anew."""
    named: dict[str, bytes] = {}
    text = settings.key_encryption_keys.get_secret_value() if settings.key_encryption_keys else ""
    for number, entry in enumerate(text.split(",") if text else (), 1):
        kek_id, _, encoded = entry.strip().partition(":")
        key = _decoded(encoded)
        if not kek_id.isascii() or not 0 < len(kek_id) <= _LONGEST_ID or kek_id in {*named, DERIVED} or key is None:
            # The number, not the entry: this line may end in a log.
            raise KeysUnfit(
                f"Entry {number} of FLIPSIDE_KEY_ENCRYPTION_KEYS is not an id of its own, a colon and 32 bytes in "
                'base64. Make one: echo "2026a:$(openssl rand -base64 32)"'
            )
        named[kek_id] = key
    return Keyring({**named, DERIVED: secret.derive(settings, "key-encryption")})


def _decoded(encoded: str) -> bytes | None:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    return key if len(key) == _KEY_BYTES else None


_wrapper: Wrapper | None = None


def use(wrapper: Wrapper | None) -> Wrapper | None:
    """Wrap and unwrap with `wrapper` from now on; the one before."""
    global _wrapper
    before, _wrapper = _wrapper, wrapper
    return before


def current() -> Wrapper:
    """The wrapper of this process; unless another was named, the one of its settings."""
    return _wrapper or _built_in()


@cache
def _built_in() -> Keyring:
    return keyring(config.settings())
