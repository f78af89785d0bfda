"""Seals what the seed wrote in clear: the texts of feedback, each with a data key of its author's."""

import os

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app import clock, ids
from app.sealing import envelope, keeping, wrapping

_KEY_COLUMNS = "organisation_id id owner generation wrapped kek_id created_at".split()
_UPDATE = """
    update feedback f set text = s.text from sealed s
    where f.organisation_id = s.organisation_id and f.id = s.id
"""


async def seal_feedback(connection: asyncpg.Connection) -> None:
    """Make a data key for everyone who wrote, and seal all of it."""
    authors = await connection.fetch("select distinct organisation_id, author_id from feedback")
    keys, rows = {}, []
    for organisation_id, author_id in authors:
        secret, key_id, wrapper = os.urandom(32), ids.new("dky"), wrapping.current()
        wrapped = await wrapper.wrap(secret, keeping.context(organisation_id, key_id))
        keys[organisation_id, author_id] = envelope.Key(key_id, AESGCM(secret))
        rows.append((organisation_id, key_id, author_id, 1, wrapped, wrapper.kek_id, clock.now()))
    await connection.copy_records_to_table("data_key", records=rows, columns=_KEY_COLUMNS)
    texts = await connection.fetch("select organisation_id, id, author_id, text from feedback")
    sealed = []
    for organisation_id, feedback_id, author_id, text in texts:
        key = keys[organisation_id, author_id]
        sealed.append(
            (organisation_id, feedback_id, envelope.seal(key, text, organisation_id, "feedback", feedback_id, "text"))
        )
    await connection.execute("create temp table sealed (organisation_id text, id text, text bytea) on commit drop")
    await connection.copy_records_to_table("sealed", records=sealed)
    await connection.execute(_UPDATE)
