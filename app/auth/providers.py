"""Tokens of an organisation's own identity provider: which organisation, which of its people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from app import db as database
from app.auth import jwts
from app.auth.actor import Actor, Role
from app.auth.credentials import BadCredential, Verified
from app.auth.keyrings import Keyring
from app.auth.models import PersonMatch, TokenType
from app.auth.scopes import EVERY, within

LONGEST: Final = timedelta(hours=24)
# How long a provider is remembered as it was: the longest that a disabled one lives on.
_TRUST: Final = timedelta(seconds=5)
_REMEMBERED: Final = 1000
_MOST_AUDIENCES: Final = 10
_TYPES: Final = {
    TokenType.AT_JWT: frozenset({"at+jwt", "application/at+jwt"}),
    TokenType.JWT: frozenset({"at+jwt", "application/at+jwt", "jwt", None}),
}

# Of two organisations that name the same issuer and audience the earlier one has it (docs/decisions/0011).
_BOUND = """
    select distinct on (audience) organisation_id, provider_id from issuer_binding
    where issuer = $1 and audience = any($2) order by audience, bound_at, organisation_id
"""
_READ = """
    select id, issuer, audience, jwks_uri, algorithms::text, person_claim, person_match, token_type
    from identity_provider where organisation_id = $1 and id = $2 and is_enabled
"""
_PERSON = """
    select p.id, s.role from person p
    left join standing s on s.organisation_id = p.organisation_id and s.person_id = p.id
    where p.organisation_id = $1 and {} and p.employment_status <> 'inactive'
"""
_PEOPLE: Final = {
    PersonMatch.EXTERNAL_ID: _PERSON.format("p.external_id = $2"),
    PersonMatch.WORK_EMAIL: _PERSON.format("p.work_email_key = lower($2)"),
}


@dataclass(frozen=True, slots=True)
class _Provider:
    """One provider as it was a moment ago, with its keys."""

    organisation_id: str
    row: Any
    keys: Keyring
    until: datetime


_known: dict[tuple[str, tuple[str, ...]], _Provider] = {}
_rings: dict[tuple[str, str | None, str], Keyring] = {}


def forget() -> None:
    """Ask the database and the providers again."""
    _known.clear()
    _rings.clear()


async def verify(claimed: jwts.Claimed, now: datetime) -> Verified:
    """Which person holds a token of their organisation's provider. Raises `BadCredential`."""
    provider = await _provider(claimed, now)
    row = provider.row
    algorithms = orjson.loads(row["algorithms"])
    if claimed.algorithm not in algorithms:
        raise BadCredential
    key = await provider.keys.key(claimed.key_id, claimed.algorithm)
    if key is None:
        raise BadCredential
    types = _TYPES[TokenType(row["token_type"])]
    expected = jwts.Expected(row["issuer"], row["audience"], algorithms, types, LONGEST)
    until = jwts.believe(claimed, key, expected, now)
    # No longer than the provider itself is: one trust on top of the other would double the time.
    return Verified(await _actor(provider, claimed.claims), min(until, provider.until))


async def _provider(claimed: jwts.Claimed, now: datetime) -> _Provider:
    place = claimed.issuer, tuple(claimed.audiences[:_MOST_AUDIENCES])
    known = _known.get(place)
    if known is None or known.until <= now:
        known = await _looked_up(*place, now)
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[place] = known
    return known


async def _looked_up(issuer: str, audiences: tuple[str, ...], now: datetime) -> _Provider:
    reads = database.current().reads
    bound = await reads.fetch("", _BOUND, (issuer, list(audiences)))
    # A token that is for two of them is for neither.
    if len(bound) != 1:
        raise BadCredential
    organisation_id, provider_id = bound[0]
    rows = await reads.fetch(organisation_id, _READ, (organisation_id, provider_id))
    if not rows:
        raise BadCredential
    return _Provider(organisation_id, rows[0], _ring(provider_id, rows[0]), now + _TRUST)


def _ring(provider_id: str, row: Any) -> Keyring:
    # One for each provider, though two may share an issuer: where its keys lie is each organisation's own word.
    place = provider_id, row["jwks_uri"], row["issuer"]
    if place not in _rings:
        if len(_rings) >= _REMEMBERED:
            _rings.clear()
        _rings[place] = Keyring(row["issuer"], row["jwks_uri"])
    return _rings[place]


async def _actor(provider: _Provider, claims: dict[str, Any]) -> Actor:
    named = _person_named(provider.row["person_claim"], claims)
    sql = _PEOPLE[PersonMatch(provider.row["person_match"])]
    people = await database.current().reads.fetch(provider.organisation_id, sql, (provider.organisation_id, named))
    if not people:
        raise BadCredential
    person_id, role = people[0]
    return Actor(
        organisation_id=provider.organisation_id,
        # Each person's own: what they did under an idempotency key is nobody else's to see.
        principal=person_id,
        role=Role(role or Role.PARTICIPANT),
        # Providers have scopes of their own; a token that names none of ours is not meant to be narrow.
        scopes=within(EVERY, _asked(claims)) or EVERY,
        person_id=person_id,
    )


def _person_named(claim: str, claims: dict[str, Any]) -> str:
    named = claims.get(claim)
    if not isinstance(named, str) or not named.isprintable():
        raise BadCredential
    # An address that the provider has not seen to be theirs proves nothing.
    if claim == "email" and claims.get("email_verified", True) not in (True, "true"):
        raise BadCredential
    return named


def _asked(claims: dict[str, Any]) -> str:
    """The scopes of a token, by either name that providers use."""
    asked = claims.get("scope", claims.get("scp", ""))
    return " ".join(map(str, asked)) if isinstance(asked, list) else str(asked)
