"""Access tokens of our own: what a service account gets for its secret (RFC 6749 section 4.4, RFC 9068)."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import jwt

from app import config
from app.auth import jwts, keys, scopes, signing_keys
from app.auth.actor import Actor, Role
from app.auth.credentials import BadCredential, Verified
from app.auth.scopes import Scope

# With the minute that clocks may differ it makes a quarter of an hour.
LIFETIME: Final = timedelta(minutes=14)
ACCESS, PORTAL = "at+jwt", "portal+jwt"
_LONGEST: Final[Mapping[str | None, timedelta]] = {ACCESS: LIFETIME, PORTAL: timedelta(hours=1)}


def issuer() -> str:
    """The name under which we issue, and the only audience of what we issue."""
    return config.settings().base_url


async def issue(
    actor: Actor,
    granted: Collection[Scope],
    now: datetime,
    lifetime: timedelta = LIFETIME,
    kind: str = ACCESS,
    **more: str | None,
) -> str:
    """A token that does for a while what the actor's own key does, within `granted`; `more` are further claims."""
    key_id, key = await signing_keys.current(now)
    claims = {
        "iss": issuer(),
        "aud": issuer(),
        "sub": actor.principal,
        "client_id": actor.principal,
        "organisation_id": actor.organisation_id,
        "scope": " ".join(sorted(granted)),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": secrets.token_urlsafe(16),
        **more,
    }
    return jwt.encode(claims, key, signing_keys.ALGORITHM, {"typ": kind, "kid": key_id})


async def verify(claimed: jwts.Claimed, now: datetime) -> Verified:
    """Who holds it: its client, as far as the client is still good. Raises `BadCredential`."""
    key = await signing_keys.public(claimed.key_id, now)
    if key is None:
        raise BadCredential
    expected = jwts.Expected(
        issuer(), issuer(), [signing_keys.ALGORITHM], _LONGEST.keys(), _LONGEST.get(claimed.kind, LIFETIME)
    )
    until = jwts.believe(claimed, key, expected, now)
    claims = claimed.claims
    client = await keys.still_good(claims["organisation_id"], claims["sub"], now)
    granted = scopes.within(client.actor.scopes, claims["scope"])
    actor = replace(client.actor, scopes=granted)
    if endpoint_id := claims.get("endpoint_id"):
        actor = replace(actor, role=Role.WEBHOOK_PORTAL, endpoint_id=endpoint_id)
    return replace(client, actor=actor, until=min(client.until, until))
