"""Handing out API keys and taking them back."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app.auth import keys, policy
from app.auth.actor import Actor
from app.auth.models import ApiKey, Credential, KeyEnded, TooManyKeys
from app.db import Db
from app.domain.access.resource import API_KEYS
from app.domain.access.schemas import ApiKeyCreate, ApiKeyRotate
from app.domain.people.resource import PEOPLE
from app.errors import Fault, Forbidden, Invalid
from app.reading import rows

_LONGEST = timedelta(days=365)


async def create(db: Db, actor: Actor, data: ApiKeyCreate) -> tuple[ApiKey, str]:
    """Make an API key. Its text is in this answer and nowhere else.

    A client (a person, or a service account by name) has at most two live keys, so that one can replace the other.
    """
    if not set(data.scopes) <= actor.scopes:
        raise Forbidden("A key cannot be given scopes that yours lacks.")
    if data.role not in policy.GRANTABLE:
        raise Forbidden("No organisation gives out keys of this role.")
    if data.person_id is not None:
        await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")
    if data.expires_at is not None and not clock.now() < data.expires_at <= clock.now() + _LONGEST:
        raise Invalid(
            "A key expires within 365 days.",
            faults=(Fault("must lie ahead, at most 365 days", code="key_expiry", pointer="/expires_at"),),
        )
    return await issue(db, data)


async def issue(db: Db, data: ApiKeyCreate) -> tuple[ApiKey, str]:
    """Make a key without asking whether the caller may: for the command line, which owns the database."""
    return enter(db, data, await _free_slot(db, _client(data)))


def enter(db: Db, data: ApiKeyCreate, slot: int) -> tuple[ApiKey, str]:
    """Make a key in a slot that is known to be free."""
    new = keys.make()
    key = ApiKey(
        organisation_id=db.organisation_id,
        id=ids.new(ApiKey.prefix),
        client=_client(data),
        slot=slot,
        prefix_text=new.prefix,
        secret_hash=new.secret_hash,
        **data.model_dump(mode="json", exclude={"expires_at"}),
        expires_at=data.expires_at,
    )
    db.add(key)
    db.add(Credential(prefix_text=new.prefix, organisation_id=db.organisation_id))
    return key, new.text


async def rotate(db: Db, actor: Actor, key_id: str, data: ApiKeyRotate) -> tuple[ApiKey, str]:
    """Make a new key in the place of another; the answer is the new one, with its text.

    It opens what the old one opens and lives as long from now on as that did from its beginning. The old key ends
    when the overlap does.
    """
    old: ApiKey = await rows.get(db, actor, API_KEYS, key_id, "rotate_api_key")
    now = clock.now()
    if old.has_ended(now):
        raise KeyEnded("This key has ended. Make a new one.")
    kept = {name: getattr(old, name) for name in ApiKeyCreate.model_fields}
    if old.expires_at is not None:
        kept["expires_at"] = now + min(old.expires_at - old.created_at, _LONGEST)
    if data.overlap_hours == 0:
        old.revoke(now)
    else:
        old.end_by(now + timedelta(hours=data.overlap_hours))
    await db.flush()
    return await create(db, actor, ApiKeyCreate.model_validate(kept))


async def revoke(db: Db, actor: Actor, key_id: str) -> ApiKey:
    """End a key for good. It stops working within five seconds."""
    key: ApiKey = await rows.get(db, actor, API_KEYS, key_id, "revoke_api_key")
    key.revoke(clock.now())
    return key


def _client(data: ApiKeyCreate) -> str:
    return data.person_id or f"service:{data.service_account}"


async def _free_slot(db: Db, client: str) -> int:
    # One at a time: two that look at once would find the same slot free.
    name = sa.func.hashtextextended(f"keys/{db.organisation_id}/{client}", 0)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    live = await _unrevoked(db, client)
    for key in live:
        if key.expires_at is not None and key.expires_at <= clock.now():
            key.revoke(clock.now())
    await db.flush()
    taken = {key.slot for key in live if key.revoked_at is None}
    free = {1, 2} - taken
    if not free:
        raise TooManyKeys("This client has two live keys already. Revoke one first.")
    return min(free)


async def _unrevoked(db: Db, client: str) -> Sequence[ApiKey]:
    select = (
        sa.select(ApiKey)
        .where(
            col(ApiKey.organisation_id) == db.organisation_id,
            col(ApiKey.client) == client,
            col(ApiKey.revoked_at).is_(None),
        )
        .with_for_update()
    )
    return (await db.execute(select)).scalars().all()
