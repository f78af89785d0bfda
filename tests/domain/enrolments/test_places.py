"""How many a programme takes on each side, however many are approved at once."""

from tests.outcomes import at_once, refused
from tests.world import World


async def under_review(world: World, programme: str, role: str = "mentor") -> str:
    person_id = await world.person(rank=2 if role == "mentor" else 7)
    return await world.enrolment(programme, person_id, role, status="under_review")


async def test_one_too_many_waits_until_a_place_is_free(world: World) -> None:
    programme = await world.programme(status="enrolling", mentor_places=1)
    first, second = [await under_review(world, programme) for _ in range(2)]
    await world.do("coordinator", "approve_enrolment", first)

    with refused("programme_full"):
        await world.do("coordinator", "approve_enrolment", second)
    assert (await world.see("coordinator", second) or {})["status"] == "under_review"
    await world.do("coordinator", "waitlist_enrolment", second)
    await world.do("coordinator", "remove_enrolment", first)

    assert (await world.do("coordinator", "approve_enrolment", second))["status"] == "approved"


async def test_the_sides_are_counted_apart_and_without_a_number_nobody_is(world: World) -> None:
    programme = await world.programme(status="enrolling", mentee_places=1)

    for role in ("mentor", "mentor", "mentee"):
        await world.do("coordinator", "approve_enrolment", await under_review(world, programme, role))
    with refused("programme_full"):
        await world.do("coordinator", "approve_enrolment", await under_review(world, programme, "mentee"))


async def test_of_several_at_once_no_more_are_approved_than_there_are_places(world: World) -> None:
    programme = await world.programme(status="enrolling", mentor_places=2)
    waiting = [await under_review(world, programme) for _ in range(4)]

    made, refusals = await at_once(*(world.do("coordinator", "approve_enrolment", one) for one in waiting))

    assert (len(made), refusals) == (2, ["programme_full"] * 2)
