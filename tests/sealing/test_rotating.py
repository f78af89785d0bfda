"""New data keys, and new keys around them: nothing becomes unreadable on the way."""

import base64
from collections.abc import AsyncIterator

import asyncpg
import pytest
from pydantic import SecretStr

from app import db as database
from app.config import Settings
from app.sealing import keeping, rotating, wrapping
from app.sealing.wrapping import Keyring, KeysUnfit
from tests.sealing.conftest import CANARY, Confidence

OTHER = bytes([7] * 32)


async def held(owner: asyncpg.Connection, confidence: Confidence) -> list[asyncpg.Record]:
    """The data keys of an organisation."""
    found: list[asyncpg.Record] = await owner.fetch(
        "select * from data_key where organisation_id = $1 order by owner, generation", confidence.world.organisation_id
    )
    return found


async def rotated(confidence: Confidence) -> int:
    """A new key for everybody."""
    async with database.current().writing(confidence.world.organisation_id) as db:
        return await rotating.rotate(db)


async def test_new_texts_take_the_new_key_and_old_ones_keep_theirs(
    confidence: Confidence, owner: asyncpg.Connection
) -> None:
    world = confidence.world

    assert await rotated(confidence) == 3
    added = await world.do("mentor", "create_note", session_id=confidence.session, text="Later")

    keys = await owner.fetch(
        "select k.generation from note n join data_key k on k.id = encode(substring(n.text from 2 for 30), 'escape') "
        "where n.author_id = $1 order by n.text = any(select text from note where id = $2)",
        world.people["mentor"],
        added["id"],
    )
    assert [row["generation"] for row in keys] == [1, 2]
    assert (await world.see("mentor", confidence.note) or {})["text"] == CANARY
    assert (await world.see("mentor", added["id"]) or {})["text"] == "Later"


async def test_a_shredded_key_has_no_successor_and_shredding_takes_every_generation(
    confidence: Confidence, owner: asyncpg.Connection
) -> None:
    world = confidence.world
    await rotated(confidence)
    async with database.current().writing(world.organisation_id) as db:
        await keeping.shred(db, world.people["mentor"])

    assert await rotated(confidence) == 2
    mine = [row["wrapped"] for row in await held(owner, confidence) if row["owner"] == world.people["mentor"]]
    assert mine == [None, None]


@pytest.fixture
async def other_ring(settings: Settings) -> AsyncIterator[Keyring]:
    """Another key-encryption key for everything in the database; afterwards the first is back."""
    named = SecretStr(f"other:{base64.b64encode(OTHER).decode()}")
    ring = wrapping.keyring(settings.model_copy(update={"key_encryption_keys": named}))
    before = wrapping.use(ring)
    yield ring
    ring.kek_id = wrapping.DERIVED
    await rotating.rewrap()
    wrapping.use(before)


async def test_data_keys_wrapped_anew_need_the_old_key_no_more(
    confidence: Confidence, owner: asyncpg.Connection, other_ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "_AT_ONCE", 2)
    async with database.current().writing(confidence.world.organisation_id) as db:
        await keeping.shred(db, confidence.world.people["mentee"])

    assert await rotating.rewrap() >= 2
    assert await rotating.rewrap() == 0

    keeping.forget()
    await rotating.require_unwrappable(owner, Keyring({"other": OTHER}))
    assert {row["kek_id"] for row in await held(owner, confidence)} == {"other", None}
    assert (await confidence.world.see("mentor", confidence.note) or {})["text"] == CANARY


async def test_keys_that_do_not_fit_are_found_out_before_anything_is_served(
    confidence: Confidence, owner: asyncpg.Connection
) -> None:
    await rotating.require_unwrappable(owner, wrapping.current())

    with pytest.raises(KeysUnfit, match="does not have"):
        await rotating.require_unwrappable(owner, Keyring({"other": OTHER}))
    with pytest.raises(KeysUnfit, match="FLIPSIDE_SECRET_KEY"):
        await rotating.require_unwrappable(owner, Keyring({wrapping.DERIVED: OTHER}))
