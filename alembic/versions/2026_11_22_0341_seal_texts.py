"""Texts that were stored in clear are sealed, and what the one old key had sealed is sealed by data keys."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.util import await_only

from app import config, ids, secret
from app.sealing import envelope, keeping, wrapping

revision = "e8b3f5d02c41"
down_revision = "d2a7c4e91b30"
branch_labels = None
depends_on = None

# Table, column, whose key, the columns that stand for the row's id.
CLEAR = (
    ("note", "text", "author_id", "id"),
    ("feedback", "text", "author_id", "id"),
    ("do_not_pair", "reason", "''", "id"),
    ("pairing", "shared_manager_waiver", "''", "id"),
)
SEALED = (
    ("webhook_secret", "sealed", "''", "id"),
    ("idempotency_record", "body", "''", "principal || chr(10) || operation || chr(10) || key"),
)
AT_ONCE = 1000
Change = Callable[[Any], bytes]


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    keys: dict[tuple[str, str], envelope.Key] = {}
    with _everybody_seen():
        for place in CLEAR:
            _change(place, partial(_sealed, keys, place, lambda row: row.value))
        for place in SEALED:
            _change(place, partial(_sealed, keys, place, partial(_of_old_key, place)))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    with _everybody_seen():
        for place in CLEAR:
            _change(place, partial(_opened, place))
        for place in SEALED:
            _change(place, partial(_by_old_key, place))
        op.execute("delete from data_key")


@contextmanager
def _everybody_seen() -> Iterator[None]:
    """The owner of the tables, who may be no superuser, sees the rows of every organisation."""
    tables = ["data_key", *(place[0] for place in (*CLEAR, *SEALED))]
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def _change(place: tuple[str, str, str, str], change: Change) -> None:
    """Give every row of a column the value that `change` makes of it, a few at a time in the order of their ids."""
    table, column, owner, row_id = place
    select = sa.text(
        f"select organisation_id, {row_id} as row_id, {owner} as owner, {column} as value from {table} "
        f"where {column} is not null and (organisation_id, {row_id}) > (:organisation_id, :row_id) "
        f"order by organisation_id, {row_id} limit {AT_ONCE}"
    )
    update = sa.text(
        f"update {table} set {column} = :value where organisation_id = :organisation_id and {row_id} = :row_id"
    )
    after = {"organisation_id": "", "row_id": ""}
    while rows := op.get_bind().execute(select, after).all():
        changed = [{"organisation_id": row.organisation_id, "row_id": row.row_id, "value": change(row)} for row in rows]
        op.get_bind().execute(update, changed)
        after = {"organisation_id": rows[-1].organisation_id, "row_id": rows[-1].row_id}


def _sealed(
    keys: dict[tuple[str, str], envelope.Key], place: tuple[str, str, str, str], clear: Change, row: Any
) -> bytes:
    owner = row.organisation_id, row.owner
    if owner not in keys:
        keys[owner] = _made(*owner)
    return envelope.seal(keys[owner], clear(row), row.organisation_id, place[0], row.row_id, place[1])


def _made(organisation_id: str, owner: str) -> envelope.Key:
    key, key_id = os.urandom(32), ids.new("dky")
    wrapped = await_only(wrapping.current().wrap(key, keeping.context(organisation_id, key_id)))
    op.get_bind().execute(
        sa.text(
            "insert into data_key (organisation_id, id, owner, generation, wrapped, kek_id, created_at) "
            "values (:organisation_id, :id, :owner, 1, :wrapped, :kek_id, :now)"
        ),
        {
            "organisation_id": organisation_id,
            "id": key_id,
            "owner": owner,
            "wrapped": wrapped,
            "kek_id": wrapping.current().kek_id,
            "now": datetime.now(UTC),  # noqa: TID251
        },
    )
    return envelope.Key(key_id, AESGCM(key))


def _opened(place: tuple[str, str, str, str], row: Any) -> bytes:
    """What a row holds; nothing where its key was shredded."""
    wrapped = op.get_bind().scalar(
        sa.text("select wrapped from data_key where organisation_id = :organisation_id and id = :id"),
        {"organisation_id": row.organisation_id, "id": envelope.key_id(row.value)},
    )
    if wrapped is None:
        return b""
    return await_only(keeping.opened(row.value, wrapped, row.organisation_id, place[0], row.row_id, place[1]))


@cache
def _old_cipher() -> AESGCM:
    return AESGCM(secret.derive(config.settings(), "sealing"))


def _old_place(place: tuple[str, str, str, str], row: Any) -> bytes:
    # The first names of the place were in another order for answers that were kept.
    if place[0] == "webhook_secret":
        parts = [row.organisation_id, place[0], row.row_id]
    else:
        parts = [place[0], row.organisation_id, *row.row_id.split("\n")]
    return b"\x01" + b"".join(len(part.encode()).to_bytes(2) + part.encode() for part in parts)


def _of_old_key(place: tuple[str, str, str, str], row: Any) -> bytes:
    return _old_cipher().decrypt(row.value[1:13], row.value[13:], _old_place(place, row))


def _by_old_key(place: tuple[str, str, str, str], row: Any) -> bytes:
    nonce = os.urandom(12)
    return b"\x01" + nonce + _old_cipher().encrypt(nonce, _opened(place, row), _old_place(place, row))
