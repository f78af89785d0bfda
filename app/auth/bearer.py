"""The one way in, for both doors: an `Authorization` header becomes an `Actor` (RFC 6750 section 2.1)."""

import hashlib
from datetime import datetime, timedelta

from app import clock
from app.auth import jwts, keys, providers, signing_keys, tokens
from app.auth.actor import Actor
from app.auth.credentials import BadCredential, Verified

# How long a verified credential is trusted without a look at the database: the longest that a revoked one lives on.
TRUST = timedelta(seconds=5)
LONGEST = 8 * 1024
_REMEMBERED = 10_000

_trusted: dict[bytes, Verified] = {}


def forget() -> None:
    """Trust nothing any longer without asking again."""
    _trusted.clear()
    signing_keys.forget()
    providers.forget()


async def authenticate(authorization: str | None, address: str | None = None) -> Actor:
    """The actor behind a header, at the address from which they call. Raises `BadCredential`."""
    if not authorization:
        raise BadCredential(presented=False)
    if len(authorization) > LONGEST:
        raise BadCredential
    # Under a digest: what lies in memory opens nothing.
    digest, now = hashlib.blake2b(authorization.encode(), digest_size=16).digest(), clock.now()
    known = _trusted.get(digest)
    if known is None or known.until <= now:
        known = await _verified(authorization, now)
        if len(_trusted) >= _REMEMBERED:
            _trusted.clear()
        _trusted[digest] = known
    if not known.admits(address):
        raise BadCredential
    return known.actor


async def _verified(authorization: str, now: datetime) -> Verified:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise BadCredential
    text = text.strip()
    if text.startswith(keys.BEGINNING):
        found = await keys.verify(text, now)
    elif (claimed := jwts.read(text)).issuer == tokens.issuer():
        found = await tokens.verify(claimed, now)
    else:
        found = await providers.verify(claimed, now)
    return Verified(found.actor, min(found.until, now + TRUST), found.networks)
