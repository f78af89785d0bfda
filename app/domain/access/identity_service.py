"""Keeping identity providers, and the standings of those who sign in there."""

import re
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from app import config, ids
from app.auth.actor import Actor
from app.auth.models import IdentityProvider, IssuerBinding, Standing
from app.db import Db
from app.domain.access.identity_schemas import IdentityProviderCreate, IdentityProviderUpdate, StandingCreate
from app.domain.access.resource import IDENTITY_PROVIDERS, STANDINGS
from app.domain.people.resource import PEOPLE
from app.errors import Conflict, Fault, Invalid
from app.outgoing import addresses
from app.outgoing.addresses import UrlRefused
from app.reading import rows

_MOST_PROVIDERS: Final = 10
_RANDOM_ID: Final = re.compile(r"(api://)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TooManyProviders(Conflict):
    """An organisation has at most ten identity providers."""

    code = "too_many_identity_providers"


async def create(db: Db, actor: Actor, data: IdentityProviderCreate) -> IdentityProvider:
    """Register an identity provider of the organisation.

    Its access tokens open the API for the people whom they name. The audience must be one that nobody else can have
    chosen: a text with your organisation's id in it, or the random id (a UUID) of an application at the provider.
    """
    _require_own_audience(db, data.audience)
    _require_callable(data.issuer, "/issuer")
    _require_callable(data.jwks_uri, "/jwks_uri")
    count = sa.select(sa.func.count()).where(col(IdentityProvider.organisation_id) == db.organisation_id)
    if (await db.scalar(count) or 0) >= _MOST_PROVIDERS:
        raise TooManyProviders("An organisation has at most ten identity providers.")
    provider = IdentityProvider(
        organisation_id=db.organisation_id, id=ids.new(IdentityProvider.prefix), **data.model_dump()
    )
    db.add(provider)
    # Its own key first: that this organisation has it already is all that anybody is told.
    await db.flush()
    db.add(
        IssuerBinding(
            issuer=data.issuer,
            audience=data.audience,
            organisation_id=db.organisation_id,
            provider_id=provider.id,
        )
    )
    return provider


async def update(db: Db, actor: Actor, provider_id: str, data: IdentityProviderUpdate) -> IdentityProvider:
    """Change how a provider's tokens are read, or stop taking them. It holds within five seconds."""
    provider: IdentityProvider = await rows.get(db, actor, IDENTITY_PROVIDERS, provider_id, "update_identity_provider")
    changes = data.changes()
    _require_callable(changes.get("jwks_uri"), "/jwks_uri")
    provider.sqlmodel_update(changes)
    return provider


async def delete(db: Db, actor: Actor, provider_id: str) -> None:
    """Remove a provider. Its tokens open nothing any more within five seconds."""
    provider = await rows.get(db, actor, IDENTITY_PROVIDERS, provider_id, "delete_identity_provider")
    await db.delete(provider)
    await db.execute(
        sa.delete(IssuerBinding).where(
            col(IssuerBinding.organisation_id) == db.organisation_id, col(IssuerBinding.provider_id) == provider_id
        )
    )


async def give_standing(db: Db, actor: Actor, data: StandingCreate) -> Standing:
    """Make someone who signs in at an identity provider more than a participant."""
    await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")
    standing = Standing(organisation_id=db.organisation_id, id=ids.new(Standing.prefix), **data.model_dump())
    db.add(standing)
    return standing


async def end_standing(db: Db, actor: Actor, standing_id: str) -> None:
    """Let someone be a participant again. It holds within five seconds."""
    await db.delete(await rows.get(db, actor, STANDINGS, standing_id, "delete_standing"))


def _require_own_audience(db: Db, audience: str) -> None:
    if db.organisation_id not in audience and not _RANDOM_ID.fullmatch(audience.lower()):
        raise Invalid(
            "The audience could be somebody else's.",
            faults=(
                Fault(
                    "must hold your organisation's id, or be the random id of an application",
                    code="audience_not_own",
                    pointer="/audience",
                ),
            ),
        )


def _require_callable(url: str | None, pointer: str) -> None:
    if url is None:
        return
    try:
        addresses.check_url(url, allow_private=config.settings().private_webhooks_allowed)
    except UrlRefused as refused:
        raise refused.at(pointer) from None
