"""API keys: making their text, and turning a presented one into an `Actor`."""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from app import clock
from app import db as database
from app.auth.actor import Actor, Role
from app.auth.scopes import Scope
from app.errors import Unauthenticated

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_FORM = re.compile(r"(fsk_live_([0-9A-Za-z]{8})_[0-9A-Za-z]{32})_([0-9A-Za-z]{6})")
# How long a verified key is trusted without a look at the database: the longest that a revoked one can live on.
TRUST = timedelta(seconds=5)
_TOUCH = timedelta(minutes=1)
_REMEMBERED = 10_000

_FIND = "select organisation_id from credential where prefix_text = $1"
# Whoever has left the organisation has no key any more, whether or not anybody revoked it.
_READ = """
    select id, role, scopes::text, person_id, secret_hash, expires_at, last_used_at from api_key k
    where k.organisation_id = $1 and prefix_text = $2 and revoked_at is null and (expires_at is null or expires_at > $3)
        and not exists (
            select from person p
            where p.organisation_id = k.organisation_id and p.id = k.person_id and p.employment_status = 'inactive'
        )
"""
_USED = "update api_key set last_used_at = $3 where organisation_id = $1 and id = $2"


class BadCredential(Unauthenticated):
    """No credential, or one that is malformed, unknown, expired or revoked: one wording for all."""

    def __init__(self) -> None:
        super().__init__("Send a valid API key: Authorization: Bearer fsk_live_…")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh key: its text, shown once; the part that finds it; the hash that proves it."""

    text: str
    prefix: str
    secret_hash: bytes


def make() -> NewKey:
    """A new key of about 190 random bits with a checksum, so that scanners can tell a real one from noise."""
    prefix = "".join(secrets.choice(_BASE62) for _ in range(8))
    body = f"fsk_live_{prefix}_" + "".join(secrets.choice(_BASE62) for _ in range(32))
    text = f"{body}_{_checksum(body)}"
    return NewKey(text, prefix, _hash(text))


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def _hash(text: str) -> bytes:
    # A fast hash is enough for a secret that nobody can guess: 32 random letters of 62.
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class _Trusted:
    actor: Actor
    until: datetime


_trusted: dict[str, _Trusted] = {}


def forget() -> None:
    """Trust no key any longer without asking the database."""
    _trusted.clear()


async def authenticate(authorization: str | None) -> Actor:
    """The actor behind an `Authorization` header (RFC 6750 section 2.1). Raises `BadCredential`."""
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise BadCredential
    now = clock.now()
    known = _trusted.get(text)
    if known is not None and known.until > now:
        return known.actor
    verified = await _verify(text.strip(), now)
    if len(_trusted) >= _REMEMBERED:
        _trusted.clear()
    _trusted[text] = verified
    return verified.actor


async def _verify(text: str, now: datetime) -> _Trusted:
    form = _FORM.fullmatch(text)
    if form is None or not hmac.compare_digest(_checksum(form[1]), form[3]):
        raise BadCredential
    reads, prefix = database.current().reads, form[2]
    found = await reads.fetch("", _FIND, (prefix,))
    if not found:
        raise BadCredential
    organisation_id = found[0][0]
    rows = await reads.fetch(organisation_id, _READ, (organisation_id, prefix, now))
    if not rows or not hmac.compare_digest(rows[0]["secret_hash"], _hash(text)):
        raise BadCredential
    row = rows[0]
    if row["last_used_at"] is None or row["last_used_at"] < now - _TOUCH:
        await reads.fetch(organisation_id, _USED, (organisation_id, row["id"], now))
    granted = set(orjson.loads(row["scopes"]))
    actor = Actor(
        organisation_id=organisation_id,
        principal=row["id"],
        role=Role(row["role"]),
        scopes=frozenset(scope for scope in Scope if scope.value in granted),
        person_id=row["person_id"],
    )
    return _Trusted(actor, min(now + TRUST, row["expires_at"] or now + TRUST))
