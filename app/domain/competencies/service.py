"""Rating oneself."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.competencies.models import CompetencyRating, require_open
from app.domain.competencies.resource import COMPETENCY_RATINGS
from app.domain.competencies.schemas import CompetencyRate
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.reading import rows
from app.sealing import columns


async def rate(db: Db, actor: Actor, data: CompetencyRate) -> CompetencyRating:
    """Say how one finds a competency of one's own, once at each point of a pairing. Nobody else reads it."""
    pairing: Pairing = await rows.refer(db, actor, PAIRINGS, data.pairing_id, "rate_competency", pointer="/pairing_id")
    require_open(data.point, pairing, clock.now())
    rating = CompetencyRating(
        organisation_id=db.organisation_id,
        id=ids.new(CompetencyRating.prefix),
        author_id=actor.as_person(),
        **data.model_dump(exclude={"comment"}),
    )
    await columns.seal(db, rating, comment=data.comment)
    db.add(rating)
    return rating


async def delete(db: Db, actor: Actor, rating_id: str) -> None:
    """Take a rating of one's own back."""
    await db.delete(await rows.get(db, actor, COMPETENCY_RATINGS, rating_id, "delete_competency_rating"))
