"""Letting a host application embed the management of webhooks: a token that does this for a while, and nothing else."""

from datetime import timedelta

from app import clock
from app.auth import tokens
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.organisations.models import Organisation
from app.domain.organisations.resource import ORGANISATIONS
from app.reading import rows
from app.webhooks.resource import WEBHOOK_ENDPOINTS
from app.webhooks.schemas import PortalTokenIssue


async def issue_token(db: Db, actor: Actor, organisation_id: str, data: PortalTokenIssue) -> tuple[Organisation, str]:
    """Make a token with which a page of yours manages webhooks.

    For as long as you say it may read and change the organisation's endpoints, deliveries and attempts, and read the
    catalogue. It cannot ask for types that are confided, make another token, or outlive the key that asked for it.
    With an `endpoint_id` it is for that endpoint alone: nothing else is there for it, and it makes no other endpoint.
    """
    actor.require(Scope.WEBHOOKS_MANAGE)
    organisation: Organisation = await rows.get(
        db, actor, ORGANISATIONS, organisation_id, "issue_webhook_portal_token", lock=False
    )
    if data.endpoint_id is not None:
        await rows.refer(db, actor, WEBHOOK_ENDPOINTS, data.endpoint_id, pointer="/endpoint_id")
    lifetime, of = timedelta(minutes=data.minutes), {"endpoint_id": data.endpoint_id}
    return organisation, await tokens.issue(actor, {Scope.WEBHOOKS_MANAGE}, clock.now(), lifetime, tokens.PORTAL, **of)
