"""Keeping webhook endpoints."""

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
from app.webhooks import catalogue, configuring, examples, formats, rotating
from app.webhooks.events import EndpointDisabled, EndpointPinged
from app.webhooks.handshake import Answer
from app.webhooks.models import (
    UNVERIFIED,
    Delivery,
    DeliveryStatus,
    EndpointStatus,
    Handshake,
    Verification,
    WebhookEndpoint,
)
from app.webhooks.resource import DELIVERIES, WEBHOOK_ENDPOINTS
from app.webhooks.schemas import WebhookEndpointCreate, WebhookEndpointTest, WebhookEndpointUpdate

_MOST_ENDPOINTS = 50
_OPEN = (Verification.NONE, Verification.VERIFIED)
# As fanout.ordering_key says it.
_REORDER = """
    update delivery d set ordering_key = case $3::text when 'key' then e.subject when 'strict' then '' end
    from outbox_event e
    where d.organisation_id = $1 and d.endpoint_id = $2 and d.status in ('pending', 'held', 'dead')
        and e.organisation_id = $1 and e.id = d.event_id
"""
_EVENT = "select from outbox_event where organisation_id = $1 and id = $2"


class TooManyEndpoints(Conflict):
    """An organisation has at most 50 endpoints."""

    code = "too_many_endpoints"


class EndpointUnverified(Conflict):
    """The address has not said that it wants what we send."""

    code = "endpoint_unverified"


class NoHandshake(Conflict):
    """The endpoint is delivered to unasked."""

    code = "no_handshake"


class NoStatement(Conflict):
    """The endpoint takes statements, and the event would make none."""

    code = "no_statement"


class EventForgotten(Conflict):
    """The event of a delivery is kept no longer than its organisation wishes."""

    code = "event_forgotten"


async def create(db: Db, actor: Actor, data: WebhookEndpointCreate) -> tuple[WebhookEndpoint, str]:
    """Register an address that wants events.

    The signing secret is in this answer and nowhere else. A signed `webhook_endpoint.ping` is sent at once, or as soon
    as the address has answered the handshake; none to an LRS, which takes statements only.
    """
    _require_entitled(actor, data.types)
    _require_deliverable(data.url)
    count = sa.select(sa.func.count()).where(col(WebhookEndpoint.organisation_id) == db.organisation_id)
    if (await db.scalar(count) or 0) >= _MOST_ENDPOINTS:
        raise TooManyEndpoints("An organisation has at most 50 endpoints.")
    endpoint = WebhookEndpoint(
        organisation_id=db.organisation_id,
        id=ids.new(WebhookEndpoint.prefix),
        **data.model_dump(exclude=configuring.SEALED),
    )
    await configuring.settle(db, actor, endpoint, data)
    if endpoint.handshake is not Handshake.NONE:
        endpoint.ask()
    db.add(endpoint)
    await db.flush()
    if endpoint.asymmetric_signature:
        await rotating.require_signing_key(db)
    ping = EndpointPinged(endpoint_id=endpoint.id)
    if formats.tells(endpoint.format, ping.type):
        _send_alone(db, endpoint, ping)
    return endpoint, await rotating.new_secret(db, endpoint)


async def update(db: Db, actor: Actor, endpoint_id: str, data: WebhookEndpointUpdate) -> WebhookEndpoint:
    """Change an endpoint: its address, what it wants, and how that is written, signed and sent.

    A new address starts afresh: its breaker is closed, and with a handshake it is asked anew; deliveries are held until
    it has answered. A new ordering holds for what is not on its way yet.
    """
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "update_webhook_endpoint")
    changes = data.changes()
    # Whatever changes: another address for what a service account asked for is a way to learn it.
    _require_entitled(actor, changes.get("types", endpoint.types))
    asked = endpoint.url, endpoint.handshake
    if "url" in changes:
        _require_deliverable(changes["url"])
        endpoint.move(changes["url"])
    endpoint.sqlmodel_update(data.model_dump(include=changes.keys() - configuring.SEALED))
    await configuring.settle(db, actor, endpoint, data)
    if endpoint.asymmetric_signature:
        await rotating.require_signing_key(db)
    if asked != (endpoint.url, endpoint.handshake):
        await _ask_anew(db, endpoint)
    if "ordering" in changes:
        await db.fetch(_REORDER, db.organisation_id, endpoint.id, endpoint.ordering)
    return endpoint


