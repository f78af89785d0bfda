"""The cryptography of the audit trail: the mac of an entry, its link in the chain, the signature of a head."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import config, secret

# What the first entry of every chain follows.
GENESIS = bytes(32)
CONTENT = (
    "organisation_id id occurred_at principal actor_id role action resource object_id objects members outcome code "
    "request_id subjects"
).split()


def mac(entry: Mapping[str, Any]) -> bytes:
    """The authentication code of an entry's content (HMAC-SHA-256), with the subjects in their order."""
    return hmac.digest(_mac_key(), canonical(entry), "sha256")


def is_genuine(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is as it was written."""
    return hmac.compare_digest(mac(entry), entry["mac"])


def link(previous: bytes, sequence: int, entry: Mapping[str, Any]) -> bytes:
    """The hash of an entry at its place: SHA-256 over the one before, the number, the mac and the content."""
    return hashlib.sha256(previous + sequence.to_bytes(8) + entry["mac"] + canonical(entry)).digest()


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The content as JSON without spaces, members in the order of their names."""
    return orjson.dumps({name: entry[name] for name in CONTENT}, option=orjson.OPT_SORT_KEYS)


def sign(organisation_id: str, day: date, sequence: int, last: bytes) -> bytes:
    """The Ed25519 signature (RFC 8032) of a head."""
    return _signer().sign(_head(organisation_id, day, sequence, last))


def is_signed(head: Mapping[str, Any]) -> bool:
    """Whether a head bears our signature."""
    text = _head(head["organisation_id"], head["day"], head["sequence"], head["hash"])
    try:
        _signer().public_key().verify(head["signature"], text)
    except InvalidSignature:
        return False
    return True


def public_key() -> bytes:
    """The 32 bytes with which anyone can verify a head."""
    return _signer().public_key().public_bytes_raw()


def _head(organisation_id: str, day: date, sequence: int, last: bytes) -> bytes:
    return f"flipside audit head\n{organisation_id}\n{day.isoformat()}\n{sequence}\n{last.hex()}".encode()


@cache
def _mac_key() -> bytes:
    return secret.derive(config.settings(), "audit entries")


@cache
def _signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret.derive(config.settings(), "audit heads"))
