"""Data keys: made when first needed, kept in memory for as long as they are used, destroyed for good."""

import os
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import clock, ids
from app.db import Db
from app.errors import Conflict
from app.sealing import envelope, wrapping
from app.sealing.envelope import Key
from app.sealing.models import DataKey

# The longest that a key stays in memory, or is written with, after the database was last seen to hold it.
TRUST = timedelta(seconds=5)
_REMEMBERED = 10_000
_KEY_BYTES = 32
_FRESH = "fresh_data_keys"

_CURRENT = """
    select id, wrapped from data_key where organisation_id = $1 and owner = $2 order by generation desc limit 1
"""
_MAKE = """
    insert into data_key (organisation_id, id, owner, generation, wrapped, kek_id, created_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (organisation_id, owner, generation) do nothing returning id
"""
# A key that is being made by somebody else is waited for; where there is none yet, none can be made any more.
_BAR = """
    insert into data_key (organisation_id, id, owner, generation, created_at, shredded_at)
    values ($1, $2, $3, 1, $4, $4)
    on conflict (organisation_id, owner, generation) do update
        set wrapped = null, kek_id = null, shredded_at = coalesce(data_key.shredded_at, excluded.shredded_at)
"""
_SHRED = """
    update data_key set wrapped = null, kek_id = null, shredded_at = $3
    where organisation_id = $1 and owner = $2 and shredded_at is null
"""
Name = TypeVar("Name")


class Shredded(Conflict):
    """The key of this person was destroyed; nothing can be written in their name."""

    code = "key_shredded"

    def __init__(self) -> None:
        super().__init__("This person was erased. Nothing can be written in their name.")


class _Memory(Generic[Name]):
    """Unwrapped keys, each for a while after it was last seen to exist; the oldest go first."""

    def __init__(self) -> None:
        self._held: OrderedDict[Name, tuple[Key, datetime]] = OrderedDict()

    def get(self, name: Name) -> Key | None:
        now = clock.now()
        while self._held and next(iter(self._held.values()))[1] <= now:
            self._held.popitem(last=False)
        found = self._held.get(name)
        return found[0] if found is not None and found[1] > now else None

    def keep(self, name: Name, key: Key) -> None:
        self._held[name] = key, clock.now() + TRUST
        self._held.move_to_end(name)
        if len(self._held) > _REMEMBERED:
            self._held.popitem(last=False)

    def drop(self, name: Name) -> None:
        self._held.pop(name, None)

    def clear(self) -> None:
        self._held.clear()


# By organisation, id and wrapped bytes: whoever asks has just read those from the database.
_unwrapped: _Memory[tuple[str, str, bytes]] = _Memory()
# By organisation and owner: the keys that new texts are sealed with.
_current: _Memory[tuple[str, str]] = _Memory()


def forget() -> None:
    """Keep no key in memory."""
    _unwrapped.clear()
    _current.clear()


async def current(db: Db, owner: str) -> Key:
    """The key that seals what `owner` writes, made if there is none. Raises `Shredded`."""
    name = db.organisation_id, owner
    # A key of this transaction may yet be rolled back: nobody else may seal with it.
    fresh: dict[str, Key] = db.info.setdefault(_FRESH, {})
    known = fresh.get(owner) or _current.get(name)
    if known is not None:
        return known
    found = await db.fetch(_CURRENT, *name)
    if not found:
        if (made := await make(db, owner, 1)) is not None:
            fresh[owner] = made
            return made
        # Somebody else was faster.
        found = await db.fetch(_CURRENT, *name)
    key_id, wrapped = found[0]
    if wrapped is None:
        raise Shredded
    key = await unwrapped(db.organisation_id, key_id, wrapped)
    _current.keep(name, key)
    return key


async def make(db: Db, owner: str, generation: int) -> Key | None:
    """One more generation of an owner's key; `None` when there is such a one."""
    secret, key_id, wrapper = os.urandom(_KEY_BYTES), ids.new(DataKey.prefix), wrapping.current()
    wrapped = await wrapper.wrap(secret, context(db.organisation_id, key_id))
    values = db.organisation_id, key_id, owner, generation, wrapped, wrapper.kek_id, clock.now()
    return Key(key_id, AESGCM(secret)) if await db.fetch(_MAKE, *values) else None


async def unwrapped(organisation_id: str, key_id: str, wrapped: bytes) -> Key:
    """The key behind wrapped bytes that were just read from the database."""
    name = organisation_id, key_id, wrapped
    key = _unwrapped.get(name)
    if key is None:
        key = Key(key_id, AESGCM(await wrapping.current().unwrap(wrapped, context(organisation_id, key_id))))
    _unwrapped.keep(name, key)
    return key


async def opened(sealed: bytes, wrapped: bytes, organisation_id: str, *place: str) -> bytes:
    """What an envelope holds, with the wrapped key that was read beside it; `place` is table, row id, column."""
    key = await unwrapped(organisation_id, envelope.key_id(sealed), wrapped)
    return envelope.unseal(key, sealed, organisation_id, *place)


async def shred(db: Db, person_id: str) -> None:
    """Destroy a person's keys: when the transaction commits, all that they wrote in confidence is gone for good.

    Readers see `null` at once, in every process; nothing new can be sealed in this person's name.
    """
    now = clock.now()
    await db.fetch(_BAR, db.organisation_id, ids.new(DataKey.prefix), person_id, now)
    await db.fetch(_SHRED, db.organisation_id, person_id, now)
    db.info.get(_FRESH, {}).pop(person_id, None)
    _current.drop((db.organisation_id, person_id))


def context(organisation_id: str, key_id: str) -> bytes:
    """What a wrapped key is bound to."""
    return envelope.associated(organisation_id, key_id)
