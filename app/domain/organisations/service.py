"""Keeping an organisation and its rank ladder."""

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.organisations.models import Organisation, Rank
from app.domain.organisations.resource import ORGANISATIONS, RANKS, RETENTION_POLICIES
from app.domain.organisations.retention import RetentionPolicy
from app.domain.organisations.schemas import OrganisationUpdate, RankCreate, RankUpdate, RetentionPolicyUpdate
from app.errors import Conflict
from app.reading import rows


class FloorLowered(Conflict):
    """The anonymity floor may be raised, never lowered."""

    code = "anonymity_floor_lowered"


async def update(db: Db, actor: Actor, organisation_id: str, data: OrganisationUpdate) -> Organisation:
    """Change the organisation's settings. The anonymity floor may only be raised."""
    organisation: Organisation = await rows.get(db, actor, ORGANISATIONS, organisation_id, "update_organisation")
    changes = data.changes()
    if changes.get("anonymity_k", organisation.anonymity_k) < organisation.anonymity_k:
        raise FloorLowered("The anonymity floor may be raised, never lowered.")
    organisation.sqlmodel_update(changes)
    return organisation


async def create_rank(db: Db, actor: Actor, data: RankCreate) -> Rank:
    """Add a rank to the ladder."""
    rank = Rank(organisation_id=actor.organisation_id, id=ids.new(Rank.prefix), level=data.level, name=data.name)
    db.add(rank)
    return rank


async def update_rank(db: Db, actor: Actor, rank_id: str, data: RankUpdate) -> Rank:
    """Rename a rank."""
    rank: Rank = await rows.get(db, actor, RANKS, rank_id, "update_rank")
    rank.sqlmodel_update(data.changes())
    return rank


async def delete_rank(db: Db, actor: Actor, rank_id: str) -> None:
    """Remove a rank that nobody holds."""
    await db.delete(await rows.get(db, actor, RANKS, rank_id, "delete_rank"))


async def update_retention(db: Db, actor: Actor, policy_id: str, data: RetentionPolicyUpdate) -> RetentionPolicy:
    """Keep data of one class for longer or shorter, inside its bounds. What is too old goes with the next sweep."""
    policy: RetentionPolicy = await rows.get(db, actor, RETENTION_POLICIES, policy_id, "update_retention_policy")
    policy.keep_for(data.changes().get("keep_days", policy.keep_days))
    return policy
