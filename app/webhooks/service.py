"""Keeping webhook endpoints and their secrets."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from app import clock, config, ids
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.errors import Conflict, Forbidden
from app.events import outbox
from app.events.envelope import Event
from app.outgoing import addresses
from app.reading import rows
from app.sealing import columns
from app.webhooks import catalogue, examples, signing
from app.webhooks.events import EndpointDisabled, EndpointPinged
from app.webhooks.models import Delivery, DeliveryStatus, WebhookEndpoint, WebhookSecret
from app.webhooks.resource import DELIVERIES, WEBHOOK_ENDPOINTS
from app.webhooks.schemas import WebhookEndpointCreate, WebhookEndpointTest, WebhookEndpointUpdate, WebhookSecretRotate

_MOST_ENDPOINTS = 50
_MOST_SECRETS = 5
_EVENT = "select from outbox_event where organisation_id = $1 and id = $2"


class TooManyEndpoints(Conflict):
    """An organisation has at most 50 endpoints."""

    code = "too_many_endpoints"


class TooManySecrets(Conflict):
    """An endpoint has at most five live secrets; wait until one expires."""

    code = "too_many_secrets"


class EventForgotten(Conflict):
    """The event of a delivery is kept no longer than its organisation wishes."""

    code = "event_forgotten"


async def create(db: Db, actor: Actor, data: WebhookEndpointCreate) -> tuple[WebhookEndpoint, str]:
    """Register an address that wants events.

    The signing secret is in this answer and nowhere else. A signed `webhook_endpoint.ping` is sent at once.
    """
    _require_entitled(actor, data.types)
    _require_deliverable(data.url)
    count = sa.select(sa.func.count()).where(col(WebhookEndpoint.organisation_id) == db.organisation_id)
    if (await db.scalar(count) or 0) >= _MOST_ENDPOINTS:
        raise TooManyEndpoints("An organisation has at most 50 endpoints.")
    endpoint = WebhookEndpoint(
        organisation_id=db.organisation_id, id=ids.new(WebhookEndpoint.prefix), **data.model_dump()
    )
    db.add(endpoint)
    await db.flush()
    _send_alone(db, endpoint, EndpointPinged(endpoint_id=endpoint.id))
    return endpoint, await _new_secret(db, endpoint)


async def update(db: Db, actor: Actor, endpoint_id: str, data: WebhookEndpointUpdate) -> WebhookEndpoint:
    """Change an endpoint's address or the types it wants."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "update_webhook_endpoint")
    changes = data.changes()
    # Whatever changes: another address for what a service account asked for is a way to learn it.
    _require_entitled(actor, changes.get("types", endpoint.types))
    if "url" in changes:
        _require_deliverable(changes["url"])
    endpoint.sqlmodel_update(changes)
    return endpoint


async def delete(db: Db, actor: Actor, endpoint_id: str) -> None:
    """Remove an endpoint with its deliveries and their log."""
    await db.delete(await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "delete_webhook_endpoint"))


async def rotate_secret(
    db: Db, actor: Actor, endpoint_id: str, data: WebhookSecretRotate
) -> tuple[WebhookEndpoint, str]:
    """Make a new signing secret; the old one signs along until the overlap ends."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "rotate_webhook_secret")
    now = clock.now()
    secrets = (
        (
            await db.execute(
                sa.select(WebhookSecret).where(
                    col(WebhookSecret.organisation_id) == db.organisation_id,
                    col(WebhookSecret.endpoint_id) == endpoint.id,
                    sa.or_(col(WebhookSecret.expires_at).is_(None), col(WebhookSecret.expires_at) > now),
                )
            )
        )
        .scalars()
        .all()
    )
    if len(secrets) >= _MOST_SECRETS:
        raise TooManySecrets("An endpoint has at most five live secrets. Wait until one expires.")
    for secret in secrets:
        secret.expire_at(now + timedelta(hours=data.overlap_hours))
    return endpoint, await _new_secret(db, endpoint)


async def disable(db: Db, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """Stop delivering; what falls due is held."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "disable_webhook_endpoint")
    endpoint.disable("by_request")
    outbox.record(db, EndpointDisabled(endpoint_id=endpoint.id, reason="by_request"), changed=("status",))
    return endpoint


async def enable(db: Db, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """Deliver again, what was held included."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "enable_webhook_endpoint")
    endpoint.enable()
    await db.execute(
        sa.update(Delivery)
        .where(
            col(Delivery.organisation_id) == db.organisation_id,
            col(Delivery.endpoint_id) == endpoint.id,
            col(Delivery.status) == DeliveryStatus.HELD,
        )
        .values(status=DeliveryStatus.PENDING, due_at=clock.now(), attempts=0, version=col(Delivery.version) + 1)
    )
    return endpoint


async def ping(db: Db, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """Send a signed test event to one endpoint."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "ping_webhook_endpoint")
    _send_alone(db, endpoint, EndpointPinged(endpoint_id=endpoint.id))
    return endpoint


async def test(db: Db, actor: Actor, endpoint_id: str, data: WebhookEndpointTest) -> WebhookEndpoint:
    """Send an event of any type to one endpoint, made up, to see what becomes of it there.

    It is the example of the catalogue, signed and delivered like any other, whatever types the endpoint wants. Its
    `sequence` is 0, the header `flipside-test` says `true`, and it is no part of the feed.
    """
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "test_webhook_endpoint")
    _send_alone(db, endpoint, examples.of(catalogue.BY_TYPE[data.type]))
    return endpoint


async def retry(db: Db, actor: Actor, delivery_id: str) -> Delivery:
    """Send a delivery again, with the same `webhook-id`; its schedule starts anew."""
    delivery: Delivery = await rows.get(db, actor, DELIVERIES, delivery_id, "retry_delivery")
    if not await db.fetch(_EVENT, db.organisation_id, delivery.event_id):
        raise EventForgotten("The event of this delivery is kept no longer: there is nothing to send.")
    delivery.retry(clock.now())
    return delivery


def _send_alone(db: Db, endpoint: WebhookEndpoint, event: Event) -> None:
    outbox.record(db, event, endpoint_id=endpoint.id)


async def _new_secret(db: Db, endpoint: WebhookEndpoint) -> str:
    text = signing.new_secret()
    secret = WebhookSecret(
        organisation_id=db.organisation_id, id=ids.new(WebhookSecret.prefix), endpoint_id=endpoint.id
    )
    await columns.seal(db, secret, sealed=text)
    db.add(secret)
    return text


def _require_entitled(actor: Actor, types: list[str]) -> None:
    is_entitled = actor.person_id is None and Scope.EVENTS_READ in actor.scopes
    if not is_entitled and catalogue.CONFIDED.intersection(types):
        confided = ", ".join(sorted(catalogue.CONFIDED))
        raise Forbidden(f"Only a service account with the scope events:read can ask for {confided}.")


def _require_deliverable(url: str) -> None:
    addresses.check_url(url, allow_private=config.settings().private_webhooks_allowed)
