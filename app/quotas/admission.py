"""Letting callers in, as far as their budgets go: who they are, what it costs, and what their answers say of it.

Everything is counted in this process, so that no request waits for a store (docs/decisions/0014).
"""

import math
from collections.abc import Coroutine, MutableMapping
from functools import cache, lru_cache
from ipaddress import IPv6Address
from typing import Any

from app import clock, config
from app.auth.actor import Actor
from app.errors import RateLimited, Unauthenticated
from app.quotas.buckets import WINDOW_SECONDS, Budget, Key

# Where the budgets that were drawn from lie in an ASGI scope, for the outermost layer to tell how they stand.
_DRAWN = "flipside.ratelimit"
_MOST_WELCOME = 10_000
# One network at most providers: whoever holds it has all addresses within.
_IPV6_PREFIX_CHARACTERS = 19

Scope = MutableMapping[str, Any]
Headers = tuple[tuple[bytes, bytes], ...]
_Draws = tuple[tuple[Budget, Key], ...]


class Budgets:
    """The four kinds of budgets, and the credentials that were good lately. Of what is not limited there is none."""

    def __init__(self, settings: config.Settings) -> None:
        self.credential = _budget("credential", settings.rate_limit_credential)
        self.organisation = _budget("organisation", settings.rate_limit_organisation)
        self.operation = _budget("operation", settings.rate_limit_operation)
        self.address = _budget("address", settings.rate_limit_address)
        # By their hashes: what lies in memory opens nothing.
        self.welcome: set[int] = set()

        self.everyday = lru_cache(maxsize=4096)(self._everyday)

    def _everyday(self, organisation_id: str, principal: str) -> _Draws:
        """What each request of a caller is drawn from."""
        found: list[tuple[Budget, Key]] = []
        if self.credential is not None:
            found.append((self.credential, (organisation_id, principal)))
        if self.organisation is not None:
            found.append((self.organisation, (organisation_id, "")))
        return tuple(found)

    def shared(self) -> list[Budget]:
        """What replicas count together. Addresses are personal data, and stay where they are."""
        return [budget for budget in (self.credential, self.organisation, self.operation) if budget is not None]


def _budget(name: str, units: int) -> Budget | None:
    return Budget(name, units) if units else None


@cache
def budgets() -> Budgets:
    """The budgets of this process."""
    return Budgets(config.settings())


async def admit(scope: Scope, authentication: Coroutine[Any, Any, Actor], units: int = 1, operation: str = "") -> Actor:
    """Who asks, once they have paid. Raises `RateLimited`, and whatever the authentication raises."""
    kept = budgets()
    if kept.address is not None:
        credential, address = hash(_authorization(scope)), kept.address
        # Others may share their address with somebody who guesses: whose credential was good may go on.
        if credential not in kept.welcome and (wait := address.wait(_caller(scope), 1, clock.now().timestamp())):
            authentication.close()
            raise _refusal(address, wait)
    try:
        actor = await authentication
    except Unauthenticated:
        if kept.address is not None:
            kept.welcome.discard(credential)
            address.draw(_caller(scope), 1, clock.now().timestamp())
        raise
    if kept.address is not None and credential not in kept.welcome:
        _welcome(kept.welcome, credential)
    charge(scope, actor, units, operation)
    return actor


def charge(scope: Scope, actor: Actor, units: int, operation: str = "") -> None:
    """Draw units from every budget concerned, or from none. Raises `RateLimited`.

    An operation that costs more than one unit has a budget of its own besides.
    """
    kept = budgets()
    draws = kept.everyday(actor.organisation_id, actor.principal)
    if kept.operation is not None and operation and units > 1:
        draws += ((kept.operation, (actor.organisation_id, operation)),)
    if not draws:
        return
    scope[_DRAWN] = draws
    now = clock.now().timestamp()
    for budget, key in draws:
        if wait := budget.wait(key, units, now):
            raise _refusal(budget, wait)
    for budget, key in draws:
        budget.draw(key, units, now)


def headers(scope: Scope) -> Headers:
    """How the budgets stand that this request drew from (draft-ietf-httpapi-ratelimit-headers): two header fields."""
    draws: _Draws = scope.get(_DRAWN, ())
    if not draws:
        return ()
    now = clock.now().timestamp()
    levels = [(budget.name, budget.level(key, now)) for budget, key in draws]
    stand = ", ".join([f'"{name}";r={left};t={full_in}' for name, (left, full_in) in levels])
    return _policies(tuple([budget for budget, _ in draws])), (b"ratelimit", stand.encode())


def _refusal(budget: Budget, wait: float) -> RateLimited:
    seconds = math.ceil(wait)
    return RateLimited(
        f"The {budget.name}'s budget of {budget.units:,} a minute is spent. Try again in {seconds} s.",
        retry_after_seconds=seconds,
    )


@cache
def _policies(kinds: tuple[Budget, ...]) -> tuple[bytes, bytes]:
    return b"ratelimit-policy", ", ".join(f'"{each.name}";q={each.units};w={WINDOW_SECONDS}' for each in kinds).encode()


def _authorization(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value)
    return b""


def _welcome(credentials: set[int], credential: int) -> None:
    if len(credentials) >= _MOST_WELCOME:
        credentials.clear()
    credentials.add(credential)


def _caller(scope: Scope) -> Key:
    """The address of whoever calls, as far as it tells one from another: of IPv6 the network."""
    host = str((scope.get("client") or ("",))[0])
    if ":" not in host:
        return "", host
    address = IPv6Address(host)
    return "", str(address.ipv4_mapped or address.exploded[:_IPV6_PREFIX_CHARACTERS])