async def delete(db: Db, actor: Actor, endpoint_id: str) -> None:
    """Remove an endpoint with its deliveries and their log."""
    await db.delete(await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "delete_webhook_endpoint"))


async def disable(db: Db, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """Stop delivering; what falls due is held."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "disable_webhook_endpoint")
    endpoint.disable("by_request")
    outbox.record(db, EndpointDisabled(endpoint_id=endpoint.id, reason="by_request"), changed=("status",))
    return endpoint


async def enable(db: Db, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """Deliver again, what was held included. An endpoint whose handshake is not done cannot be enabled."""
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "enable_webhook_endpoint")
    if endpoint.verification not in _OPEN:
        raise EndpointUnverified("The address has not answered the handshake. Mend it, and verify the endpoint.")
    endpoint.enable()
    await _release(db, endpoint)
    return endpoint


async def verify(db: Db, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """Ask the address again whether it wants what we send.

    A worker does so at once; `verification` says what came of it. Until the address agrees, deliveries are held.
    """
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, "verify_webhook_endpoint")
    if endpoint.handshake is Handshake.NONE:
        raise NoHandshake("This endpoint is delivered to unasked. Set its handshake first.")
    _hold(db, endpoint)
    return endpoint


async def conclude(db: Db, endpoint_id: str, url: str, answer: Answer) -> None:
    """Write down what an address answered to a handshake; nothing, if it is asked no more."""
    select = sa.select(WebhookEndpoint).where(
        col(WebhookEndpoint.organisation_id) == db.organisation_id,
        col(WebhookEndpoint.id) == endpoint_id,
        col(WebhookEndpoint.url) == url,
        col(WebhookEndpoint.verification) == Verification.PENDING,
    )
    endpoint = (await db.execute(select.with_for_update())).scalar_one_or_none()
    if endpoint is None:
        return
    if answer.error is not None:
        endpoint.refuse(answer.error)
        return
    endpoint.confirm(answer.per_minute)
    await _release(db, endpoint)


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
    if not formats.tells(endpoint.format, event.type):
        raise NoStatement("This type of event makes no statement. Test with one that does, such as session.completed.")
    outbox.record(db, event, endpoint_id=endpoint.id)


async def _ask_anew(db: Db, endpoint: WebhookEndpoint) -> None:
    if endpoint.handshake is not Handshake.NONE:
        _hold(db, endpoint)
    elif endpoint.verification is not Verification.NONE:
        endpoint.waive()
        await _release(db, endpoint)


def _hold(db: Db, endpoint: WebhookEndpoint) -> None:
    was_enabled = endpoint.status is EndpointStatus.ENABLED
    endpoint.ask()
    if was_enabled:
        outbox.record(db, EndpointDisabled(endpoint_id=endpoint.id, reason=UNVERIFIED), changed=("status",))


async def _release(db: Db, endpoint: WebhookEndpoint) -> None:
    """Let everything that is held for an endpoint be due, from the first attempt on, if it is delivered to."""
    if endpoint.status is not EndpointStatus.ENABLED:
        return
    await db.execute(
        sa.update(Delivery)
        .where(
            col(Delivery.organisation_id) == db.organisation_id,
            col(Delivery.endpoint_id) == endpoint.id,
            col(Delivery.status) == DeliveryStatus.HELD,
        )
        .values(
            status=DeliveryStatus.PENDING,
            due_at=clock.now(),
            claimed_until=None,
            attempts=0,
            version=col(Delivery.version) + 1,
        )
    )


def _require_entitled(actor: Actor, types: list[str]) -> None:
    is_entitled = actor.person_id is None and Scope.EVENTS_READ in actor.scopes
    if not is_entitled and catalogue.CONFIDED.intersection(types):
        confided = ", ".join(sorted(catalogue.CONFIDED))
        raise Forbidden(f"Only a service account with the scope events:read can ask for {confided}.")


def _require_deliverable(url: str) -> None:
    addresses.check_url(url, allow_private=config.settings().private_webhooks_allowed)
