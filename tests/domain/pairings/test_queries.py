"""Which pairings a consequence concerns."""

from app import db as database
from app.domain.pairings import queries
from tests.world import World


async def test_live_pairings_of_a_person_are_those_of_either_side_that_have_not_ended(world: World) -> None:
    await world.key_for(await world.person(rank=9), "chair")
    learning, mentoring, over = [
        await world.pairing(status="pending_agreement"),
        await world.pairing(mentor="mentee", mentee="chair"),
        await world.pairing(),
    ]
    await world.do("mentor", "end_pairing_early", over["id"])

    async with database.current().writing(world.organisation_id) as db:
        live = await queries.live_of_person(db, world.people["mentee"])

    assert [pairing.id for pairing in live] == sorted([learning["id"], mentoring["id"]])


async def test_live_pairings_of_a_programme_are_those_that_have_not_ended(world: World) -> None:
    pairing, other = await world.pairing(), await world.pairing()

    async with database.current().writing(world.organisation_id) as db:
        live = await queries.live_of_programme(db, pairing["programme_id"])
    assert [found.id for found in live] == [pairing["id"]]
    assert other["programme_id"] != pairing["programme_id"]

    await world.do("mentor", "end_pairing_early", pairing["id"])
    async with database.current().writing(world.organisation_id) as db:
        assert await queries.live_of_programme(db, pairing["programme_id"]) == []
