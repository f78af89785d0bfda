"""API keys: making their text, finding whose a presented one is, and what became of it since."""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import orjson

from app import db as database
from app.auth.actor import Actor, Role
from app.auth.credentials import BadCredential, Verified
from app.auth.scopes import Scope

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BEGINNING = "fsk_"
_FORM = re.compile(r"(fsk_live_([0-9A-Za-z]{8})_[0-9A-Za-z]{32})_([0-9A-Za-z]{6})")
_TOUCH = timedelta(minutes=1)

_FIND = "select organisation_id from credential where prefix_text = $1"
# Whoever has left the organisation has no key any more, whether or not anybody revoked it.
_READ = """
    select id, role, scopes::text, networks::text, person_id, secret_hash, expires_at, last_used_at from api_key k
    where k.organisation_id = $1 and {} and revoked_at is null and (expires_at is null or expires_at > $3)
        and not exists (
            select from person p
            where p.organisation_id = k.organisation_id and p.id = k.person_id and p.employment_status = 'inactive'
        )
"""
_BY_PREFIX, _BY_ID = _READ.format("prefix_text = $2"), _READ.format("id = $2")
_OF_CLIENT = _READ.format("client = (select o.client from api_key o where o.organisation_id = $1 and o.id = $2)")
_USED = "update api_key set last_used_at = $3 where organisation_id = $1 and id = $2"


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


async def verify(text: str, now: datetime) -> Verified:
    """Who holds a key of this text. Raises `BadCredential`."""
    form = _FORM.fullmatch(text)
    if form is None or not hmac.compare_digest(_checksum(form[1]), form[3]):
        raise BadCredential
    reads, prefix = database.current().reads, form[2]
    found = await reads.fetch("", _FIND, (prefix,))
    if not found:
        raise BadCredential
    organisation_id = found[0][0]
    rows = await reads.fetch(organisation_id, _BY_PREFIX, (organisation_id, prefix, now))
    if not rows or not hmac.compare_digest(rows[0]["secret_hash"], _hash(text)):
        raise BadCredential
    return await _used(organisation_id, rows[0], now)


async def still_good(organisation_id: str, key_id: str, now: datetime) -> Verified:
    """Who holds the key of this id, which was verified before. Raises `BadCredential` when it has ended."""
    rows = await database.current().reads.fetch(organisation_id, _BY_ID, (organisation_id, key_id, now))
    if not rows:
        raise BadCredential
    return await _used(organisation_id, rows[0], now)


async def of_client(organisation_id: str, key_id: str, now: datetime) -> list[Actor]:
    """Whoever held the key of this id, by each of the live keys they have now: one follows the other."""
    rows = await database.current().reads.fetch(organisation_id, _OF_CLIENT, (organisation_id, key_id, now))
    return [_actor(organisation_id, row) for row in rows]


async def _used(organisation_id: str, row: Any, now: datetime) -> Verified:
    if row["last_used_at"] is None or row["last_used_at"] < now - _TOUCH:
        await database.current().reads.change(organisation_id, _USED, (organisation_id, row["id"], now))
    networks = tuple(ip_network(network) for network in orjson.loads(row["networks"]))
    until = row["expires_at"] or datetime.max.replace(tzinfo=UTC)
    return Verified(_actor(organisation_id, row), until, networks)


def _actor(organisation_id: str, row: Any) -> Actor:
    granted = set(orjson.loads(row["scopes"]))
    return Actor(
        organisation_id=organisation_id,
        principal=row["id"],
        role=Role(row["role"]),
        scopes=frozenset(scope for scope in Scope if scope.value in granted),
        person_id=row["person_id"],
    )
