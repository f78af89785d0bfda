"""The migration that sealed what lay in clear: everything is readable after it, and as it was after the way back."""

import asyncio
import os
from collections.abc import Iterator

import asyncpg
import pytest
from alembic import command
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import config, secret, storage
from app.embedded import OWNER, Cluster
from app.sealing import keeping

SHAPE, DATA = "d2a7c4e91b30", "e8b3f5d02c41"
ORGANISATION = "org_" + "0" * 26
NOTES = {f"not_{number:026}": f"Note {number}".encode() for number in range(3)}


def sealed_as_before(clear: bytes, *place: str) -> bytes:
    """What the one key of an installation made of a text, before there were data keys."""
    nonce, cipher = os.urandom(12), AESGCM(secret.derive(config.settings(), "sealing"))
    named = b"".join(len(part.encode()).to_bytes(2) + part.encode() for part in place)
    return b"\x01" + nonce + cipher.encrypt(nonce, clear, b"\x01" + named)


@pytest.fixture
def address(server: Cluster, settings: config.Settings) -> Iterator[str]:
    """A database as it was, in shape, when texts lay in clear."""
    admin = server.address(OWNER, "postgres")
    asyncio.run(run(admin, "create database unsealed"))
    address = server.address(OWNER, "unsealed")
    storage.migrate(address, SHAPE)
    yield address
    asyncio.run(run(admin, "drop database unsealed"))


async def run(address: str, *statements: str) -> None:
    """Some statements, each by itself."""
    connection = await asyncpg.connect(address)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def fill(address: str) -> None:
    """Rows that refer to nothing: only what is sealed matters."""
    connection = await asyncpg.connect(address)
    await connection.execute(
        "insert into organisation (id, name, region, default_zone, anonymity_k, version, created_at, updated_at) "
        "values ($1, 'Acme', 'eu', 'UTC', 5, 1, now(), now())",
        ORGANISATION,
    )
    await connection.execute("set session_replication_role = replica")
    await connection.executemany(
        "insert into note (organisation_id, id, version, created_at, updated_at, session_id, author_id, tier, text) "
        "values ($1, $2, 7, now(), now(), 'ses', 'per_' || right($2, 1), 'pair', $3)",
        [(ORGANISATION, *note) for note in NOTES.items()],
    )
    await connection.execute(
        "insert into webhook_secret (organisation_id, id, version, created_at, updated_at, endpoint_id, sealed) "
        "values ($1, 'whs_1', 1, now(), now(), 'whe_1', $2)",
        ORGANISATION,
        sealed_as_before(b"whsec_x", ORGANISATION, "webhook_secret", "whs_1"),
    )
    key = ("key_1", "create_rank", "once")
    await connection.execute(
        "insert into idempotency_record values ($1, $2, $3, $4, 'hash', 'rnk_1', 1, $5, now())",
        ORGANISATION,
        *key,
        sealed_as_before(b"\n{}", "idempotency_record", ORGANISATION, *key),
    )
    await connection.close()


async def held(address: str) -> list[bytes]:
    """The sealed columns, by the ids of their rows."""
    connection = await asyncpg.connect(address)
    found = await connection.fetch(
        "select id, text from note union all select id, sealed from webhook_secret "
        "union all select 'once', body from idempotency_record order by 1"
    )
    await connection.close()
    return [row[1] for row in found]


async def opened(address: str) -> list[bytes]:
    """What they hold, opened as the service opens it."""
    connection = await asyncpg.connect(address)
    rows = await connection.fetch(
        "select s.*, k.wrapped from (select id, text as sealed, 'text' as name from note union all "
        "select id, sealed, 'sealed' from webhook_secret union all "
        "select E'key_1\\ncreate_rank\\nonce', body, 'body' from idempotency_record) s "
        "join data_key k on k.id = encode(substring(s.sealed from 2 for 30), 'escape') order by s.name desc, s.id"
    )
    await connection.close()
    places = {"text": "note", "sealed": "webhook_secret", "body": "idempotency_record"}
    return [
        await keeping.opened(row["sealed"], row["wrapped"], ORGANISATION, places[row["name"]], row["id"], row["name"])
        for row in rows
    ]


def test_what_lay_in_clear_is_sealed_and_comes_back(address: str) -> None:
    asyncio.run(fill(address))
    before = asyncio.run(held(address))

    storage.migrate(address, DATA)

    assert not any(b"Note" in text for text in asyncio.run(held(address)))
    assert asyncio.run(opened(address)) == [*NOTES.values(), b"whsec_x", b"\n{}"]

    command.downgrade(storage.alembic_config(address), SHAPE)

    after = asyncio.run(held(address))
    assert [text for text in after if text[:1] != b"\x01"] == [text for text in before if text[:1] != b"\x01"]
    storage.migrate(address, DATA)
    assert asyncio.run(opened(address)) == [*NOTES.values(), b"whsec_x", b"\n{}"]
    command.downgrade(storage.alembic_config(address), f"{SHAPE}-1")
