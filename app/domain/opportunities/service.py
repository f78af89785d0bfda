"""Opening opportunities to those who take part."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.opportunities.models import Opportunity
from app.domain.opportunities.resource import OPPORTUNITIES
from app.domain.opportunities.schemas import OpportunityOpen, OpportunityUpdate
from app.domain.programmes.resource import PROGRAMMES
from app.reading import rows


async def open_one(db: Db, actor: Actor, data: OpportunityOpen) -> Opportunity:
    """Open an opportunity to those who take part in a programme."""
    await rows.refer(db, actor, PROGRAMMES, data.programme_id, "open_opportunity", pointer="/programme_id")
    opportunity = Opportunity(organisation_id=db.organisation_id, id=ids.new(Opportunity.prefix), **data.model_dump())
    db.add(opportunity)
    return opportunity


async def update(db: Db, actor: Actor, opportunity_id: str, data: OpportunityUpdate) -> Opportunity:
    """Change an opportunity that is open."""
    opportunity: Opportunity = await rows.get(db, actor, OPPORTUNITIES, opportunity_id, "update_opportunity")
    opportunity.require_open()
    opportunity.sqlmodel_update(data.changes())
    return opportunity


async def close(db: Db, actor: Actor, opportunity_id: str) -> Opportunity:
    """Close an opportunity; it stays to be read."""
    opportunity: Opportunity = await rows.get(db, actor, OPPORTUNITIES, opportunity_id, "close_opportunity")
    opportunity.close(clock.now())
    return opportunity
