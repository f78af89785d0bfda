"""The keys with which this installation signs its own tokens: one for each month, sealed, made when it is needed."""

import base64
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app import db as database
from app.sealing import envelope, wrapping

ALGORITHM: Final = "EdDSA"
_DAYS: Final = 30

_FIND = "select sealed from signing_key where period = $1"
# Of several processes that begin a period at once, one makes its key and all take that.
_MAKE = "insert into signing_key (period, sealed) values ($1, $2) on conflict do nothing"
_DROP = "delete from signing_key where period < $1"

_known: dict[int, Ed25519PrivateKey] = {}


def forget() -> None:
    """Ask the database again."""
    _known.clear()


async def current(now: datetime) -> tuple[str, Ed25519PrivateKey]:
    """The key of this period and its name."""
    period = _period(now)
    key = await _key(period)
    if key is None:
        new, reads = Ed25519PrivateKey.generate(), database.current().reads
        sealed = await wrapping.current().wrap(new.private_bytes_raw(), _context(period))
        await reads.change("", _MAKE, (period, sealed))
        # What the period before signed may still be on its way; what lies further back has expired.
        await reads.change("", _DROP, (period - 1,))
        key = await _key(period)
    assert key is not None  # noqa: S101
    return str(period), key


async def public(key_id: str, now: datetime) -> Ed25519PublicKey | None:
    """The public half of the key of this name, if what it signed can still be good."""
    period = next((period for period in _published(now) if str(period) == key_id), None)
    key = None if period is None else await _key(period)
    return None if key is None else key.public_key()


async def key_set(now: datetime) -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 7517, 8037)."""
    found = [(period, await _key(period)) for period in _published(now)]
    return {"keys": [_jwk(period, key.public_key()) for period, key in found if key is not None]}


def _period(now: datetime) -> int:
    return now.date().toordinal() // _DAYS


def _published(now: datetime) -> tuple[int, int]:
    return _period(now), _period(now) - 1


def _context(period: int) -> bytes:
    return envelope.associated("signing_key", str(period), "sealed")


async def _key(period: int) -> Ed25519PrivateKey | None:
    if period not in _known:
        rows = await database.current().reads.fetch("", _FIND, (period,))
        if not rows:
            return None
        clear = await wrapping.current().unwrap(rows[0]["sealed"], _context(period))
        _known[period] = Ed25519PrivateKey.from_private_bytes(clear)
    return _known[period]


def _jwk(period: int, key: Ed25519PublicKey) -> dict[str, str]:
    coordinate = base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": str(period), "x": coordinate}
