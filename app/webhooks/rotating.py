"""What webhooks are signed with: made, replaced while the old sign along, and revoked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app import db as database
from app.auth.actor import Actor
from app.db import Db
from app.errors import Conflict
from app.reading import rows
from app.sealing import columns
from app.webhooks import signing
from app.webhooks.models import Signer, WebhookEndpoint, WebhookSecret, WebhookSigningKey
from app.webhooks.resource import WEBHOOK_ENDPOINTS, WEBHOOK_SECRETS
from app.webhooks.schemas import WebhookSecretRotate, WebhookSigningKeyRotate

_MOST = 5
_PUBLISHED = """
    select id, public_key from webhook_signing_key
    where organisation_id = $1 and (expires_at is null or expires_at > $2) order by id desc
"""
Kind = TypeVar("Kind", bound=Signer)


class TooManySecrets(Conflict):
    """An endpoint has at most five live secrets, an organisation five live keys; wait until one expires."""

    code = "too_many_secrets"


class NewestSecret(Conflict):
    """The newest secret signs until it is rotated."""

    code = "newest_secret"


async def rotate_secret(
    db: Db, actor: Actor, endpoint_id: str, data: WebhookSecretRotate
) -> tuple[WebhookEndpoint, str]:
    """Make a new signing secret; the old one signs along until the overlap ends."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "rotate_webhook_secret")
    _supersede(await _live(db, WebhookSecret, col(WebhookSecret.endpoint_id) == endpoint.id), data.overlap_hours)
    return endpoint, await new_secret(db, endpoint)


async def delete_secret(db: Db, actor: Actor, secret_id: str) -> None:
    """Let an old secret stop signing before its time. The newest one is replaced instead: rotate it."""
    secret: WebhookSecret = await rows.get(db, actor, WEBHOOK_SECRETS, secret_id, "delete_webhook_secret")
    if secret.expires_at is None:
        raise NewestSecret("The newest secret signs until it is replaced. Rotate it, without overlap if it leaked.")
    await db.delete(secret)


async def new_secret(db: Db, endpoint: WebhookEndpoint) -> str:
    """One more secret of an endpoint; its value."""
    text = signing.new_secret()
    secret = WebhookSecret(
        organisation_id=db.organisation_id, id=ids.new(WebhookSecret.prefix), endpoint_id=endpoint.id
    )
    await columns.seal(db, secret, sealed=text)
    db.add(secret)
    return text


async def rotate_signing_key(db: Db, _actor: Actor, data: WebhookSigningKeyRotate) -> WebhookSigningKey:
    """Make a new Ed25519 key; those before sign along, and stay published, until the overlap ends.

    It signs from now on for every endpoint that wants `v1a`. Receivers keep the published keys for up to five minutes.
    """
    _supersede(await _live(db, WebhookSigningKey), data.overlap_hours)
    return await _new_key(db)


async def require_signing_key(db: Db) -> None:
    """See to it that the organisation has a key to sign with."""
    if not await _live(db, WebhookSigningKey):
        await _new_key(db)


async def key_set(organisation_id: str) -> dict[str, Any]:
    """The public keys of an organisation (RFC 7517), newest first; none for one that has none, or does not exist."""
    found = await database.current().reads.fetch(organisation_id, _PUBLISHED, (organisation_id, clock.now()))
    return {"keys": [signing.jwk(key_id, public_key) for key_id, public_key in found]}


async def _new_key(db: Db) -> WebhookSigningKey:
    private, public = signing.new_key_pair()
    key = WebhookSigningKey(organisation_id=db.organisation_id, id=ids.new(WebhookSigningKey.prefix), public_key=public)
    await columns.seal(db, key, sealed=private)
    db.add(key)
    return key


async def _live(db: Db, model: type[Kind], *conditions: sa.ColumnElement[bool]) -> Sequence[Kind]:
    unexpired = sa.or_(col(model.expires_at).is_(None), col(model.expires_at) > clock.now())
    mine = col(model.organisation_id) == db.organisation_id
    select = sa.select(model).where(mine, unexpired, *conditions).order_by(col(model.id)).with_for_update()
    return (await db.execute(select)).scalars().all()


def _supersede(live: Sequence[Signer], overlap_hours: int) -> None:
    if len(live) >= _MOST:
        raise TooManySecrets("Five are live already, which is the most. Wait until one expires.")
    for signer in live:
        signer.expire_at(clock.now() + timedelta(hours=overlap_hours))
