"""The public keys of an identity provider: fetched when they are wanted, kept, and never fetched in a rush."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

from app import clock, logs
from app.outgoing import fetching
from app.outgoing.fetching import FetchFailed

FRESH: Final = timedelta(seconds=300)
# A flood of tokens that name unknown keys costs the provider one request in this time.
COOL_DOWN: Final = timedelta(seconds=30)
# A provider that is away does not lock everybody out at once, but neither is it believed for ever.
LAST_GOOD: Final = timedelta(days=1)
_MOST_KEYS: Final = 50
_DISCOVERY: Final = "/.well-known/openid-configuration"

log = logs.get(__name__)


class Keyring:
    """The keys of one provider. `source` is where its key set lies; absent, its discovery document says so."""

    def __init__(self, issuer: str, source: str | None) -> None:
        self._issuer, self._source = issuer, source
        self._keys: dict[str, dict[str, Any]] = {}
        self._fetched_at = self._tried_at = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, key_id: str, algorithm: str) -> jwt.PyJWK | None:
        """The key of this name, if it is one for signing by this algorithm. Without a name, the only one there is."""
        now = clock.now()
        if now >= self._fetched_at + LAST_GOOD:
            self._keys = {}
        if key_id not in self._keys and self._is_due(now, COOL_DOWN):
            await asyncio.shield(self._refreshing(now))
        elif self._is_due(now, FRESH):
            # Nobody waits for this one: what we have is still good.
            self._refreshing(now)
        elif self._fetching is not None and key_id not in self._keys:
            await asyncio.shield(self._fetching)
        return _usable(self._keys.get(key_id, {}), algorithm)

    def _is_due(self, now: datetime, age: timedelta) -> bool:
        return now >= self._tried_at + COOL_DOWN and now >= self._fetched_at + age

    def _refreshing(self, now: datetime) -> asyncio.Task[None]:
        self._tried_at = now
        self._fetching = asyncio.create_task(self._refresh(now))
        self._fetching.add_done_callback(self._forget_task)
        return self._fetching

    def _forget_task(self, _task: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _refresh(self, now: datetime) -> None:
        try:
            found = await fetching.document(self._source or await self._discovered())
            self._keys = _by_id(found)
            self._fetched_at = now
        except FetchFailed as error:
            log.warning("key_set.unavailable", issuer=self._issuer, reason=str(error))

    async def _discovered(self) -> str:
        found = await fetching.document(self._issuer.rstrip("/") + _DISCOVERY)
        source = found.get("jwks_uri")
        # Another issuer's document, served here, would lend us its keys (OpenID Connect Discovery section 4.3).
        if found.get("issuer") != self._issuer or not isinstance(source, str):
            raise FetchFailed("discovery names another issuer, or no key set")
        return source


def _by_id(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise FetchFailed(f"no key set, or one of more than {_MOST_KEYS} keys")
    found = {key["kid"]: key for key in keys if isinstance(key, dict) and isinstance(key.get("kid"), str)}
    # A provider with a single key need not name it (OpenID Connect Core section 10.1).
    return {**found, "": keys[0]} if len(keys) == 1 and isinstance(keys[0], dict) else found


def _usable(key: dict[str, Any], algorithm: str) -> jwt.PyJWK | None:
    # A key for encryption, or for another algorithm, signs nothing; one with its private half is nobody's any more.
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm or "d" in key:
        return None
    try:
        return jwt.PyJWK(key, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
