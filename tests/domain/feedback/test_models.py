"""What the database itself refuses, whoever forgets to ask."""

from typing import Any

import pytest
from asyncpg import CheckViolationError

from app import db as database
from app import ids
from app.domain.feedback.models import Audience, Feedback, FeedbackType
from tests.world import World


async def keep(world: World, pairing: dict[str, Any], **fields: Any) -> None:
    """Put feedback straight into the table."""
    given = dict[str, Any](type=FeedbackType.PARTNER, audience=Audience.PRIVATE, rating=3)
    async with database.current().writing(world.organisation_id) as db:
        db.add(
            Feedback(
                organisation_id=world.organisation_id,
                id=ids.new_untimed(Feedback.prefix),
                pairing_id=pairing["id"],
                author_id=world.people["mentee"],
                **(given | fields),
            )
        )


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.AGGREGATE])
async def test_what_is_not_for_the_partner_has_no_addressee(world: World, audience: Audience) -> None:
    pairing = await world.pairing()

    with pytest.raises(CheckViolationError, match="ck_feedback_addressee"):
        await keep(world, pairing, audience=audience, addressee_id=world.people["mentor"])
    await keep(world, pairing, audience=audience)


async def test_what_is_for_the_partner_has_an_addressee(world: World) -> None:
    pairing = await world.pairing()

    with pytest.raises(CheckViolationError, match="ck_feedback_addressee"):
        await keep(world, pairing, audience=Audience.PARTNER)
    await keep(world, pairing, audience=Audience.PARTNER, addressee_id=world.people["mentor"])


async def test_what_is_meant_for_the_programme_is_never_for_the_partner(world: World) -> None:
    pairing = await world.pairing()
    fields = {"type": FeedbackType.PROGRAMME, "audience": Audience.PARTNER, "addressee_id": world.people["mentor"]}

    with pytest.raises(CheckViolationError, match="ck_feedback_programme_is_no_partner"):
        await keep(world, pairing, **fields)


@pytest.mark.parametrize("rating", [0, 6])
async def test_a_rating_lies_between_one_and_five(world: World, rating: int) -> None:
    with pytest.raises(CheckViolationError, match="ck_feedback_rating"):
        await keep(world, await world.pairing(), rating=rating)
